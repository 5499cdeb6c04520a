/*
 * check_mbarrier.c - stores of pointers: what is stored, and what is recorded
 * while a marker wants to know.
 *
 * The tests play the marker: they set the collector's word while nothing else
 * runs and look at the records. Only words are recorded that a marker would make
 * anything of; so they point into objects that are not marked.
 */
#include "mem/heap_test.h"

#include "os/os.h"

#include <pthread.h>
#include <sys/wait.h>

/* arch/barrier_amd64.S, as compiled Go calls it. */
void go_write_barrier(void **slot, void *ptr)
    __asm__("runtime.gcWriteBarrier");
extern const uint32_t go_flag __asm__("runtime.writeBarrier");

static void *slots[1024];
static uintptr_t seen[1 << 16];
static size_t nseen;

static void
see(void *arg, uintptr_t word)
{
	T_CHECK(nseen < sizeof seen / sizeof seen[0]);
	seen[nseen++] = word;
}

static void
drain(void)
{
	nseen = 0;
	rt_gcbarrier_flush();
	while (rt_gcbarrier_drain(see, NULL))
		;
}

static bool
has(uintptr_t word)
{
	for (size_t i = 0; i < nseen; i++)
		if (seen[i] == word)
			return true;
	return false;
}

/* An object that is not marked, and words that point into it. */
static char *object[2];

static void *
at(uintptr_t n)
{
	if (object[0] == NULL)
		object[0] = rt_mallocgc(0x4000, NULL, false, true);
	return object[0] + n;
}

static int
off_it_is_a_store(void *arg)
{
	T_CHECK(go_flag == 1);
	go_write_barrier(&slots[3], (void *)24);
	T_CHECK(slots[3] == (void *)24);
	rt_writeptr(&slots[4], (void *)32);
	T_CHECK(slots[4] == (void *)32);
	drain();
	T_CHECK(nseen == 0);
	return 0;
}

static int
on_both_are_recorded(void *arg)
{
	for (uintptr_t i = 0; i < 4; i++)
		slots[i] = at(8 + 8 * i);
	rt_gcbarrier_set(true);
	go_write_barrier(&slots[0], at(0x108));
	rt_writeptr(&slots[1], at(0x110));
	rt_atomic_writeptr(&slots[2], at(0x118));
	T_CHECK(rt_atomic_swapptr(&slots[3], at(0x120)) == at(32));
	T_CHECK(!rt_atomic_casptr(&slots[3], (void *)1, at(0x128)));
	T_CHECK(rt_atomic_casptr(&slots[3], at(0x120), at(0x130)));
	rt_gcbarrier_set(false);
	for (uintptr_t i = 0; i < 3; i++)
		T_CHECK(slots[i] == at(0x108 + 8 * i));
	T_CHECK(slots[3] == at(0x130));
	drain();
	for (uintptr_t n = 8; n <= 32; n += 8)
		T_CHECK(has((uintptr_t)at(n)) && has((uintptr_t)at(n + 0x100)));
	T_CHECK(has((uintptr_t)at(0x130)));
	return 0;
}

/* What is marked, or is no object, nobody has to be told of. */
static int
marked_is_not_recorded(void *arg)
{
	void *marked = rt_mallocgc(64, NULL, false, true);
	struct mspan *s = rt_spanof((uintptr_t)marked);

	slots[0] = marked;
	rt_set_mark(s, rt_slotof(s, (uintptr_t)marked), true);
	rt_gcbarrier_set(true);
	rt_writeptr(&slots[0], marked);
	rt_writeptr(&slots[1], (void *)24);
	rt_writeptr(&slots[1], at(0));
	rt_gcbarrier_set(false);
	rt_set_mark(s, rt_slotof(s, (uintptr_t)marked), false);
	drain();
	T_CHECK(nseen == 1 && has((uintptr_t)at(0)));
	return 0;
}

static const uint8_t bits_all[] = { 0xff };
static const struct gort_type type_eight = { .size = 64, .ptrdata = 64,
	.align = 8, .kind = KIND_STRUCT, .gcdata = bits_all };

