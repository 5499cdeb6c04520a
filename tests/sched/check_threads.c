/*
 * check_threads.c - system calls hand their P on, locked goroutines keep
 * their thread, threads are limited, idle ones sleep.
 */
#include <pthread.h>
#include <string.h>

#include "arch/arch.h"
#include "lock/lock.h"
#include "tests/sched/sched_test.h"

static _Atomic int32_t stage, count;
static int fds[2];

/* ---- a blocked thread does not block its P ---- */

static void
reads_a_byte(void *arg)
{
	char c;

	rt_entersyscall();
	REQUIRE(read(fds[0], &c, 1) == 1);
	rt_exitsyscall();
	atomic_fetch_add(&count, 1);
}

/* With one P: the reader sits in read, and yet we run on. */
static int
syscall_hands_off(void *arg)
{
	int n = arg != NULL ? 16 : 1;

	REQUIRE(pipe(fds) == 0);
	for (int i = 0; i < n; i++)
		go(reads_a_byte, NULL);
	for (int i = 0; i < n; i++)
		rt_gosched(); /* comes back only if the P is taken */
	REQUIRE(atomic_load(&count) == 0);
	for (int i = 0; i < n; i++)
		REQUIRE(write(fds[1], "x", 1) == 1);
	WAIT_UNTIL(atomic_load(&count) == n);
	return 0;
}

static void
blocks_for_sure(void *arg)
{
	char c;

	rt_entersyscallblock();
	REQUIRE(read(fds[0], &c, 1) == 1);
	rt_exitsyscall();
	atomic_fetch_add(&count, 1);
}

static int
syscallblock_hands_off_at_once(void *arg)
{
	REQUIRE(pipe(fds) == 0);
	go(blocks_for_sure, NULL);
	rt_gosched();
	REQUIRE(write(fds[1], "x", 1) == 1);
	WAIT_UNTIL(atomic_load(&count) == 1);
	return 0;
}

static struct rt_note note;

static void
wakes_note(void *arg)
{
	rt_notewakeup(&note);
}

/* A user goroutine waits for a note on the only P, another rings it. */
static int
note_of_a_goroutine(void *arg)
{
	REQUIRE(!rt_notetsleepg(&note, 1000000));
	go(wakes_note, NULL);
	REQUIRE(rt_notetsleepg(&note, -1));
	return 0;
}

/* What the caller keeps in registers is in the g while it is in the call. */
static int
registers_are_spilled(void *arg)
{
	register uintptr_t rbx __asm__("rbx") = 0x1111;
	register uintptr_t r12 __asm__("r12") = 0x2222;
	register uintptr_t r15 __asm__("r15") = 0x5555;
	struct g *gp = rt_getg();
	uintptr_t got[6];

	__asm__ volatile("call rt_entersyscall@PLT"
	                 : "+r"(rbx), "+r"(r12), "+r"(r15)
	                 :
	                 : "rax", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10",
	                 "r11", "memory", "cc");
	memcpy(got, gp->syscallregs, sizeof got);
	REQUIRE(gp->syscallsp > rt_getsp() - 4096 &&
	    gp->syscallsp < gp->stack.hi);
	rt_exitsyscall();
	REQUIRE(got[0] == 0x1111 && got[2] == 0x2222 && got[5] == 0x5555);
	return 0;
}

/* ---- locked goroutines ---- */

static void
locked_worker(void *arg)
{
	pthread_t me;

	rt_lock_os_thread();
	rt_lock_os_thread();
	me = pthread_self();
	for (int i = 0; i < SCALE(2000) + 20; i++) {
		rt_gosched();
		REQUIRE(pthread_equal(me, pthread_self()));
		if (i % 10 == 0) {
			rt_entersyscall();
			usleep(10);
			rt_exitsyscall();
			REQUIRE(pthread_equal(me, pthread_self()));
		}
		if (i == 10)
			rt_unlock_os_thread(); /* one level is left */
	}
	rt_unlock_os_thread();
	REQUIRE(rt_getg()->lockedm == NULL);
	atomic_fetch_add(&count, 1);
}

static int
locked_keep_their_thread(void *arg)
{
	for (int i = 0; i < 4; i++)
		go(locked_worker, NULL);
	WAIT_UNTIL(atomic_load(&count) == 4);
	return 0;
}

static pthread_t locked_thread;

