/*
 * check_memory.c - gort.h's memory: descriptors keep what they list and only
 * that; roots, finalizers, global variables, statistics.
 */
#include "chan/booted.h"

#include <errno.h>

#include "gc/gc.h"
#include "mem/malloc.h"
#include "types/type.h"

/* ---- descriptors as the macros make them ---- */

struct inner {
	long n;
	void *p;
};
struct many {
	void *a;
	gort_str text;   /* words 1, 2 */
	long pad[20];
	void *arr[3];    /* words 23 to 25 */
	struct inner in; /* words 26, 27 */
	gort_slice list; /* words 28 to 30 */
	long tail[40];
};
GORT_TYPE(many_type, struct many, a, text, arr[0], arr[2], in.p, list);

struct wide {
	void *w[64];
};
GORT_TYPE(wide_type, struct wide, w[0], w[1], w[2], w[3], w[4], w[5], w[6],
    w[7], w[8], w[9], w[10], w[11], w[12], w[13], w[14], w[63]);

struct plain {
	char c[5];
};
GORT_TYPE_NOPTR(plain_type, struct plain);

static uint64_t
bits(const gort_type *t)
{
	uint64_t b;

	memcpy(&b, t->gcdata, sizeof b);
	return b;
}

START_TEST(macros_describe)
{
	ck_assert_uint_eq(many_type.size, sizeof(struct many));
	ck_assert_uint_eq(many_type.ptrdata, 29 * 8);
	ck_assert_uint_eq(bits(&many_type),
	    UINT64_C(1) | 1 << 1 | 1 << 23 | 1 << 25 | 1 << 27 | 1 << 28);
	ck_assert_int_eq(many_type.kind, KIND_STRUCT);
	ck_assert_int_eq(many_type.align, 8);
	ck_assert_int_eq(strncmp(many_type.str->p, "struct many",
	                     (size_t)many_type.str->n),
	    0);
	ck_assert_uint_eq(wide_type.ptrdata, 512);
	ck_assert_uint_eq(bits(&wide_type), 0x7fff | UINT64_C(1) << 63);
	ck_assert_uint_eq(plain_type.ptrdata, 0);
	ck_assert_uint_eq(plain_type.size, 5);
	ck_assert_int_eq(plain_type.kind, KIND_STRUCT | KIND_NOPTR);
}
END_TEST

BOOTED(descriptors_are_registered)
{
	const gort_type *want[] = { &many_type, &wide_type, &plain_type };
	size_t i, k, found = 0;

	for (i = 0; i < rt_types_count(); i++) {
		for (k = 0; k < 3; k++)
			found += rt_type_at(i) == want[k];
	}
	ck_assert_uint_eq(found, 3);
	return 0;
}

/* ---- what survives ---- */

static gort_chan *gone; /* numbers of finalized objects */

static void
note_gone(void *obj)
{
	gort_send(gone, obj); /* first word: its number */
}

static RT_NOINLINE long *
marked(long number)
{
	long *p = gort_alloc_noscan(32);

	p[0] = number;
	ck_assert_int_eq(gort_setfinalizer(p, note_gone), 0);
	return p;
}

static struct many *keep; /* a global variable is a root */

static RT_NOINLINE void
build(void)
{
	struct many *m = gort_new(&many_type);

	gort_store(&keep, m);
	gort_store(&m->a, marked(1));
	gort_store(&m->text.p, marked(2));
	gort_store(&m->arr[0], marked(3));
	gort_store(&m->arr[1], marked(4)); /* not listed: not kept */
	gort_store(&m->arr[2], marked(5));
	gort_store(&m->in.p, marked(6));
	gort_store(&m->list.p, marked(7));
	m->pad[3] = (long)marked(8); /* not a pointer, whatever it looks like */
}

static RT_NOINLINE void
scrub(int depth)
{
	volatile char pad[512];
	size_t i;

	for (i = 0; i < sizeof pad; i++)
		pad[i] = 0;
	if (depth > 0)
		scrub(depth - 1);
	gort_keepalive(pad[0]);
}

BOOTED(typed_object_keeps_what_it_lists)
{
	bool is_gone[9] = { false };
	long n;
	int i;

	gone = gort_chan_make_noscan(sizeof(long), 16);
	build();
	scrub(8);
	while (!is_gone[4] || !is_gone[8]) {
		gort_gc();
		gort_yield();
		while (gort_try_recv(gone, &n, NULL))
			is_gone[n] = true;
	}
	for (i = 0; i < 5; i++) {
		gort_gc();
		gort_yield();
	}
	while (gort_try_recv(gone, &n, NULL))
		is_gone[n] = true;
	for (i = 1; i < 9; i++)
		ck_assert_msg(is_gone[i] == (i == 4 || i == 8), "object %d: %d",
		    i, is_gone[i]);
	ck_assert_int_eq(*(long *)keep->in.p, 6);
	return 0;
}

static RT_NOINLINE void
hide_in(void **where, long number)
{
	gort_store(where, marked(number));
}

/* How many of the objects numbered from `first` on are gone; waits for at
 * least `least`. A conservative scan may hold on to some for no reason. */
