/*
 * print.c - compiled Go: print and println. A statement is printlock, a call
 * for each operand, printunlock; what they print lies in fault/print_go.c.
 */
#include "gccgo/gccgo.h"

#include "fault/print_go.h"

void go_printlock(void) GO("runtime.printlock");
void go_printunlock(void) GO("runtime.printunlock");
void go_printstring(gort_str s) GO("runtime.printstring");
void go_printint(int64_t v) GO("runtime.printint");
void go_printuint(uint64_t v) GO("runtime.printuint");
void go_printhex(uint64_t v) GO("runtime.printhex");
void go_printfloat(double v) GO("runtime.printfloat");
void go_printcomplex(double _Complex v) GO("runtime.printcomplex");
void go_printbool(bool v) GO("runtime.printbool");
void go_printpointer(const void *p) GO("runtime.printpointer");
void go_printeface(struct gort_eface e) GO("runtime.printeface");
void go_printiface(struct gort_iface i) GO("runtime.printiface");
void go_printslice(gort_slice s) GO("runtime.printslice");
void go_printsp(void) GO("runtime.printsp");
void go_printnl(void) GO("runtime.printnl");

void
go_printlock(void)
{
	rt_goprint_begin();
}

void
go_printunlock(void)
{
	rt_goprint_end();
}

void
go_printstring(gort_str s)
{
	rt_goprint_text(s.p, (size_t)s.n);
}

void
go_printint(int64_t v)
{
	rt_goprint_int(v);
}

void
go_printuint(uint64_t v)
{
	rt_goprint_uint(v);
}

void
go_printhex(uint64_t v)
{
	rt_goprint_hex(v);
}

void
go_printfloat(double v)
{
	rt_goprint_float(v);
}

void
go_printcomplex(double _Complex v)
{
	rt_goprint_text("(", 1);
	rt_goprint_float(__real__ v);
	rt_goprint_float(__imag__ v);
	rt_goprint_text("i)", 2);
}

void
go_printbool(bool v)
{
	rt_goprint_text(v ? "true" : "false", v ? 4 : 5);
}

void
go_printpointer(const void *p)
{
	rt_goprint_hex((uintptr_t)p);
}

static void
print_pair(const void *a, const void *b)
{
	rt_goprint_text("(", 1);
	rt_goprint_hex((uintptr_t)a);
	rt_goprint_text(",", 1);
	rt_goprint_hex((uintptr_t)b);
	rt_goprint_text(")", 1);
}

void
go_printeface(struct gort_eface e)
{
	print_pair(e.t, e.d);
}

void
go_printiface(struct gort_iface i)
{
	print_pair(i.tab, i.d);
}

void
go_printslice(gort_slice s)
{
	rt_goprint_text("[", 1);
	rt_goprint_int(s.n);
	rt_goprint_text("/", 1);
	rt_goprint_int(s.cap);
	rt_goprint_text("]", 1);
	rt_goprint_hex((uintptr_t)s.p);
}

void
go_printsp(void)
{
	rt_goprint_text(" ", 1);
}

void
go_printnl(void)
{
	rt_goprint_text("\n", 1);
}
