/*
 * oracle.c - the one door for chance and time.
 *
 * Chance: each m has an own xorshift128+ generator, seeded from one 64-bit
 * process seed and the m's id by a splitmix step, so that a fixed process
 * seed fixes every thread's sequence. Not for secrets: map seeds come from
 * here too, which is as strong as what Go's own fastrand gave.
 *
 * Time: clock_gettime through the vDSO (some 20 ns). The scheduler avoids
 * even that on its hot path, see rt_p_clock in clock.c.
 *
 * A later record-and-replay mode replaces the bodies here and nothing else;
 * that is why nobody may go round this file.
 */
#include "sched/oracle.h"

#include <time.h>

#include "fault/fault.h"
#include "os/os.h"
#include "runtime2.h"

static uint64_t seed;
static _Atomic uint64_t foreign; /* threads without an m; any thread */

static uint64_t
splitmix(uint64_t *x)
{
	uint64_t z = *x += 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

/* rt_startup_random is AT_RANDOM's 16 bytes; libc uses them too (canary), so
 * they are mixed and never shown. */
void
rt_oracle_init(void)
{
	uint64_t s[2];

	__builtin_memcpy(s, rt_startup_random, sizeof s);
	if (s[0] == 0 && s[1] == 0) /* no auxv: no worse than a clock */
		s[0] = (uint64_t)rt_nanotime();
	seed = s[0] ^ (s[1] << 1 | s[1] >> 63);
	atomic_store_explicit(&foreign, splitmix(&seed), memory_order_relaxed);
}

static int64_t
clock_ns(clockid_t id)
{
	struct timespec ts;

	if (clock_gettime(id, &ts) != 0)
		rt_throw("clock_gettime failed");
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

int64_t
rt_nanotime(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

int64_t
rt_walltime_ns(void)
{
	return clock_ns(CLOCK_REALTIME);
}

int64_t
rt_thread_cputime_ns(void)
{
	return clock_ns(CLOCK_THREAD_CPUTIME_ID);
}

/* The kernel's way to name the clock of any thread of the process. */
int64_t
rt_cputime_of_thread_ns(int64_t tid)
{
	clockid_t id = (clockid_t)(~(uint32_t)tid << 3 | 6);
	struct timespec ts;

	if (clock_gettime(id, &ts) != 0)
		return 0;
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

int64_t
rt_process_cputime_ns(void)
{
	return clock_ns(CLOCK_PROCESS_CPUTIME_ID);
}

/* A thread without an m: one shared counter through splitmix. */
static uint64_t
foreign_rand(void)
{
	uint64_t x = atomic_fetch_add_explicit(&foreign, 0x9e3779b97f4a7c15u,
	    memory_order_relaxed);

	return splitmix(&x);
}

uint64_t
rt_fastrand64(void)
{
	struct g *gp = rt_getg();
	struct m *mp = gp != NULL ? gp->m : NULL;
	uint64_t a, b;

	if (mp == NULL)
		return foreign_rand();
	if (mp->rand[0] == 0 && mp->rand[1] == 0) {
		uint64_t x = seed ^
		    ((uint64_t)mp->id + 1) * 0xd1342543de82ef95u;

		mp->rand[0] = splitmix(&x);
		mp->rand[1] = splitmix(&x) | 1;
	}
	a = mp->rand[0];
	b = mp->rand[1];
	mp->rand[0] = b;
	a ^= a << 23;
	mp->rand[1] = a ^ b ^ (a >> 17) ^ (b >> 26);
	return mp->rand[1] + b;
}

uint32_t
rt_fastrand(void)
{
	return (uint32_t)(rt_fastrand64() >> 32);
}

uint32_t
rt_fastrandn(uint32_t n)
{
	return (uint32_t)((uint64_t)rt_fastrand() * n >> 32);
}
