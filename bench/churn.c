/*
 * churn.c - memory that comes and goes on one thread, by three allocators.
 *
 *	churn_gort | churn_libc | churn_mimalloc [CASE]    (one source each)
 *
 * Sizes are drawn from 16 to 1024 bytes, evenly. The first word of each object
 * is written. Every figure is processor time of the whole process, so a
 * collector that works on another thread is paid for.
 *
 *   alloc    making 2,000 objects in a row; they die between the timings, in
 *            another order, and for gort a collection runs there. Freeing is
 *            not in it, nor marking; sweeping is, where the allocation does it
 *   zalloc   the same with contents that are zero: all that gort has
 *   churn    one of 10,000 slots at random gets a new object, the old one is
 *            freed, or for gort: is nobody's. With collections, all told
 *   zchurn   the same, zeroed
 *   loop     what the random numbers and slots of `churn` cost by themselves
 *
 * Each runs five times; the median is printed, ns an object.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ROUNDS 5
#define BATCH 2000
#define SLOTS 10000
#define OBJECTS 4000000

#ifdef CHURN_GORT
#include <gort.h>
#define NAME "gort"
#define ZALLOC(n) gort_alloc_noscan(n)
#define FREE(p) ((void)(p))
#define COLLECT() gort_gc()
#else
#define COLLECT() ((void)0)
#endif
#ifdef CHURN_MIMALLOC
#include <mimalloc.h>
#define NAME "mimalloc"
#define ALLOC(n) mi_malloc(n)
#define ZALLOC(n) mi_zalloc(n)
#define FREE(p) mi_free(p)
#endif
#ifdef CHURN_LIBC
#define NAME "libc"
#define ALLOC(n) malloc(n)
#define ZALLOC(n) calloc(1, n)
#define FREE(p) free(p)
#endif

static const char *only; /* case, or NULL: all */
static uint64_t **slots; /* collected memory in gort: a root below */

static uint64_t
cpu_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

static inline uint64_t
next_random(uint64_t *x)
{
	*x ^= *x << 13;
	*x ^= *x >> 7;
	return *x ^= *x << 17;
}

static inline size_t
size_from(uint64_t r)
{
	return 16 + (size_t)((r & 0xffffffff) * 1009 >> 32);
}

static inline void
put(size_t i, uint64_t *p)
{
	*p = i;
#ifdef CHURN_GORT
	gort_store(&slots[i], p);
#else
	slots[i] = p;
#endif
}

/* Free so many slots, in another order than they were filled: 7919 is prime to
 * both numbers. */
static void
drop(size_t n)
{
	for (size_t k = 0, i = 0; k < n; k++, i = (i + 7919) % n) {
		FREE(slots[i]);
		slots[i] = NULL;
	}
}

#define BATCHES(name, make)                                                    \
	static double name(void)                                               \
	{                                                                      \
		uint64_t x = 88172645463325252u, ns = 0;                       \
                                                                               \
		for (int b = 0; b < OBJECTS / 4 / BATCH; b++) {                \
			uint64_t t0 = cpu_ns();                                \
                                                                               \
			for (size_t i = 0; i < BATCH; i++)                     \
				put(i, make(size_from(next_random(&x))));      \
			ns += cpu_ns() - t0;                                   \
			drop(BATCH);                                           \
			COLLECT();                                             \
		}                                                              \
		return (double)ns / (OBJECTS / 4);                             \
	}

#define CHURN(name, make)                                                      \
	static double name(void)                                               \
	{                                                                      \
		uint64_t x = 88172645463325252u, t0;                           \
                                                                               \
		for (size_t i = 0; i < SLOTS; i++)                             \
			put(i, make(size_from(next_random(&x))));              \
		t0 = cpu_ns();                                                 \
		for (int k = 0; k < OBJECTS; k++) {                            \
			uint64_t r = next_random(&x);                          \
			size_t i = (size_t)((r >> 32) * SLOTS >> 32);          \
                                                                               \
			FREE(slots[i]);                                        \
			put(i, make(size_from(r)));                            \
		}                                                              \
		t0 = cpu_ns() - t0;                                            \
		drop(SLOTS);                                                   \
		return (double)t0 / OBJECTS;                                   \
	}

BATCHES(zalloc, ZALLOC)
CHURN(zchurn, ZALLOC)
#ifdef ALLOC
BATCHES(alloc, ALLOC)
CHURN(churn, ALLOC)
#endif

/* As churn does, with memory that is never changed. */
static double
loop(void)
{
	uint64_t x = 88172645463325252u, t0 = cpu_ns(), sum = 0;

	for (int k = 0; k < OBJECTS; k++) {
		uint64_t r = next_random(&x);
		size_t i = (size_t)((r >> 32) * SLOTS >> 32);

		sum += size_from(r);
		*(volatile uintptr_t *)&slots[i] = 0;
	}
	if (sum == 0)
		abort();
	return (double)(cpu_ns() - t0) / OBJECTS;
}

static int
by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static void
measure(const char *name, double (*run)(void))
{
	double ns[ROUNDS];

	if (only != NULL && strcmp(only, name) != 0)
		return;
	for (int i = 0; i < ROUNDS; i++)
		ns[i] = run();
	qsort(ns, ROUNDS, sizeof(ns[0]), by_value);
	printf("churn.%s.%s %.1f ns\n", NAME, name, ns[ROUNDS / 2]);
	fflush(stdout);
}

static int
run_all(void)
{
	measure("loop", loop);
#ifdef ALLOC
	measure("alloc", alloc);
#endif
	measure("zalloc", zalloc);
#ifdef ALLOC
	measure("churn", churn);
#endif
	measure("zchurn", zchurn);
	return 0;
}

#ifdef CHURN_GORT
int
gort_main(int argc, char **argv)
{
	only = argc > 1 ? argv[1] : NULL;
	gort_gomaxprocs(1);
	slots = gort_alloc(SLOTS * sizeof(*slots));
	return run_all();
}
#else
int
main(int argc, char **argv)
{
	only = argc > 1 ? argv[1] : NULL;
	slots = calloc(SLOTS, sizeof(*slots));
	return slots == NULL ? 1 : run_all();
}
#endif
