/*
 * check_deadlock.c - a program in which everybody waits for somebody who
 * waits ends with Go's words and status 2; one that can still be woken does
 * not. Each body runs in a child of its own, whose standard error is read.
 */
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "chan/chan.h"
#include "os/os.h"
#include "sched/time.h"
#include "tests/chan/last_words.h"
#include "tests/sched/sched_test.h"

static void
parks_for_ever(void *arg)
{
	rt_gopark(NULL, NULL, WAIT_SELECT_NO_CASES);
}

/* A sleeper whom others may wake: it is published once it sleeps. */
static struct g *_Atomic sleeper;

static bool
publish(struct g *gp, void *arg)
{
	atomic_store(&sleeper, gp);
	return true;
}

static int
sleeps(void)
{
	rt_gopark(publish, NULL, WAIT_SELECT_NO_CASES);
	return 7;
}

static void
wakes(void)
{
	WAIT_UNTIL(atomic_load(&sleeper) != NULL);
	rt_goready(atomic_load(&sleeper));
}

static int
main_parks(void *arg)
{
	parks_for_ever(NULL);
	return 0;
}

static int
several_park(void *arg)
{
	for (int i = 0; i < 10; i++)
		go(parks_for_ever, NULL);
	parks_for_ever(NULL);
	return 0;
}

static int
locked_main_parks(void *arg)
{
	rt_lock_os_thread();
	parks_for_ever(NULL);
	return 0;
}

/* From outside all Ps: until each of them has found nothing to run. */
static void
until_all_idle(void)
{
	while ((int32_t)atomic_load(&rt_sched.npidle) != rt_gomaxprocs)
		sched_yield();
}

/* Somebody is in a system call until all others wait, then nobody is. */
static void
calls_then_ends(void *arg)
{
	rt_entersyscallblock();
	until_all_idle();
	rt_exitsyscall();
}

static int
deadlock_after_call(void *arg)
{
	go(calls_then_ends, NULL);
	parks_for_ever(NULL);
	return 0;
}

static int
main_goexits(void *arg)
{
	rt_goexit();
}

static int
main_goexits_others_park(void *arg)
{
	go(parks_for_ever, NULL);
	rt_goexit();
}

static int
channel_nobody_sends(void *arg)
{
	struct hchan *c = rt_makechan(NULL, 8, true, 0);
	uint64_t v;
	bool ok;

	rt_chanrecv(c, &v, true, &ok);
	return 0;
}

static struct hchan *
asks_for_signals(void)
{
	struct hchan *c = rt_makechan(NULL, sizeof(int), true, 1);

	rt_signal_enable(SIGUSR1, c);
	rt_time_sleep(5000000); /* the signal goroutine falls asleep */
	return c;
}

static int
asked_for_signals_once(void *arg)
{
	rt_signal_disable(SIGUSR1, asks_for_signals());
	parks_for_ever(NULL);
	return 0;
}

/* ---- these are no deadlocks ---- */

static void *
sends_a_signal(void *arg)
{
	until_all_idle();
	kill(getpid(), SIGUSR1);
	return NULL;
}

/* Everybody waits, but for a signal. */
static int
woken_by_a_signal(void *arg)
{
	struct hchan *c = asks_for_signals();
	pthread_t th;
	int sig = 0;

	REQUIRE(pthread_create(&th, NULL, sends_a_signal, NULL) == 0);
	rt_chanrecv(c, &sig, true, NULL);
	REQUIRE(pthread_join(th, NULL) == 0);
	return sig == SIGUSR1 ? 7 : 1;
}

static void
readies(void *arg)
{
	wakes();
}

static void
calls_then_readies(void *arg)
{
	rt_entersyscallblock();
	until_all_idle();
	rt_exitsyscall();
	wakes();
}

static int
woken_by_a_call(void *arg)
{
	go(calls_then_readies, NULL);
	return sleeps();
}

static int
woken_by_another(void *arg)
{
	go(readies, NULL);
	return sleeps();
}

static void
sleeps_then_readies(void *arg)
{
	rt_time_sleep(20000000);
	wakes();
}

static int
woken_by_a_timer(void *arg)
{
	go(sleeps_then_readies, NULL);
	return sleeps();
}

#define ASLEEP "fatal error: all goroutines are asleep - deadlock!\n"
#define NONE                                                                  \
	"fatal error: no goroutines (main called runtime.Goexit) - deadlock!\n"

struct report_row {
	int (*body)(void *);
	int procs;
	int status;
	const char *text; /* first line of standard error; NULL: nothing */
	const char *then; /* somewhere behind it */
};

static const struct report_row rows[] = {
	{ main_parks, 1, 2, ASLEEP, "goroutine 1 [select (no cases)]:" },
	{ main_parks, 4, 2, ASLEEP, "goroutine 1 [select (no cases)]:" },
	{ several_park, 2, 2, ASLEEP, "goroutine 1 [select (no cases)]:" },
	{ locked_main_parks, 2, 2, ASLEEP, "locked to thread]:" },
	{ deadlock_after_call, 1, 2, ASLEEP, "goroutine 1 [" },
	{ deadlock_after_call, 3, 2, ASLEEP, "goroutine 1 [" },
	{ channel_nobody_sends, 2, 2, ASLEEP, "goroutine 1 [chan receive]:" },
	{ main_goexits, 1, 2, NONE, NULL },
	{ main_goexits, 3, 2, NONE, NULL },
	{ main_goexits_others_park, 2, 2, ASLEEP, "[select (no cases)]:" },
	{ woken_by_a_call, 1, 7, NULL, NULL },
	{ woken_by_a_call, 3, 7, NULL, NULL },
	{ asked_for_signals_once, 1, 2, ASLEEP, "goroutine 1 [" },
	{ asked_for_signals_once, 3, 2, ASLEEP, "goroutine 1 [" },
	{ woken_by_a_signal, 1, 7, NULL, NULL },
	{ woken_by_a_signal, 3, 7, NULL, NULL },
	{ woken_by_another, 2, 7, NULL, NULL },
	{ woken_by_a_timer, 1, 7, NULL, NULL },
	{ woken_by_a_timer, 4, 7, NULL, NULL },
};

START_TEST(ends_as_it_should)
{
	const struct report_row *r = &rows[_i];
	char text[65536];
	int code;

	with_procs(r->procs);
	code = last_words(r->body, NULL, text, sizeof text);
	ck_assert_msg(code == r->status, "code %d: %s", code, text);
	if (r->text == NULL) {
		ck_assert_str_eq(text, "");
		return;
	}
	ck_assert_msg(strncmp(text, r->text, strlen(r->text)) == 0, "%s",
	    text);
	if (r->then != NULL)
		ck_assert_msg(strstr(text, r->then) != NULL, "%s", text);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("deadlock");
	TCase *tc = tcase_create("deadlock");

	tcase_set_timeout(tc, 30);
	tcase_add_loop_test(tc, ends_as_it_should, 0,
	    (int)(sizeof rows / sizeof rows[0]));
	suite_add_tcase(s, tc);
	return suite_run(s);
}