static int
await_gone(bool *is_gone, int first, int n, int least)
{
	int count, i;
	long k;

	do {
		gort_gc();
		gort_yield();
		while (gort_try_recv(gone, &k, NULL))
			is_gone[k] = true;
		for (count = 0, i = 0; i < n; i++)
			count += is_gone[first + i];
	} while (count < least);
	return count;
}

#define HIDDEN 50

BOOTED(every_place_that_is_scanned)
{
	void **conservative = gort_alloc(64 * sizeof(void *));
	void **inside = calloc(HIDDEN, sizeof(void *));
	void **outside = calloc(HIDDEN, sizeof(void *));
	void **arr = gort_new_array(&gort_type_pointer, 100);
	void *on_stack = NULL;
	static bool is_gone[200];
	int i;

	gone = gort_chan_make_noscan(sizeof(long), 200);
	gort_root_add(inside, HIDDEN * sizeof(void *));
	hide_in(&conservative[63], 1);
	hide_in(&on_stack, 2);
	hide_in(&arr[99], 3);
	hide_in(&conservative[5], 4);
	conservative[5] = (char *)conservative[5] + 17; /* inside is enough */
	for (i = 0; i < HIDDEN; i++) {
		hide_in(&inside[i], 50 + i);
		hide_in(&outside[i], 100 + i); /* malloc's, not registered */
	}
	scrub(8);
	await_gone(is_gone, 100, HIDDEN, HIDDEN - 5);
	for (i = 0; i < 100; i++)
		ck_assert_msg(!is_gone[i], "object %d", i);
	gort_root_del(inside);
	await_gone(is_gone, 50, HIDDEN, HIDDEN - 5);
	for (i = 0; i < 50; i++)
		ck_assert_msg(!is_gone[i], "object %d", i);
	gort_keepalive(conservative);
	gort_keepalive(on_stack);
	gort_keepalive(arr);
	return 0;
}

/* ---- allocation ---- */

BOOTED(memory_is_zeroed_and_aligned)
{
	static const size_t sizes[] = { 0, 1, 8, 15, 16, 24, 100, 1000, 5000,
		40000, 1000000 };
	size_t i, k, round;

	for (round = 0; round < 200; round++) {
		for (i = 0; i < 11; i++) {
			size_t n = sizes[i];
			unsigned char *p = round % 2 ? gort_alloc(n)
			                             : gort_alloc_noscan(n);

			ck_assert_uint_eq(
			    (uintptr_t)p % (n >= 16 ? 16 : n >= 8 ? 8 : 1), 0);
			for (k = 0; k < n; k += 1 + n / 100)
				ck_assert_int_eq(p[k], 0);
			memset(p, 0xff, n);
		}
	}
	return 0;
}

static void
negative_array(void *arg)
{
	gort_new_array(&many_type, (intptr_t)arg);
}

BOOTED(arrays_refuse)
{
	gort_panic_info p;

	ck_assert(!gort_try(negative_array, (void *)(intptr_t)-1, &p));
	ck_assert_ptr_nonnull(strstr(p.text, "out of range"));
	ck_assert(!gort_try(negative_array, (void *)(INTPTR_MAX / 4), &p));
	ck_assert_ptr_nonnull(strstr(p.text, "out of range"));
	return 0;
}

BOOTED(finalizers_refuse)
{
	int local;
	long *p = gort_alloc_noscan(64);

	ck_assert_int_eq(gort_setfinalizer(&local, note_gone), -EINVAL);
	ck_assert_int_eq(gort_setfinalizer(p + 1, note_gone), -EINVAL);
	ck_assert_int_eq(gort_setfinalizer(p, note_gone), 0);
	ck_assert_int_eq(gort_setfinalizer(p, NULL), 0);
	return 0;
}

BOOTED(statistics_add_up)
{
	gort_memstats a, b;
	int i;

	gort_read_memstats(&a);
	for (i = 0; i < 1000; i++)
		gort_alloc_noscan(100);
	gort_gc();
	gort_read_memstats(&b);
	ck_assert_uint_ge(b.mallocs, a.mallocs + 1000);
	ck_assert_uint_ge(b.total_alloc, a.total_alloc + 100000);
	ck_assert_uint_gt(b.num_gc, a.num_gc);
	ck_assert_uint_eq(b.num_forced_gc, a.num_forced_gc + 1);
	ck_assert_uint_ge(b.frees, a.frees + 900);
	ck_assert_uint_gt(b.sys, 0);
	ck_assert_int_eq(gort_set_gc_percent(50), 100);
	ck_assert_int_eq(gort_set_gc_percent(100), 50);
	return 0;
}

int
main(void)
{
	Suite *s = suite_create("memory");
	TCase *tc = tcase_create("memory");

	tcase_set_timeout(tc, 60);
	suite_add_tcase(s, tc);
	tcase_add_test(tc, macros_describe);
	booted_add(tc, descriptors_are_registered);
	booted_add(tc, typed_object_keeps_what_it_lists);
	booted_add(tc, every_place_that_is_scanned);
	booted_add(tc, memory_is_zeroed_and_aligned);
	booted_add(tc, arrays_refuse);
	booted_add(tc, finalizers_refuse);
	booted_add(tc, statistics_add_up);
	return suite_run(s);
}
