/*
 * check_values.c - gort.h's strings, slices, panics and small calls.
 */
#include "chan/booted.h"

#include <errno.h>
#include <signal.h>

#include "types/type.h"

/* ---- strings ---- */

#define ck_assert_gstr(s, lit)                                                 \
	do {                                                                   \
		gort_str got_ = (s);                                           \
		ck_assert_int_eq(got_.n, (ssize_t)sizeof(lit) - 1);            \
		ck_assert(got_.n == 0                                          \
		    || memcmp(got_.p, lit, sizeof(lit) - 1) == 0);             \
	} while (0)

BOOTED(strings)
{
	gort_str a = GORT_STR("hello"), b = gort_str_of(" world"), e = { 0 };

	ck_assert_gstr(gort_str_cat(a, b), "hello world");
	ck_assert_gstr(gort_str_cat(a, e), "hello");
	ck_assert_gstr(gort_str_cat(e, e), "");
	ck_assert_gstr(gort_str_of(NULL), "");
	ck_assert_gstr(gort_strf("%d-%s", 42, "x"), "42-x");
	ck_assert_gstr(gort_strf("%s", ""), "");
	ck_assert_gstr(gort_str_copy("a\0b", 3), "a\0b");
	ck_assert_gstr(gort_str_sub(a, 1, 3), "el");
	ck_assert_gstr(gort_str_sub(a, 5, 5), "");
	ck_assert_str_eq(gort_cstr(gort_str_sub(a, 0, 4)), "hell");
	ck_assert_str_eq(gort_cstr(e), "");
	ck_assert(gort_str_eq(a, gort_str_copy("hello", 5)));
	ck_assert(!gort_str_eq(a, b));
	ck_assert(gort_str_eq(e, GORT_STR("")));
	ck_assert_int_lt(gort_str_cmp(GORT_STR("ab"), GORT_STR("abc")), 0);
	ck_assert_int_gt(gort_str_cmp(GORT_STR("b"), GORT_STR("abc")), 0);
	ck_assert_int_gt(gort_str_cmp(GORT_STR("\xff"), GORT_STR("a")), 0);
	ck_assert_int_eq(gort_str_cmp(e, GORT_STR("")), 0);
	return 0;
}

/* ---- out of range, in Go's words ---- */

static const struct range {
	char what; /* string, slice, index, make */
	ssize_t lo, hi;
	const char *text;
} ranges[] = {
	{ 's', 0, 6, "slice bounds out of range [:6] with length 5" },
	{ 's', 3, 2, "slice bounds out of range [3:2]" },
	{ 's', -1, 2, "slice bounds out of range [-1:]" },
	{ 's', 0, -1, "slice bounds out of range [:-1]" },
	{ 'l', 0, 9, "slice bounds out of range [:9] with capacity 8" },
	{ 'l', 8, 7, "slice bounds out of range [8:7]" },
	{ 'i', 5, 5, "index out of range [5] with length 5" },
	{ 'i', -1, 5, "index out of range [-1]" },
	{ 'm', -1, 5, "makeslice: len out of range" },
	{ 'm', 1, INT64_MAX, "makeslice: cap out of range" },
	{ 'm', 5, 4, "makeslice: cap out of range" },
	{ 'm', INT64_MAX / 2, INT64_MAX, "makeslice: len out of range" },
};

static void
break_range(void *arg)
{
	const struct range *r = arg;
	gort_slice s;

	switch (r->what) {
	case 's':
		gort_str_sub(GORT_STR("hello"), r->lo, r->hi);
		break;
	case 'l':
		s = gort_slice_make(&gort_type_int, 5, 8);
		gort_slice_sub(&gort_type_int, s, r->lo, r->hi);
		break;
	case 'i':
		gort_index(r->lo, r->hi);
		break;
	default:
		gort_slice_make(&gort_type_int, r->lo, r->hi);
	}
}

BOOTED(out_of_range)
{
	gort_panic_info p;

	ck_assert(!gort_try(
	    break_range, (void *)(uintptr_t)&ranges[index], &p));
	ck_assert_int_eq(p.kind, GORT_PANIC_RUNTIME);
	ck_assert_str_eq(p.text, ranges[index].text);
	return 0;
}

/* ---- slices ---- */

