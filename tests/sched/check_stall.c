/*
 * check_stall.c - stall time and its histogram against loads whose waits are
 * known: a P is held while so many goroutines are ready to run.
 */
#include "chan/booted.h"

#include "sched/oracle.h"
#include "sched/stall.h"

#define N 500
#define STRAY 8 /* the runtime's own goroutines may wake meanwhile */

static int ran; /* one P: no two at once */

static void
run(void *arg)
{
	ran++;
}

static uint64_t
total(const struct rt_stall_sums *s)
{
	uint64_t n = 0;

	for (uint32_t i = 0; i < RT_STALL_BUCKETS; i++)
		n += s->n[i];
	return n;
}

/* Those of s that waited less than ns for sure. */
static uint64_t
below(const struct rt_stall_sums *s, int64_t ns)
{
	uint64_t n = 0;

	for (uint32_t i = 0; i < RT_STALL_BUCKETS - 1; i++) {
		if (rt_stall_edge_ns(i) <= ns)
			n += s->n[i];
	}
	return n;
}

static struct rt_stall_sums
since(const struct rt_stall_sums *old)
{
	struct rt_stall_sums s;

	rt_stall_read(&s);
	s.ns -= old->ns;
	for (uint32_t i = 0; i < RT_STALL_BUCKETS; i++)
		s.n[i] -= old->n[i];
	return s;
}

/* From here on every transition on this P is a sample. */
static void
measure_each(void)
{
	rt_stall_every(true);
	for (int i = 0; i < 2 * RT_STALL_SAMPLE; i++)
		gort_yield();
}

/* Keep the P for at least ns; returns how long it was. */
static int64_t
hold(int64_t ns)
{
	struct m *mp = rt_acquirem();
	int64_t t0 = rt_nanotime(), t;

	do
		t = rt_nanotime();
	while (t - t0 < ns);
	rt_releasem(mp);
	return t - t0;
}

BOOTED(sum_and_counts_of_a_known_load)
{
	struct rt_stall_sums before, s;
	struct m *mp;
	int64_t start, held, all;
	uint64_t yields = 0;

	gort_gomaxprocs(1);
	measure_each();
	rt_stall_read(&before);
	start = rt_nanotime();
	mp = rt_acquirem(); /* none runs before all are made */
	for (int i = 0; i < N; i++)
		gort_go(run, NULL);
	held = hold(GORT_MS);
	rt_releasem(mp);
	for (; ran < N; yields++)
		gort_yield();
	all = rt_nanotime() - start;
	s = since(&before);
	ck_assert_uint_ge(total(&s), N + yields);
	ck_assert_uint_le(total(&s), N + yields + STRAY);
	ck_assert_int_ge(s.ns, N * held);
	ck_assert_int_le(s.ns, (int64_t)(N + yields + STRAY) * all);
	/* every one of the N waited as long as the P was held */
	ck_assert_uint_le(below(&s, held), yields + STRAY);
	return 0;
}

static gort_chan *gate;

static void
parked(void *arg)
{
	gort_recv(gate, NULL);
	ran++;
}

BOOTED(who_is_made_ready_counts_and_who_sleeps_does_not)
{
	struct rt_stall_sums before, s;
	uint64_t yields = 0;
	int64_t held;

	gort_gomaxprocs(1);
	gate = gort_chan_make_noscan(0, 0);
	for (int i = 0; i < N; i++)
		gort_go(parked, NULL);
	for (int i = 0; i < 4 * N; i++)
		gort_yield();
	measure_each();
	rt_stall_read(&before);
	hold(GORT_MS); /* they are parked: nobody waits for the P */
	s = since(&before);
	ck_assert_uint_le(total(&s), STRAY);
	gort_chan_close(gate);
	held = hold(GORT_MS);
	for (; ran < N; yields++)
		gort_yield();
	s = since(&before);
	ck_assert_uint_ge(total(&s), N + yields);
	ck_assert_uint_le(total(&s), N + yields + STRAY);
	ck_assert_int_ge(s.ns, N * held);
	ck_assert_uint_le(below(&s, held), yields + STRAY);
	return 0;
}

/* One in 64, standing for 64: with 2,000 samples 20 % is nine deviations. */
BOOTED(samples_stand_for_all)
{
	struct rt_stall_sums before, s;
	uint64_t n = 2000 * RT_STALL_SAMPLE, i;

	gort_gomaxprocs(1);
	rt_stall_read(&before);
	for (i = 0; i < n; i++)
		gort_yield();
	s = since(&before);
	ck_assert_uint_ge(total(&s), n - n / 5);
	ck_assert_uint_le(total(&s), n + n / 5);
	return 0;
}

int
main(void)
{
	Suite *s = suite_create("stall");
	TCase *tc = tcase_create("stall");

	tcase_set_timeout(tc, 60);
	suite_add_tcase(s, tc);
	booted_add(tc, sum_and_counts_of_a_known_load);
	booted_add(tc, who_is_made_ready_counts_and_who_sleeps_does_not);
	booted_add(tc, samples_stand_for_all);
	return suite_run(s);
}
