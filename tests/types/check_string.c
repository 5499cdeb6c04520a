/*
 * check_string.c - UTF-8 against the definition, conversions with and without
 * a caller's buffer, joining, comparing.
 */
#include "mem/heap_test.h"

#include "types/string.h"

#define STR(s) ((gort_str){ s, sizeof(s) - 1 })

static bool
is(gort_str s, gort_str want)
{
	return s.n == want.n &&
	    (s.n == 0 || memcmp(s.p, want.p, (size_t)s.n) == 0);
}

/* ---- UTF-8 by its definition ---- */

/* The shortest form of r, if r is a rune; 0 else. */
static unsigned
plain_encode(uint8_t *p, uint32_t r)
{
	unsigned n = r < 0x80 ? 1 : r < 0x800 ? 2 : r < 0x10000 ? 3 : 4;

	if (r > 0x10ffff || (r >= 0xd800 && r < 0xe000))
		return 0;
	if (n == 1) {
		p[0] = (uint8_t)r;
		return 1;
	}
	for (unsigned i = n - 1; i > 0; i--, r >>= 6)
		p[i] = (uint8_t)(0x80 | (r & 0x3f));
	p[0] = (uint8_t)(0xf00 >> n | r);
	return n;
}

/* Read n bytes as a form of n bytes, whether it is one or not. */
static uint32_t
plain_payload(const uint8_t *p, unsigned n)
{
	uint32_t r = n == 1 ? p[0] : p[0] & (0x7fu >> n);

	for (unsigned i = 1; i < n; i++)
		r = r << 6 | (p[i] & 0x3f);
	return r;
}

/* Does one rune's encoding begin these bytes? Which? */
static bool
plain_decode(const uint8_t *p, unsigned have, struct rt_decoded *ret)
{
	uint8_t again[4];

	for (unsigned n = 1; n <= 4 && n <= have; n++) {
		uint32_t r = plain_payload(p, n);

		if (plain_encode(again, r) == n && memcmp(again, p, n) == 0) {
			*ret = (struct rt_decoded){ (int32_t)r, n };
			return true;
		}
	}
	*ret = (struct rt_decoded){ RT_RUNE_ERROR, 1 };
	return false;
}

START_TEST(every_rune)
{
	uint8_t a[4], b[4];
	unsigned n;

	for (uint32_t r = 0; r < 0x110100; r++) {
		n = plain_encode(a, r);
		if (n == 0)
			n = plain_encode(a, RT_RUNE_ERROR);
		ck_assert_uint_eq(rt_encoderune(b, (int32_t)r), n);
		ck_assert_mem_eq(a, b, n);
	}
	ck_assert_uint_eq(rt_encoderune(b, -1), 3);
	ck_assert_mem_eq(b, "\xef\xbf\xbd", 3);
	ck_assert_uint_eq(rt_encoderune(b, INT32_MIN), 3);
	ck_assert_uint_eq(rt_encoderune(b, INT32_MAX), 3);
}
END_TEST

/* All first and second bytes, the others' interesting ones, all lengths. */
START_TEST(every_sequence)
{
	static const uint8_t edge[] = { 0, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f,
		0xa0, 0xbf, 0xc0, 0xc2, 0xe0, 0xff };
	const unsigned e = sizeof(edge);

	for (uint32_t i = 0; i < 256 * 256 * e * e; i++) {
		uint8_t p[5] = { 'x', (uint8_t)(i % 256),
			(uint8_t)(i / 256 % 256), edge[i / 65536 % e],
			edge[i / 65536 / e] };

		for (int n = 1; n <= 4; n++) {
			gort_str s = { (char *)p, n + 1 };
			struct rt_decoded want, d = rt_decoderune(s, 1);

			plain_decode(p + 1, (unsigned)n, &want);
			if (d.rune != want.rune || d.pos != 1 + want.pos)
				ck_abort_msg("%02x %02x %02x %02x, %d bytes: "
				             "U+%04x, %d", p[1], p[2], p[3],
				    p[4], n, d.rune, (int)d.pos);
		}
	}
}
END_TEST

/* ---- conversions ---- */

static int
runes_body(void *arg)
{
	gort_str s = STR("a\xc3\xa9\xe4\xb8\x96\xf0\x9f\x98\x80\xff\xed\xa0\x80"
	                 "z");
	static const int32_t want[] = { 'a', 0xe9, 0x4e16, 0x1f600, 0xfffd,
		0xfffd, 0xfffd, 0xfffd, 'z' };
	int32_t tmp[RT_STRBUF_BYTES];
	char buf[RT_STRBUF_BYTES];
	gort_slice r;

	(void)arg;
	for (int with = 0; with < 2; with++) {
		memset(tmp, 0xff, sizeof(tmp));
		r = rt_stringtoslicerune(with ? tmp : NULL, s);
		T_CHECK(r.n == 9 && memcmp(r.p, want, sizeof(want)) == 0);
		T_CHECK((r.p == tmp) == with && r.cap >= r.n);
		T_CHECK(r.cap == (with ? 32 : 12));
		for (intptr_t i = r.n; i < r.cap; i++)
			T_CHECK(((int32_t *)r.p)[i] == 0);
		r.n = 4;
		s = rt_slicerunetostring(with ? buf : NULL, r);
		T_CHECK(is(s, STR("a\xc3\xa9\xe4\xb8\x96\xf0\x9f\x98\x80")));
		T_CHECK((s.p == buf) == with);
		s = STR("a\xc3\xa9\xe4\xb8\x96\xf0\x9f\x98\x80\xff\xed\xa0\x80"
		        "z");
	}
	r = rt_stringtoslicerune(NULL, STR(""));
	T_CHECK(r.p != NULL && r.n == 0 && r.cap == 0);
	r.p = (int32_t[]){ -1, 0xd800, 0x110000 };
	r.n = 3;
	T_CHECK(is(rt_slicerunetostring(NULL, r),
	    STR("\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd")));
	r.n = 0;
	T_CHECK(rt_slicerunetostring(buf, r).n == 0);
	return 0;
}

