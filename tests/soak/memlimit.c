/*
 * memlimit.c - churn: `memlimit SECONDS [LIVE_MIB]` (32). How much gets done,
 * and how much memory that takes.
 *
 * A table of some megabytes is kept full of small trees; workers replace one
 * after the other, as fast as they can, and look at what they throw away: it
 * must read as it was written. Sizes are random, so that pages free up in
 * pieces. Prints `trees N` (replaced a second), `rss.max KiB` and `rss.end KiB`
 * (sampled each 20 ms). tests/soak/memlimit.sh runs it with and without a limit
 * on memory and compares.
 */
#include "gort.h"
#include "tests/soak/must.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MS ((int64_t)1000000)
#define TREE_BYTES 4400 /* on average: 8 leaves of 16 to 1,039 bytes, a node */

GORT_BARRIERED;

struct leaf {
	uint64_t bytes, twin;
	char rest[];
};

struct tree {
	struct tree *self;
	struct leaf *leaf[8];
};
GORT_TYPE(tree_type, struct tree, self, leaf[0], leaf[1], leaf[2], leaf[3],
    leaf[4], leaf[5], leaf[6], leaf[7]);

static struct tree **table; /* a root */
static size_t ntrees;
static int nworkers;
static _Atomic bool enough;
static _Atomic uint64_t done;
static gort_waitgroup running;

static uint32_t
rnd(uint64_t *s)
{
	*s ^= *s << 13;
	*s ^= *s >> 7;
	*s ^= *s << 17;
	return (uint32_t)(*s >> 11);
}

static struct tree *
make_tree(uint64_t *seed)
{
	struct tree *t = gort_new(&tree_type);

	for (int i = 0; i < 8; i++) {
		size_t n = sizeof(struct leaf) + rnd(seed) % 1024;
		struct leaf *l = gort_alloc_noscan(n);

		l->bytes = n;
		l->twin = ~(uint64_t)n;
		memset(l->rest, (int)n, n - sizeof(*l));
		gort_store(&t->leaf[i], l);
	}
	gort_store(&t->self, t);
	return t;
}

static void
look_at(const struct tree *t)
{
	MUST(t->self == t);
	for (int i = 0; i < 8; i++) {
		const struct leaf *l = t->leaf[i];
		size_t n = l->bytes - sizeof(*l);

		MUST(l->twin == ~l->bytes);
		MUST(n == 0 || l->rest[n - 1] == (char)l->bytes);
	}
}

/* Worker w has every nworkers-th tree, so nobody else touches it. */
static void
work(void *arg)
{
	size_t w = (size_t)(uintptr_t)arg, i;
	uint64_t seed = 0x9e3779b97f4a7c15u * (w + 1), n = 0;

	while (!atomic_load_explicit(&enough, memory_order_relaxed)) {
		i = rnd(&seed) % (ntrees / (size_t)nworkers) *
		        (size_t)nworkers +
		    w;
		if (table[i] != NULL)
			look_at(table[i]);
		gort_store(&table[i], make_tree(&seed));
		n++;
	}
	atomic_fetch_add(&done, n);
	gort_waitgroup_done(&running);
}

/* Without a library that would allocate. */
static long
resident_kib(void)
{
	char line[128];
	long kib = 0;
	FILE *f = fopen("/proc/self/status", "r");

	MUST(f != NULL);
	while (fgets(line, sizeof(line), f) != NULL)
		if (sscanf(line, "VmRSS: %ld", &kib) == 1)
			break;
	fclose(f);
	return kib;
}

int
gort_main(int argc, char **argv)
{
	double seconds = argc > 1 ? atof(argv[1]) : 10;
	size_t live = (size_t)(argc > 2 ? atol(argv[2]) : 32) << 20;
	int64_t begun, end;
	long now, most = 0;

	nworkers = 2 * gort_gomaxprocs(0);
	ntrees = live / TREE_BYTES / (size_t)nworkers * (size_t)nworkers;
	table = gort_alloc(ntrees * sizeof(*table));
	gort_waitgroup_add(&running, nworkers);
	begun = gort_now_ns();
	end = begun + (int64_t)(seconds * 1e9);
	for (int i = 0; i < nworkers; i++)
		gort_go(work, (void *)(uintptr_t)i);
	do {
		gort_sleep(20 * MS);
		now = resident_kib();
		most = now > most ? now : most;
	} while (gort_now_ns() < end);
	atomic_store(&enough, true);
	gort_waitgroup_wait(&running);
	printf("trees %.0f\nrss.max %ld\nrss.end %ld\n",
	    (double)atomic_load(&done) /
	        ((double)(gort_now_ns() - begun) / 1e9),
	    most, now);
	return 0;
}