BOOTED(append_grows_and_keeps)
{
	gort_slice s = { 0 }, t;
	intptr_t i, k, last_cap = 0, grown = 0;

	for (i = 0; i < 20000; i++) {
		s = gort_append(&gort_type_int, s, &i, 1);
		ck_assert_int_eq(s.n, i + 1);
		ck_assert_int_ge(s.cap, s.n);
		grown += s.cap != last_cap;
		last_cap = s.cap;
	}
	ck_assert_int_lt(grown, 40); /* by a factor, not by one */
	for (k = 0; k < i; k++)
		ck_assert_int_eq(GORT_AT(intptr_t, s, k), k);
	/* in place when there is room, sharing; a copy when there is none */
	t = gort_slice_sub(&gort_type_int, s, 2, 4);
	ck_assert_int_eq(t.n, 2);
	ck_assert_int_eq(t.cap, s.cap - 2);
	k = -7;
	t = gort_append(&gort_type_int, t, &k, 1);
	ck_assert_int_eq(GORT_AT(intptr_t, s, 4), -7);
	t = gort_slice_sub(&gort_type_int, s, s.cap, s.cap);
	t = gort_append(&gort_type_int, t, &k, 1);
	ck_assert_int_eq(GORT_AT(intptr_t, t, 0), -7);
	ck_assert_int_eq(t.n, 1);
	return 0;
}

BOOTED(append_of_pointers_survives_collection)
{
	gort_slice s = { 0 };
	long i, *p;

	for (i = 0; i < 3000; i++) {
		p = gort_alloc_noscan(sizeof *p);
		*p = i;
		s = gort_append(&gort_type_pointer, s, &p, 1);
		if (i % 500 == 0)
			gort_gc();
	}
	gort_gc();
	for (i = 0; i < 3000; i++)
		ck_assert_int_eq(*GORT_AT(long *, s, i), i);
	return 0;
}

/* ---- panic, defer, recover ---- */

static char order[64];

static void
note(void *arg)
{
	strcat(order, arg);
}

static void
note_and_recover(void *arg)
{
	gort_panic_info p;

	strcat(order, arg);
	if (gort_recover(&p)) {
		strcat(order, "!");
		strcat(order, p.text != NULL ? p.text : "?");
	}
}

static void
three_defers(void *arg)
{
	gort_defer(note, "a");
	gort_defer(note_and_recover, "b");
	gort_defer(note, "c");
	if (arg != NULL)
		gort_panic(arg);
}

static void
nested(void *arg)
{
	gort_defer(note, "x");
	ck_assert(!gort_protect(three_defers, "in"));
	strcat(order, "|");
	ck_assert(!gort_recover(NULL)); /* not in a deferred function */
}

BOOTED(defer_and_recover)
{
	ck_assert(gort_protect(three_defers, NULL));
	ck_assert_str_eq(order, "cba");
	order[0] = '\0';
	ck_assert(!gort_protect(three_defers, "boom"));
	ck_assert_str_eq(order, "cb!booma");
	order[0] = '\0';
	ck_assert(gort_protect(nested, NULL));
	ck_assert_str_eq(order, "cb!ina|x");
	return 0;
}

static void
panic_of(void *arg)
{
	switch ((intptr_t)arg) {
	case 0:
		gort_panic("text");
	case 1:
		gort_panicf("%d%s", 4, "2");
	case 2:
		gort_panic_error("an error");
	case 3:
		gort_panic_int(-12);
	case 4:
		gort_panic_pointer(order);
	default:
		*(volatile int *)(uintptr_t)arg = 1; /* 8: a nil fault */
	}
}

BOOTED(kinds_of_panic)
{
	static const enum gort_panic_kind kinds[] = { GORT_PANIC_TEXT,
		GORT_PANIC_TEXT, GORT_PANIC_ERROR, GORT_PANIC_INT,
		GORT_PANIC_POINTER };
	gort_panic_info p;
	intptr_t i;

	for (i = 0; i < 5; i++) {
		memset(&p, 0, sizeof p);
		ck_assert(!gort_try(panic_of, (void *)i, &p));
		ck_assert_int_eq(p.kind, kinds[i]);
		if (i == 0)
			ck_assert_str_eq(p.text, "text");
		else if (i == 1)
			ck_assert_str_eq(p.text, "42");
		else if (i == 2)
			ck_assert_str_eq(p.text, "an error");
		else if (i == 3)
			ck_assert_int_eq(p.num, -12);
		else
			ck_assert_ptr_eq(p.ptr, order);
	}
	if (BOOTED_SLOW)
		return 0; /* the sanitizer reports the fault itself */
	ck_assert(!gort_try(panic_of, (void *)8, &p));
	ck_assert_int_eq(p.kind, GORT_PANIC_RUNTIME);
	ck_assert_str_eq(p.text,
	    "invalid memory address or nil pointer dereference");
	return 0;
}

static gort_chan *ended;

