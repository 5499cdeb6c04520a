/*
 * check_mgctypes.c - layouts of compiled Go: programs of pointer bitmaps
 * against a slow and plain interpreter, objects whose layout is a program,
 * types that live in the heap, variables of packages.
 */
#include "mem/heap_test.h"

#include <sys/mman.h>

#define WORDS_MAX 200000
#define N 300
#define FEW 6 /* what stale words may keep */

static uintptr_t hidden[N], hidden2[N];
static void *volatile global_root;

/* ---- programs ---- */

/* As the description has it, bit by bit. Returns bits written. */
static size_t
reference(const uint8_t *p, uint8_t *bit)
{
	size_t n = 0;

	for (p += 4;;) {
		uint8_t op = *p++;
		uint64_t len = op & 0x7f, times = 0;

		if (op == 0)
			return n;
		if (op < 0x80) {
			for (uint64_t i = 0; i < len; i++)
				bit[n++] = p[i / 8] >> (i % 8) & 1;
			p += (len + 7) / 8;
			continue;
		}
		if (len == 0) {
			for (int sh = 0;; sh += 7) {
				len |= (uint64_t)(*p & 0x7f) << sh;
				if (*p++ < 0x80)
					break;
			}
		}
		for (int sh = 0;; sh += 7) {
			times |= (uint64_t)(*p & 0x7f) << sh;
			if (*p++ < 0x80)
				break;
		}
		for (uint64_t i = 0; i < len * times; i++, n++)
			bit[n] = bit[n - len];
	}
}

static uint8_t want[WORDS_MAX], got[WORDS_MAX / 8 + RT_GCPROG_SLACK_BYTES];

static void
compare(const uint8_t *prog)
{
	size_t n = reference(prog, want);

	memset(got, 0, sizeof(got));
	rt_gcprog_run(prog, got, WORDS_MAX);
	/* Check writes a record for each assertion that holds, too */
	for (size_t i = 0; i < WORDS_MAX; i++)
		if ((got[i / 8] >> (i % 8) & 1) != (i < n ? want[i] : 0))
			ck_abort_msg("bit %zu of %zu", i, n);
}

static size_t
put_varint(uint8_t *p, uint64_t v)
{
	size_t n = 0;

	for (; v >= 0x80; v >>= 7)
		p[n++] = (uint8_t)(v | 0x80);
	p[n++] = (uint8_t)v;
	return n;
}

static void
set_length(uint8_t *prog, size_t n)
{
	uint32_t len = (uint32_t)(n - 4);

	memcpy(prog, &len, 4);
}

/* What the compiler makes of
 * [300]struct { [100]*int; [1000]int; [200]struct { *int; int } } */
static const uint8_t compiled[] = { 20, 0, 0, 0, 0x01, 0x01, 0x81, 0x63, 0x01,
	0x00, 0x81, 0xe7, 0x07, 0x02, 0x01, 0x82, 0xc7, 0x01, 0x80, 0xdc, 0x0b,
	0xab, 0x02, 0x00 };
#define COMPILED_STRIDE (100 + 1000 + 400)

static bool
compiled_is_ptr(size_t word)
{
	size_t i = word % COMPILED_STRIDE;

	return i < 100 || (i >= 1100 && (i - 1100) % 2 == 0);
}

START_TEST(a_compiled_program)
{
	size_t nbits = 300 * COMPILED_STRIDE;
	uint8_t *bits = calloc(1, nbits / 8 + 1 + RT_GCPROG_SLACK_BYTES);

	rt_gcprog_run(compiled, bits, nbits);
	for (size_t i = 0; i < nbits; i++)
		if ((bits[i / 8] >> (i % 8) & 1) != compiled_is_ptr(i))
			ck_abort_msg("bit %zu", i);
	free(bits);
}
END_TEST

