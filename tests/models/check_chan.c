/*
 * check_chan.c - a channel's looks without the lock, chan/chan.c itself.
 *
 * A channel of one holds a token that says "look at the list". One thread takes
 * the token and then reads the list; the other puts something on the list, in
 * full order, and gives a token if there is room. Both by operations that do not
 * wait. If there was no room, the token that was in the way must be taken by
 * somebody who has yet to read the list: else what was put there stays unseen.
 */
#include "tests/models/watched.h"

#include "tests/models/lock_here.h"
#include "tests/models/suite.h"

#include "chan/chan.c"

int32_t rt_ncpu = 1;
_Atomic int32_t rt_gomaxprocs = 2;
bool rt_membarrier_works = true;

static struct {
	struct hchan c;
	uint64_t buf[1];
} ch;
static struct p ps[2];
static struct m ms[2];
static struct g gs[2];
static _Atomic uint64_t list;
static uint64_t taken, listread, given; /* what came of it */

void
rt_panic_plain(const char *msg)
{
	ex_fail(msg);
	__builtin_unreachable();
}

/* ---- threads ---- */

static void
enter(void *self)
{
	rt_tls_g = self;
}

static void
taker(void *arg)
{
	uint64_t v;

	taken = rt_chanrecv(&ch.c, &v, false, NULL);
	listread = atomic_load_explicit(&list, memory_order_relaxed);
}

static void
giver(void *arg)
{
	uint64_t v = 1;

	atomic_store(&list, 1);
	given = rt_chansend(&ch.c, &v, false, 0);
}

static void
setup(void)
{
	memset(&ch, 0, sizeof(ch));
	memset(ms, 0, sizeof(ms));
	memset(gs, 0, sizeof(gs));
	ch.c.dataqsiz = ch.c.qcount = 1;
	ch.c.elemsize = 8;
	ch.c.buf = ch.buf;
	*(uint64_t *)&list = taken = listread = given = 0;
	ex_region(&ch, sizeof(ch));
	ex_region(ms, sizeof(ms));
	ex_region(&list, 8);
	ex_region(&taken, 8);
	ex_region(&listread, 8);
	ex_region(&given, 8);
	for (int i = 0; i < 2; i++) {
		ms[i].p = &ps[i];
		gs[i].m = &ms[i];
		ex_thread(i == 0 ? taker : giver, NULL, &gs[i]);
	}
}

static const char *
end(void)
{
	if (!ex_ended(0) || !ex_ended(1))
		return "a thread waits for ever";
	return taken && !listread && !given ? "the list was not looked at"
	                                    : NULL;
}

static const struct ex_mutant mutants[] = {
	{ "looks though somebody is at work", EX_VALUE, "looks_at_rest",
	    EX_LOAD, NULL, RT_MUTEX_FREE, false },
	{ 0 },
};

static const struct ex_model models[] = {
	{ "token", setup, enter, NULL, end, mutants },
};

MODELS("chan")