static int
intstring_body(void *arg)
{
	char buf[RT_RUNE_BUF_BYTES];

	(void)arg;
	for (int with = 0; with < 2; with++) {
		void *b = with ? buf : NULL;

		T_CHECK(is(rt_intstring(b, 'A'), STR("A")));
		T_CHECK(is(rt_intstring(b, 0), STR("\0")));
		T_CHECK(is(rt_intstring(b, 0x4e16), STR("\xe4\xb8\x96")));
		T_CHECK(is(rt_intstring(b, -5), STR("\xef\xbf\xbd")));
		T_CHECK(is(rt_intstring(b, 0x100000041), STR("\xef\xbf\xbd")));
	}
	return 0;
}

static int
bytes_body(void *arg)
{
	char buf[RT_STRBUF_BYTES], text[100];
	gort_slice b;
	gort_str s;

	(void)arg;
	memset(text, 'q', sizeof(text));
	for (intptr_t n = 0; n <= 100; n++) {
		gort_str t = { text, n };

		s = rt_slicebytetostring(NULL, (uint8_t *)text, n);
		T_CHECK(is(s, t) && (n == 0 || s.p != text));
		s = rt_slicebytetostring(buf, (uint8_t *)text, n);
		T_CHECK(is(s, t) && (s.p == buf) == (n > 1 && n <= 32));
		b = rt_stringtoslicebyte(NULL, t);
		T_CHECK(b.p != NULL && b.n == n && b.cap >= n);
		T_CHECK(memcmp(b.p, text, (size_t)n) == 0);
		for (intptr_t i = n; i < b.cap; i++)
			T_CHECK(((char *)b.p)[i] == 0);
		memset(b.p, 0xff, (size_t)b.cap); /* who comes next sees 0 */
		b = rt_stringtoslicebyte(buf, t);
		T_CHECK((b.p == buf) == (n <= 32) && b.n == n);
		T_CHECK(n > 32 || b.cap == 32);
	}
	b = rt_stringtoslicebyte(NULL, (gort_str){ NULL, 0 });
	T_CHECK(b.p != NULL && b.cap == 0);
	return 0;
}

static int
concat_body(void *arg)
{
	char buf[RT_STRBUF_BYTES], frame[8] = "frame";
	gort_str a[5] = { STR(""), STR("one"), STR(""), STR(" two"), STR("") };
	gort_str heap = rt_gostring("from C"), s;

	(void)arg;
	T_CHECK(is(rt_concatstrings(NULL, a, 5), STR("one two")));
	s = rt_concatstrings(buf, a, 5);
	T_CHECK(is(s, STR("one two")) && s.p == buf);
	T_CHECK(rt_concatstrings(NULL, a, 1).n == 0);
	T_CHECK(rt_concatstrings(buf, a, 0).n == 0);
	/* alone: a copy too, it may be the bytes of a slice */
	a[1] = heap;
	s = rt_concatstrings(NULL, a, 3);
	T_CHECK(is(s, heap) && s.p != heap.p);
	a[1] = (gort_str){ frame, 5 };
	s = rt_concatstrings(NULL, a, 3);
	T_CHECK(is(s, STR("frame")) && s.p != frame);
	T_CHECK(rt_concatstrings(buf, a, 3).p == buf);
	for (int i = 0; i < 5; i++)
		a[i] = STR("0123456789");
	s = rt_concatstrings(buf, a, 5);
	T_CHECK(s.n == 50 && s.p != buf);
	T_CHECK(memcmp(s.p + 40, "0123456789", 10) == 0);
	return 0;
}

START_TEST(comparing)
{
	static const gort_str up[] = { { NULL, 0 }, { "\0", 1 }, { "a", 1 },
		{ "a\0", 2 }, { "ab", 2 }, { "b", 1 }, { "\x80", 1 },
		{ "\xff", 1 } };

	for (int i = 0; i < 8; i++)
		for (int k = 0; k < 8; k++)
			ck_assert_int_eq(rt_cmpstring(up[i], up[k]),
			    (i > k) - (i < k));
}
END_TEST

static int (*const bodies[])(void *) = { runes_body, intstring_body,
	bytes_body, concat_body };

START_TEST(booted)
{
	rt_boot_test(bodies[_i], NULL);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("string");
	TCase *tc = tcase_create("pure");

	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, every_rune);
	tcase_add_test(tc, every_sequence);
	tcase_add_test(tc, comparing);
	suite_add_tcase(s, tc);
	tc = tcase_create("booted");
	tcase_set_timeout(tc, 60);
	tcase_add_loop_exit_test(
	    tc, booted, 0, 0, (int)(sizeof(bodies) / sizeof(bodies[0])));
	suite_add_tcase(s, tc);
	return suite_run(s);
}
