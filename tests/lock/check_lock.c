/*
 * check_lock.c - mutex and note between threads, without a scheduler.
 */
#include <pthread.h>

#include "lock/lock.h"
#include "tests/sched/sched_test.h"

static struct rt_mutex lock;
static struct rt_note note;
static long counter; /* lock */
static _Atomic int32_t stage;

static void *
adds(void *arg)
{
	for (long i = 0; i < SCALE(200000); i++) {
		rt_lock(&lock);
		counter++;
		rt_unlock(&lock);
	}
	return NULL;
}

START_TEST(mutex_excludes)
{
	pthread_t th[4];

	rt_ncpu = _i; /* with and without spinning */
	for (int i = 0; i < 4; i++)
		pthread_create(&th[i], NULL, adds, NULL);
	for (int i = 0; i < 4; i++)
		pthread_join(th[i], NULL);
	ck_assert_int_eq(counter, 4l * SCALE(200000));
	ck_assert_uint_eq(lock.key, 0);
}
END_TEST

static void *
takes(void *arg)
{
	rt_lock(&lock);
	atomic_store(&stage, 1);
	rt_unlock(&lock);
	return NULL;
}

START_TEST(trylock_and_sleepers)
{
	pthread_t th;

	ck_assert(rt_trylock(&lock));
	ck_assert(!rt_trylock(&lock));
	pthread_create(&th, NULL, takes, NULL);
	while (atomic_load(&lock.asleep) == 0) /* it goes to sleep */
		usleep(100);
	ck_assert_int_eq(atomic_load(&stage), 0);
	rt_unlock(&lock);
	pthread_join(th, NULL);
	ck_assert_int_eq(atomic_load(&stage), 1);
}
END_TEST

static void *
rings(void *arg)
{
	rt_notewakeup(&note);
	return NULL;
}

START_TEST(note_wakes)
{
	pthread_t th;
	int64_t t = rt_nanotime();

	ck_assert(!rt_notetsleep(&note, 5000000));
	ck_assert_int_ge(rt_nanotime() - t, 5000000);
	pthread_create(&th, NULL, rings, NULL);
	rt_notesleep(&note);
	pthread_join(th, NULL);
	ck_assert(rt_notetsleep(&note, 0)); /* stays rung */
	rt_noteclear(&note);
	ck_assert(!rt_notetsleep(&note, 0));
}
END_TEST

/* ---- misuse is fatal ---- */

static int
unlock_free(void *arg)
{
	rt_unlock(&lock);
	return 0;
}

static int
ring_twice(void *arg)
{
	rt_notewakeup(&note);
	rt_notewakeup(&note);
	return 0;
}

static int
park_with_a_lock(void *arg)
{
	rt_lock(&lock);
	rt_gopark(NULL, NULL, WAIT_SLEEP);
	return 0;
}

#ifdef RT_DEBUG
static int
wrong_order(void *arg)
{
	struct rt_mutex low, high;

	rt_lock_init(&low, RANK_HCHAN);
	rt_lock_init(&high, RANK_MHEAP);
	rt_lock(&high);
	rt_lock(&low);
	return 0;
}

static int
not_held(void *arg)
{
	rt_assert_lock_held(&rt_sched.lock);
	return 0;
}
#endif

static int (*const fatal[])(void *) = {
	unlock_free,
	ring_twice,
	park_with_a_lock,
#ifdef RT_DEBUG
	wrong_order,
	not_held,
#endif
};

START_TEST(misuse_throws)
{
	rt_boot_test(fatal[_i], NULL);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("lock");
	TCase *tc = tcase_create("lock");

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, mutex_excludes, 1, 3);
	tcase_add_test(tc, trylock_and_sleepers);
	tcase_add_test(tc, note_wakes);
	tcase_add_loop_exit_test(tc, misuse_throws, 2, 0,
	    (int)(sizeof fatal / sizeof fatal[0]));
	suite_add_tcase(s, tc);
	return suite_run(s);
}