static void
tell(void *arg)
{
	gort_send(ended, NULL);
}

static void
exits(void *arg)
{
	gort_defer(tell, NULL);
	gort_goexit();
}

BOOTED(goexit_runs_defers)
{
	ended = gort_chan_make_noscan(0, 0);
	gort_go(exits, NULL);
	gort_recv(ended, NULL);
	while (gort_num_goroutine() > 1)
		gort_yield();
	return 0;
}

/* ---- signals ---- */

BOOTED(signals_come_as_values)
{
	gort_chan *c = gort_chan_make_noscan(sizeof(int), 4);
	int sig;

	ck_assert_int_eq(gort_notify(c, SIGKILL, 0), -EINVAL);
	ck_assert_int_eq(gort_notify(c, SIGUSR1, 999, 0), -EINVAL);
	ck_assert_int_eq(gort_notify(NULL, SIGUSR1, 0), -EINVAL);
	ck_assert_int_eq(
	    gort_notify(gort_chan_make_noscan(8, 1), SIGUSR1, 0), -EINVAL);
	ck_assert_int_eq(gort_notify(c, SIGUSR1, SIGTERM, 0), 0);
	kill(getpid(), SIGUSR1);
	ck_assert(gort_recv(c, &sig));
	ck_assert_int_eq(sig, SIGUSR1);
	kill(getpid(), SIGTERM);
	ck_assert(gort_recv(c, &sig));
	ck_assert_int_eq(sig, SIGTERM);
	gort_notify_stop(c);
	return 0;
}

/* ---- the rest ---- */

static void *
big_frame(void *arg)
{
	char room[400 * 1024]; /* no goroutine has as much */

	memset(room, 1, sizeof room);
	gort_keepalive(room);
	return arg;
}

static void *
check_g(void *arg)
{
	return arg;
}

BOOTED(small_calls)
{
	int n = gort_gomaxprocs(0), x = 0;
	int64_t t0 = gort_now_ns();

	ck_assert_int_ge(n, 1);
	ck_assert_int_eq(gort_gomaxprocs(3), n);
	ck_assert_int_eq(gort_gomaxprocs(-5), 3);
	ck_assert_uint_eq(gort_goid(), 1);
	ck_assert_int_eq(gort_num_goroutine(), 1);
	ck_assert_ptr_eq(gort_call_on_thread_stack(big_frame, &x), &x);
	ck_assert_ptr_eq(gort_call_blocking(check_g, &n), &n);
	ck_assert_int_eq(gort_debug_set("gctrace", "0"), 0);
	ck_assert_int_eq(gort_debug_set("no_such_key", "1"), -ENOENT);
	ck_assert_int_eq(gort_debug_set("gctrace", "x"), -EINVAL);
	ck_assert_int_eq(strncmp(gort_version(), "gort ", 5), 0);
	ck_assert_uint_lt(gort_randn(10), 10);
	ck_assert_uint_eq(gort_randn(0), 0);
	gort_nopreempt_begin();
	x = 5;
	gort_nopreempt_end();
	gort_lock_os_thread();
	gort_yield();
	gort_unlock_os_thread();
	gort_unlock_os_thread();
	ck_assert_int_ge(gort_now_ns(), t0);
	ck_assert_int_gt(gort_wall_ns(), 1600000000 * GORT_SEC);
	return 0;
}

static int
exit_7(void *arg)
{
	fprintf(stdout, "%s", "");
	gort_exit(7);
}

static int
fatal_words(void *arg)
{
	gort_fatal("my own reason");
}

START_TEST(exit_codes)
{
	static char text[65536];

	ck_assert_int_eq(last_words(exit_7, NULL, text, sizeof text), 7);
	ck_assert_str_eq(text, "");
	ck_assert_int_eq(last_words(fatal_words, NULL, text, sizeof text), 2);
	ck_assert_msg(
	    strstr(text, "fatal error: my own reason") != NULL, "%s", text);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("values");
	TCase *tc = tcase_create("values");

	tcase_set_timeout(tc, 60);
	suite_add_tcase(s, tc);
	booted_add(tc, strings);
	booted_add_loop(tc, out_of_range, 12);
	booted_add(tc, append_grows_and_keeps);
	booted_add(tc, append_of_pointers_survives_collection);
	booted_add(tc, defer_and_recover);
	booted_add(tc, kinds_of_panic);
	booted_add(tc, goexit_runs_defers);
	booted_add(tc, signals_come_as_values);
	booted_add(tc, small_calls);
	tcase_add_test(tc, exit_codes);
	return suite_run(s);
}
