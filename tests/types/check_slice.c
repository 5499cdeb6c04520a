/*
 * check_slice.c - append's growth as Go 1.18 has it, make's limits, copying.
 */
#include "mem/heap_test.h"

#include "fault/fault.h"
#include "types/slice.h"

static const uint8_t bits_1[] = { 1 };
static const struct gort_type type_byte = { .size = 1, .align = 1,
	.kind = KIND_UINT8 | KIND_NOPTR };
static const struct gort_type type_int = { .size = 8, .align = 8,
	.kind = KIND_INT | KIND_NOPTR };
static const struct gort_type type_int3 = { .size = 24, .align = 8,
	.kind = KIND_ARRAY | KIND_NOPTR };
static const struct gort_type type_byte5 = { .size = 5, .align = 1,
	.kind = KIND_ARRAY | KIND_NOPTR };
static const struct gort_type type_text = { .size = 16, .ptrdata = 8,
	.align = 8, .kind = KIND_STRING, .gcdata = bits_1 };
static const struct gort_type type_none = { .size = 0, .align = 1,
	.kind = KIND_STRUCT | KIND_NOPTR };

/* Capacities that Go shows when elements are appended one by one. */
static const intptr_t ints[] = { 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 848,
	1280, 1792, 2560, 3408, 5120, 7168, 9216, 12288, 16384, 21504, 27648,
	34816, 44032, 55296, 69632, 0 };
static const intptr_t bytes[] = { 8, 16, 32, 64, 128, 256, 512, 896, 1408,
	2048, 3072, 4096, 5376, 6912, 9472, 12288, 16384, 21760, 28672, 40960,
	57344, 73728, 98304, 131072, 172032, 0 };
static const intptr_t int3s[] = { 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 853,
	1365, 2048, 3072, 4096, 5461, 7168, 9216, 0 };
static const intptr_t texts[] = { 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 848,
	1280, 1792, 2560, 3584, 5120, 6656, 8704, 11264, 0 };
static const intptr_t byte5s[] = { 1, 3, 6, 12, 25, 51, 102, 204, 409, 819,
	1228, 1894, 2713, 3686, 4915, 6553, 9830, 0 };

static const struct {
	const struct gort_type *t;
	const intptr_t *caps;
} series[] = { { &type_int, ints }, { &type_byte, bytes },
	{ &type_int3, int3s }, { &type_text, texts }, { &type_byte5, byte5s } };

static int
growth_body(void *arg)
{
	(void)arg;
	for (size_t i = 0; i < sizeof(series) / sizeof(series[0]); i++) {
		const struct gort_type *t = series[i].t;
		gort_slice s = { 0 };

		for (const intptr_t *c = series[i].caps; *c != 0; c++) {
			s = rt_growslice(t, s.p, s.n, s.cap, s.n + 1);
			if (s.cap != *c) {
				dprintf(2, "%zu bytes each: %zd, want %zd\n",
				    t->size, s.cap, *c);
				_exit(99);
			}
			T_CHECK(s.n <= s.cap);
			s.n = s.cap;
		}
	}
	return 0;
}

/* Several at once: what is needed, rounded to the class. */
static int
jumps_body(void *arg)
{
	static const struct {
		intptr_t need, ints, bytes;
	} want[] = { { 4, 6, 8 }, { 8, 8, 8 }, { 12, 12, 16 }, { 36, 36, 48 },
		{ 103, 112, 112 }, { 1003, 1024, 1024 }, { 1028, 1184, 1152 },
		{ 5003, 5120, 5376 }, { 33003, 33792, 40960 } };
	intptr_t three[3] = { 1, 2, 3 };

	(void)arg;
	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		gort_slice s;

		s = rt_growslice(&type_int, three, 3, 3, want[i].need);
		T_CHECK(s.n == want[i].need && s.cap == want[i].ints);
		s = rt_growslice(&type_byte, three, 3, 3, want[i].need);
		T_CHECK(s.n == want[i].need && s.cap == want[i].bytes);
	}
	return 0;
}

/* Elements are kept, the rest is zero, on memory that was used before. */
static int
content_body(void *arg)
{
	(void)arg;
	for (int round = 0; round < 200; round++) {
		const struct gort_type *t = round % 2 ? &type_text : &type_int;
		size_t each = t->size / sizeof(uintptr_t);
		gort_slice s = { 0 };

		while (s.n < 700) {
			uintptr_t *p;
			intptr_t had = s.n;

			s = rt_growslice(t, s.p, had, s.cap, s.cap + 1);
			p = s.p;
			for (intptr_t i = 0; i < s.cap; i++)
				T_CHECK(p[(size_t)i * each] == (i < had));
			s.n -= s.n % 3; /* room is left over, too */
			for (intptr_t i = 0; i < s.n; i++)
				p[(size_t)i * each] = 1;
		}
		memset(s.p, round % 2 ? 0 : 0xff, (size_t)s.cap * t->size);
	}
	return 0;
}

static int
nothing_body(void *arg)
{
	gort_slice s = rt_growslice(&type_none, NULL, 0, 0, 5);

	(void)arg;
	T_CHECK(s.p != NULL && s.n == 5 && s.cap == 5);
	T_CHECK(rt_makeslice(&type_none, INTPTR_MAX, INTPTR_MAX) != NULL);
	T_CHECK(rt_makeslice(&type_int, 0, 0) != NULL);
	s = rt_growslice(&type_none, s.p, 5, 5, INTPTR_MAX);
	T_CHECK(s.cap == INTPTR_MAX);
	return 0;
}

