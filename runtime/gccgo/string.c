/*
 * string.c - compiled Go: strings.
 */
#include "gccgo/gccgo.h"

#include "types/string.h"

gort_str go_concatstrings(void *buf, const gort_str *a, intptr_t n)
    GO("runtime.concatstrings");
intptr_t go_cmpstring(gort_str a, gort_str b) GO("runtime.cmpstring");
gort_str go_intstring(void *buf, int64_t v) GO("runtime.intstring");
gort_str go_slicebytetostring(void *buf, const uint8_t *p, intptr_t n)
    GO("runtime.slicebytetostring");
gort_slice go_stringtoslicebyte(void *buf, gort_str s)
    GO("runtime.stringtoslicebyte");
gort_str go_slicerunetostring(void *buf, gort_slice runes)
    GO("runtime.slicerunetostring");
gort_slice go_stringtoslicerune(void *buf, gort_str s)
    GO("runtime.stringtoslicerune");
struct rt_decoded go_decoderune(gort_str s, intptr_t k)
    GO("runtime.decoderune");

gort_str
go_concatstrings(void *buf, const gort_str *a, intptr_t n)
{
	return rt_concatstrings(buf, a, n);
}

intptr_t
go_cmpstring(gort_str a, gort_str b)
{
	return rt_cmpstring(a, b);
}

gort_str
go_intstring(void *buf, int64_t v)
{
	return rt_intstring(buf, v);
}

gort_str
go_slicebytetostring(void *buf, const uint8_t *p, intptr_t n)
{
	return rt_slicebytetostring(buf, p, n);
}

gort_slice
go_stringtoslicebyte(void *buf, gort_str s)
{
	return rt_stringtoslicebyte(buf, s);
}

gort_str
go_slicerunetostring(void *buf, gort_slice runes)
{
	return rt_slicerunetostring(buf, runes);
}

gort_slice
go_stringtoslicerune(void *buf, gort_str s)
{
	return rt_stringtoslicerune(buf, s);
}

struct rt_decoded
go_decoderune(gort_str s, intptr_t k)
{
	return rt_decoderune(s, k);
}