static int
aggregates_are_recorded(void *arg)
{
	uintptr_t from[8], to[8];

	for (uintptr_t i = 0; i < 8; i++) {
		from[i] = (uintptr_t)at(0x1000 + i * 8);
		to[i] = (uintptr_t)at(0x2000 + i * 8);
	}
	rt_gcbarrier_set(true);
	rt_typedmemmove(&type_eight, to, from);
	rt_gcbarrier_set(false);
	drain();
	for (uintptr_t i = 0; i < 8; i++)
		T_CHECK(has((uintptr_t)at(0x1000 + i * 8)) &&
		    has((uintptr_t)at(0x2000 + i * 8)) && to[i] == from[i]);
	rt_gcbarrier_set(true);
	rt_bulk_barrier_memclr(to, 24);
	rt_gcbarrier_set(false);
	drain();
	T_CHECK(nseen == 3 && has((uintptr_t)at(0x1010)) && to[2] == 0 && to[3] != 0);
	return 0;
}

/* More than a piece holds, and from threads without a P. */
#define MANY 3000

static void *
foreign_thread(void *arg)
{
	void **mine = arg;

	for (uintptr_t i = 0; i < MANY; i++)
		rt_writeptr(&mine[i % 256], object[0] + i * 8);
	return NULL;
}

static int
nothing_is_lost(void *arg)
{
	pthread_t t[3];

	memset(slots, 0, sizeof slots);
	for (int i = 0; i < 2; i++)
		object[i] = rt_mallocgc(MANY * 8, NULL, false, true);
	rt_gcbarrier_set(true);
	for (int i = 0; i < 3; i++)
		T_CHECK(pthread_create(&t[i], NULL, foreign_thread,
		            &slots[i * 256]) == 0);
	for (int i = 0; i < 3; i++)
		pthread_join(t[i], NULL);
	for (uintptr_t i = 0; i < MANY; i++)
		rt_writeptr(&slots[i % 1024], object[1] + i * 8);
	rt_gcbarrier_set(false);
	drain();
	T_CHECK(nseen >= 2 * MANY);
	for (uintptr_t i = 0; i < MANY; i++)
		T_CHECK(has((uintptr_t)object[0] + i * 8) &&
		    has((uintptr_t)object[1] + i * 8));
	return 0;
}

static int
a_forked_child_stores(void *arg)
{
	int status;
	pid_t pid;

	rt_gcbarrier_set(true);
	pid = fork();
	if (pid == 0) {
		rt_in_fork_child = true;
		go_write_barrier(&slots[7], (void *)56);
		rt_gcbarrier_set(false);
		drain();
		_exit(slots[7] == (void *)56 && nseen == 0 ? 0 : 1);
	}
	rt_gcbarrier_set(false);
	T_CHECK(waitpid(pid, &status, 0) == pid && status == 0);
	return 0;
}

/* Each size, each overlap, against memmove. */
static int
copies_are_right(void *arg)
{
	static uint8_t a[1024], b[1024];
	const size_t max = 320;

	for (size_t n = 0; n <= max; n++)
		for (size_t shift = 0; shift <= 80; shift += 4) {
			for (size_t i = 0; i < sizeof a; i++)
				a[i] = b[i] = (uint8_t)(i * 7 + n);
			rt_bulk_barrier_memmove(a + 80 + shift, a + 120, n);
			memmove(b + 80 + shift, b + 120, n);
			T_CHECK(memcmp(a, b, sizeof a) == 0);
		}
	return 0;
}

static int (*const bodies[])(void *) = {
	off_it_is_a_store,
	on_both_are_recorded,
	marked_is_not_recorded,
	aggregates_are_recorded,
	nothing_is_lost,
	a_forked_child_stores,
	copies_are_right,
};

START_TEST(body_holds)
{
	setenv("GOMAXPROCS", "1", 1);
	rt_boot_test(bodies[_i], NULL);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("mbarrier");
	TCase *tc = tcase_create("mbarrier");

	tcase_add_loop_exit_test(tc, body_holds, 0, 0,
	    (int)(sizeof bodies / sizeof bodies[0]));
	suite_add_tcase(s, tc);
	return suite_run(s);
}