/* Literals of 1 to 127 bits, repetitions of any reach, at any offset. */
START_TEST(random_programs)
{
	uint64_t rnd = (uint64_t)_i * 2654435761u + 1;
	uint8_t prog[4096];
	size_t at = 4, bits = 0;

#define RND(n) ((rnd = rnd * 6364136223846793005u + 1442695040888963407u, \
	rnd >> 33) % (n))
	for (int k = 0; k < 40; k++) {
		size_t n = 1 + RND(127), c = RND(300);

		if (bits + n > WORDS_MAX)
			break;
		if (bits == 0 || RND(3) == 0) {
			prog[at++] = (uint8_t)n;
			for (size_t i = 0; i < (n + 7) / 8; i++)
				prog[at++] = (uint8_t)RND(256);
			bits += n;
			continue;
		}
		if (RND(2)) /* far, or near a boundary of 64 */
			n = RND(2) ? 1 + RND(bits) : 54 + RND(12);
		if (n > bits)
			n = bits;
		if (bits + n * c > WORDS_MAX)
			c = 1;
		if (bits + n * c > WORDS_MAX)
			break;
		if (n < 0x80 && RND(2)) {
			prog[at++] = (uint8_t)(0x80 | n);
		} else {
			prog[at++] = 0x80;
			at += put_varint(prog + at, n);
		}
		at += put_varint(prog + at, c);
		bits += n * c;
	}
	prog[at++] = 0;
	set_length(prog, at);
	compare(prog);
}
END_TEST

START_TEST(a_program_that_writes_too_much)
{
	static const uint8_t prog[] = { 5, 0, 0, 0, 1, 1, 0x81, 0x7f, 0 };
	uint8_t bits[64] = { 0 };

	rt_gcprog_run(prog, bits, 100);
}
END_TEST

START_TEST(a_program_that_is_cut_short)
{
	static const uint8_t prog[] = { 2, 0, 0, 0, 100, 1 };
	uint8_t bits[64] = { 0 };

	rt_gcprog_run(prog, bits, 500);
}
END_TEST

/* ---- objects ---- */

static const struct gort_type type_prog = {
	.size = 300 * COMPILED_STRIDE * 8, .ptrdata = 300 * COMPILED_STRIDE * 8,
	.align = 8, .kind = KIND_ARRAY | KIND_GCPROG, .gcdata = compiled };

/* A small one, to have several in a span. */
static const uint8_t small_prog[] = { 9, 0, 0, 0, 2, 1, 0x82, 31, 2, 2, 0x82,
	31, 0 };
static const struct gort_type type_small = { .size = 1024, .ptrdata = 1024,
	.align = 8, .kind = KIND_ARRAY | KIND_GCPROG, .gcdata = small_prog };

/* Child i hangs on a pointer of the array, its twin on a word beside it. */
static void
fill(uintptr_t *a, size_t nwords, bool (*is_ptr)(size_t))
{
	size_t at = 0;

	for (int i = 0; i < N; i++, at += nwords / N) {
		void *x = rt_mallocgc(48, NULL, false, true);
		void *y = rt_mallocgc(48, NULL, false, true);
		size_t k = at;

		while (!is_ptr(k % nwords))
			k++;
		a[k % nwords] = (uintptr_t)x;
		hidden[i] = t_hide(x);
		for (k = at; is_ptr(k % nwords) || a[k % nwords] != 0; k++)
			;
		a[k % nwords] = (uintptr_t)y;
		hidden2[i] = t_hide(y);
	}
}

static void
make_prog_array(void *arg)
{
	(void)arg;
	global_root = rt_newarray(&type_prog, 3);
	fill(global_root, 900 * COMPILED_STRIDE, compiled_is_ptr);
}

static int
programs_decide_body(void *arg)
{
	(void)arg;
	t_on_other_stack(make_prog_array, NULL);
	rt_gc_force();
	T_CHECK(t_count_alive(hidden, N) == N);
	T_CHECK(t_count_alive(hidden2, N) <= FEW);
	return 0;
}

/* The first 64 words: every second from 0 on; then every second from 1 on. */
static void
make_small_progs(void *arg)
{
	void ***all = rt_mallocgc(N * 8, NULL, true, true);

	(void)arg;
	for (int i = 0; i < N; i++) {
		size_t at = (size_t)i % 128;
		bool ptr = at % 2 == (at >= 64);
		void *x = rt_mallocgc(48, NULL, false, true);
		void *y = rt_mallocgc(48, NULL, false, true);

		all[i] = rt_newobject(&type_small);
		all[i][ptr ? at : at ^ 1] = x;
		all[i][ptr ? at ^ 1 : at] = y;
		hidden[i] = t_hide(x);
		hidden2[i] = t_hide(y);
	}
	global_root = all;
}