static void
ends_locked(void *arg)
{
	rt_lock_os_thread();
	locked_thread = pthread_self();
	atomic_store(&stage, 1);
}

static int64_t
threads_ended(void)
{
	int64_t n;

	rt_lock(&rt_sched.lock);
	n = rt_sched.nmfreed;
	rt_unlock(&rt_sched.lock);
	return n;
}

static int32_t
threads(void)
{
	static struct rt_sched_snapshot s;

	rt_sched_snapshot(&s);
	return s.threads;
}

/* Its thread ends with it, and the rest goes on. */
static int
locked_end_takes_thread_along(void *arg)
{
	int32_t before = threads();

	for (int i = 0; i < 20; i++) {
		atomic_store(&stage, 0);
		go(ends_locked, NULL);
		WAIT_UNTIL(atomic_load(&stage) == 1);
	}
	WAIT_UNTIL(threads_ended() >= 19); /* one may have been m0 */
	REQUIRE(threads() <= before + 4);
	return 0;
}

/* ---- the limit ---- */

static int
thread_limit(void *arg)
{
	int32_t old;

	REQUIRE(pipe(fds) == 0);
	rt_set_max_threads(5, &old);
	REQUIRE(old == 10000);
	for (int i = 0; i < 10; i++) {
		go(reads_a_byte, NULL);
		rt_gosched();
	}
	WAIT_UNTIL(atomic_load(&count) == 10);
	return 0;
}

/* ---- an idle program sleeps ---- */

static int
idle_is_quiet(void *arg)
{
	int64_t cpu;

	REQUIRE(pipe(fds) == 0);
	go(reads_a_byte, NULL);
	rt_gosched();
	cpu = rt_process_cputime_ns();
	/* all Ps idle but for threads in system calls: 300 ms of that may
	 * not cost 30 ms */
	rt_entersyscallblock();
	usleep(300000);
	rt_exitsyscall();
	REQUIRE(rt_process_cputime_ns() - cpu < 30000000);
	REQUIRE(write(fds[1], "x", 1) == 1);
	WAIT_UNTIL(atomic_load(&count) == 1);
	return 0;
}

/* ---- g0's stack ---- */

static void
on_g0(void *arg)
{
	struct g *gp = arg;

	REQUIRE(rt_getg() == gp->m->g0);
	REQUIRE(rt_getsp() < gp->stack.lo || rt_getsp() > gp->stack.hi);
	REQUIRE(gp->sched.sp > gp->stack.lo && gp->sched.sp < gp->stack.hi);
	atomic_fetch_add(&count, 1);
	if (atomic_load(&count) == 1)
		rt_systemstack(on_g0, gp); /* nests: stays here */
}

static int
systemstack_and_back(void *arg)
{
	struct g *gp = rt_getg();

	rt_systemstack(on_g0, gp);
	REQUIRE(rt_getg() == gp);
	REQUIRE(atomic_load(&count) == 2);
	return 0;
}

struct thread_row {
	int (*body)(void *);
	void *arg;
	int procs;
	int exit;
};

static const struct thread_row rows[] = {
	{ syscall_hands_off, NULL, 1, 0 },
	{ syscall_hands_off, &stage, 1, 0 },
	{ syscall_hands_off, &stage, 3, 0 },
	{ syscallblock_hands_off_at_once, NULL, 1, 0 },
	{ note_of_a_goroutine, NULL, 1, 0 },
	{ note_of_a_goroutine, NULL, 2, 0 },
	{ registers_are_spilled, NULL, 1, 0 },
	{ locked_keep_their_thread, NULL, 1, 0 },
	{ locked_keep_their_thread, NULL, 4, 0 },
	{ locked_end_takes_thread_along, NULL, 2, 0 },
	{ thread_limit, NULL, 2, 2 },
	{ idle_is_quiet, NULL, 2, 0 },
	{ systemstack_and_back, NULL, 1, 0 },
};

static void
run_row(int i)
{
	with_procs(rows[i].procs);
	rt_boot_test(rows[i].body, rows[i].arg);
}

START_TEST(row_holds)
{
	run_row(_i);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("threads");
	TCase *tc = tcase_create("threads");

	tcase_set_timeout(tc, 60);
	for (int i = 0; i < (int)(sizeof rows / sizeof rows[0]); i++)
		tcase_add_loop_exit_test(tc, row_holds, rows[i].exit, i,
		    i + 1);
	suite_add_tcase(s, tc);
	return suite_run(s);
}