/* ---- limits ---- */

static char said[200];

static void
listen(void *arg)
{
	struct rt_panic_value v;

	(void)arg;
	if (rt_recover(&v))
		rt_snprintf(said, sizeof(said), "%s", v.text);
}

static void
make_it(void *arg)
{
	intptr_t *a = arg;

	rt_deferproc(listen, NULL);
	rt_makeslice((const struct gort_type *)a[0], a[1], a[2]);
}

static void
grow_it(void *arg)
{
	intptr_t *a = arg;

	rt_deferproc(listen, NULL);
	rt_growslice((const struct gort_type *)a[0], NULL, 0, a[1], a[2]);
}

static void
slice_it(void *arg)
{
	intptr_t *a = arg;

	rt_deferproc(listen, NULL);
	rt_check_unsafeslice(
	    (const struct gort_type *)a[0], (void *)a[1], a[2]);
}

static const struct {
	void (*fn)(void *);
	const struct gort_type *t;
	intptr_t a, b;
	const char *text; /* NULL: nothing is wrong */
} limits[] = {
	{ make_it, &type_int, -1, 5, "makeslice: len out of range" },
	{ make_it, &type_int, -1, -1, "makeslice: len out of range" },
	{ make_it, &type_int, 5, 4, "makeslice: cap out of range" },
	{ make_it, &type_int, 5, -4, "makeslice: cap out of range" },
	{ make_it, &type_int, 5, INTPTR_MAX, "makeslice: cap out of range" },
	{ make_it, &type_int, (intptr_t)1 << 46, (intptr_t)1 << 46,
	    "makeslice: len out of range" },
	{ make_it, &type_int, INTPTR_MAX, INTPTR_MAX,
	    "makeslice: len out of range" },
	{ make_it, &type_none, -1, 0, "makeslice: len out of range" },
	{ make_it, &type_byte, 3, 3, NULL },
	{ grow_it, &type_int, 8, 7, "growslice: cap out of range" },
	{ grow_it, &type_int, 0, INTPTR_MIN, "growslice: cap out of range" },
	{ grow_it, &type_int, 0, INTPTR_MAX, "growslice: cap out of range" },
	{ grow_it, &type_byte, 0, ((intptr_t)1 << 48) + 1,
	    "growslice: cap out of range" },
	{ slice_it, &type_int, 8, -1, "unsafe.Slice: len out of range" },
	{ slice_it, &type_int, 8, INTPTR_MAX,
	    "unsafe.Slice: len out of range" },
	{ slice_it, &type_int, -8, 2, "unsafe.Slice: len out of range" },
	{ slice_it, &type_int, 0, 1,
	    "unsafe.Slice: ptr is nil and len is not zero" },
	{ slice_it, &type_int, 0, 0, NULL },
	{ slice_it, &type_int, 4096, 100, NULL },
};

static int
limits_body(void *arg)
{
	(void)arg;
	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		intptr_t a[3] = { (intptr_t)limits[i].t, limits[i].a,
			limits[i].b };
		const char *want = limits[i].text == NULL ? ""
		                                          : limits[i].text;

		said[0] = '\0';
		rt_protect(limits[i].fn, a);
		if (strstr(said, want) == NULL || (*want == 0) != (*said == 0))
			dprintf(2, "%zu: \"%s\", want \"%s\"\n", i, said, want);
		T_CHECK(strstr(said, want) != NULL);
		T_CHECK((*want == '\0') == (said[0] == '\0'));
	}
	return 0;
}

/* ---- copying ---- */

static int
copy_body(void *arg)
{
	gort_str a[6], b[6];

	(void)arg;
	for (int back = 0; back < 2; back++) {
		for (int i = 0; i < 6; i++)
			a[i] = (gort_str){ &"abcdef"[i], 6 - i };
		memcpy(b, a, sizeof(a));
		/* overlapping, both ways */
		T_CHECK(rt_typedslicecopy(&type_text, a + !back, 5 + back,
		    a + back, 5 + !back) == 5);
		for (int i = 0; i < 5; i++)
			T_CHECK(a[i + !back].p == b[i + back].p &&
			    a[i + !back].n == b[i + back].n);
	}
	T_CHECK(rt_typedslicecopy(&type_text, a, 2, b, 6) == 2);
	T_CHECK(rt_typedslicecopy(&type_text, a, 2, b, 0) == 0);
	T_CHECK(rt_typedslicecopy(&type_byte, (char[4]){ 0 }, 4, "xyz", 3) == 3);
	return 0;
}

static int (*const bodies[])(void *) = { growth_body, jumps_body,
	content_body, nothing_body, limits_body, copy_body };

START_TEST(booted)
{
	rt_boot_test(bodies[_i], NULL);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("slice");
	TCase *tc = tcase_create("booted");

	tcase_set_timeout(tc, 60);
	tcase_add_loop_exit_test(
	    tc, booted, 0, 0, (int)(sizeof(bodies) / sizeof(bodies[0])));
	suite_add_tcase(s, tc);
	return suite_run(s);
}