static int
small_programs_decide_body(void *arg)
{
	(void)arg;
	t_on_other_stack(make_small_progs, NULL);
	rt_gc_force();
	T_CHECK(t_count_alive(hidden, N) == N);
	T_CHECK(t_count_alive(hidden2, N) <= FEW);
	return 0;
}

/* ---- types in the heap ---- */

static void
use_heap_type(void *arg)
{
	struct gort_type *t = rt_mallocgc(sizeof(*t), NULL, true, true);
	uint8_t *bits = rt_mallocgc(8, NULL, false, true);

	(void)arg;
	bits[0] = 2;
	*t = (struct gort_type){ .size = 16, .ptrdata = 16, .align = 8,
		.kind = KIND_STRUCT, .gcdata = bits };
	hidden[0] = t_hide(t);
	hidden[1] = t_hide(bits);
	rt_newobject(t);
}

/* A span that remembers it must not take another type for it. */
static int
heap_types_stay_body(void *arg)
{
	(void)arg;
	t_on_other_stack(use_heap_type, NULL);
	rt_gc_force();
	T_CHECK(t_count_alive(hidden, 2) == 2);
	return 0;
}

/* ---- variables of packages ---- */

#define BIG_WORDS (1 << 17) /* four pieces */

static bool
third(size_t word)
{
	return word % 3 == 0;
}

/* Two variables; writable and static, as the compiler makes them. */
static _Alignas(struct rt_root_list) char roots_mem[sizeof(
    struct rt_root_list) + 2 * sizeof(struct rt_root_var)];

static void
make_variables(void *arg)
{
	static uint8_t bits[BIG_WORDS / 8];
	struct rt_root_list *roots = (struct rt_root_list *)roots_mem;
	uintptr_t *mem = mmap(NULL, (BIG_WORDS + 8) * 8,
	    PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)arg;
	T_CHECK(mem != MAP_FAILED);
	for (size_t i = 0; i < BIG_WORDS; i++)
		if (third(i))
			bits[i / 8] |= (uint8_t)(1 << i % 8);
	roots->n = 2;
	roots->v[0] = (struct rt_root_var){ mem + 8, BIG_WORDS * 8,
		BIG_WORDS * 8, bits };
	roots->v[1] = (struct rt_root_var){ mem, 64, 32, bits };
	rt_roots_register(roots);
	fill(mem + 8, BIG_WORDS, third);
	for (int i = 0; i < 8; i++) { /* words 0 and 3 of the small one */
		void *x = rt_mallocgc(48, NULL, false, true);

		mem[i] = (uintptr_t)x;
		if (third((size_t)i) && i < 4)
			hidden[i] = t_hide(x);
		else
			hidden2[i] = t_hide(x);
	}
}

static int
variables_are_roots_body(void *arg)
{
	uint64_t before = rt_gcmark_globals_bytes();

	(void)arg;
	t_on_other_stack(make_variables, NULL);
	T_CHECK(rt_gcmark_globals_bytes() - before == BIG_WORDS * 8 + 32);
	for (int i = 0; i < 2; i++) { /* for ever */
		rt_gc_force();
		T_CHECK(t_count_alive(hidden, N) == N);
		T_CHECK(t_count_alive(hidden2, N) <= FEW);
	}
	return 0;
}

static const struct {
	const char *name;
	int (*body)(void *);
} cases[] = {
	{ "programs decide", programs_decide_body },
	{ "small programs decide", small_programs_decide_body },
	{ "heap types stay", heap_types_stay_body },
	{ "variables are roots", variables_are_roots_body },
};

START_TEST(booted)
{
	fprintf(stderr, "%s\n", cases[_i].name); /* for who reads the log */
	rt_boot_test(cases[_i].body, NULL);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("mgctypes");
	TCase *tc = tcase_create("programs");

	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, a_compiled_program);
	tcase_add_loop_test(tc, random_programs, 0, 200);
	tcase_add_exit_test(tc, a_program_that_writes_too_much, 2);
	tcase_add_exit_test(tc, a_program_that_is_cut_short, 2);
	suite_add_tcase(s, tc);
	tc = tcase_create("booted");
	tcase_set_timeout(tc, 120);
	tcase_add_loop_exit_test(
	    tc, booted, 0, 0, (int)(sizeof(cases) / sizeof(cases[0])));
	suite_add_tcase(s, tc);
	return suite_run(s);
}
