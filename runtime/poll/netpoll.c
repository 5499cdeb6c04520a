/*
 * netpoll.c - descriptors as goroutines see them: ready or not, past their
 * deadline or not, open or closing.
 *
 * The system tells of changes only (edge-triggered): "became readable" comes
 * once, so it must not get lost between a read that found nothing and the park
 * that follows. For each direction a word remembers it:
 *
 *   NIL      no news, nobody waits
 *   READY    news that nobody has taken; the next wait takes it and returns
 *   WAIT     a goroutine is about to park: its context is not saved yet
 *   g        that goroutine, parked
 *
 *   NIL  --wait--> WAIT --commit, on g0--> g
 *   READY --wait--> NIL                        (the waiter goes on at once)
 *   NIL, WAIT, g --event--> READY              (g is readied)
 *   WAIT, g --deadline, close--> NIL           (g is readied, finds out why)
 *
 * Every arrow is one compare-and-swap, so the poller needs no lock. A commit
 * that finds WAIT gone does not park. Only the goroutine that waits makes WAIT
 * and g; capi's descriptor lock admits one a direction.
 *
 * Why closing and deadlines lose no wake-up: they write `info` first and then
 * look at the word; the waiter writes the word (WAIT) first and then looks at
 * `info`. All four are sequentially consistent, so one of both sees the other.
 * After any wake-up the waiter looks at `info` again: a deadline that fired
 * and was then moved is no reason to fail, it waits again.
 *
 * Stale events: poll_descs are recycled and an event may be in the poller's
 * hand while its descriptor is closed and opened anew for another file. The
 * cookie given to the system carries a 16-bit tag that changes at each close;
 * an event with another tag is dropped. If 65,536 closes go by in between the
 * event passes: a spurious READY, which costs one EAGAIN. So tags spare work,
 * and correctness does not rest on them.
 *
 * Deadlines are timers in the descriptor; off-heap memory that lives for ever,
 * as sched/time.c demands. A timer's function may run late, when its deadline
 * has been moved or cleared: it compares the deadline, under pd's lock, with
 * the time it was due.
 *
 * Lock: pd->lock guards closing, the deadlines and their timers, against
 * each other. Order in lock/lockrank.h; no goroutine is readied under it.
 */
#include "poll/netpoll.h"

#include "fault/fault.h"
#include "lock/lock.h"
#include "mem/malloc.h"
#include "sched/oracle.h"
#include "sched/sched.h"
#include "sched/time.h"

#define W_NIL ((uintptr_t)0)
#define W_READY ((uintptr_t)1)
#define W_WAIT ((uintptr_t)2) /* anything larger is a struct g */

enum { INFO_CLOSING = 1, INFO_EXPIRED_R = 2, INFO_EXPIRED_W = 4 };

struct poll_dir { /* one direction */
	_Atomic uintptr_t word;
	int64_t deadline_ns;   /* lock: 0 none, <0 past */
	struct rt_timer timer; /* lock: armed iff deadline_ns > 0 */
};

struct poll_desc {
	struct poll_dir dir[2]; /* 0 read, 1 write */
	_Atomic uint32_t info;  /* lock to write: INFO_* */
	_Atomic uint16_t tag;   /* changes at close */
	int fd;                 /* const while open */
	bool closing;           /* lock */
	struct rt_mutex lock;
	struct poll_desc *link; /* cache.lock: free list */
} RT_ALIGNED(RT_CACHE_LINE);

#define BLOCK_BYTES 4096
#define EVENTS 128 /* taken from the system at once */

static struct {
	struct rt_mutex lock;
	struct poll_desc *free; /* lock */
	bool started;           /* lock */
} cache = { .lock = { .rank = RANK_POLLCACHE } };

static _Atomic bool inited;
static _Atomic int32_t waiters;
static _Atomic uint32_t nopen;

bool
rt_netpollinited(void)
{
	return atomic_load_explicit(&inited, memory_order_acquire);
}

void
rt_netpollgenericinit(void)
{
	rt_lock(&cache.lock);
	if (!cache.started) {
		if (rt_netpoll_sys_init() < 0)
			rt_throw("runtime: netpollinit failed");
		cache.started = true;
		atomic_store_explicit(&inited, true, memory_order_release);
	}
	rt_unlock(&cache.lock);
}

int32_t
rt_netpoll_waiters(void)
{
	return atomic_load(&waiters);
}

uint32_t
rt_netpoll_fds(void)
{
	return atomic_load(&nopen);
}

/* ---- cookies ---- */

static uint64_t
cookie_of(struct poll_desc *pd)
{
	uint64_t tag = atomic_load_explicit(&pd->tag, memory_order_acquire);

	return (uint64_t)(uintptr_t)pd | tag << 48;
}

static struct poll_desc *
desc_of(uint64_t cookie)
{
	return (struct poll_desc *)(uintptr_t)(cookie & (UINT64_MAX >> 16));
}

/* ---- the words ---- */

static struct poll_dir *
dir_of(struct poll_desc *pd, int mode)
{
	return &pd->dir[mode == 'w'];
}

/* An event (ready) or a cancellation for one direction. Returns the goroutine
 * to be readied, or NULL. Any thread. */
static struct g *
unblock(struct poll_dir *d, bool ready)
{
	uintptr_t old = atomic_load(&d->word);
	uintptr_t next = ready ? W_READY : W_NIL;

	for (;;) {
		if (old == W_READY || (old == W_NIL && !ready))
			return NULL;
		if (atomic_compare_exchange_weak(&d->word, &old, next))
			break;
	}
	if (old <= W_WAIT)
		return NULL;
	atomic_fetch_sub(&waiters, 1);
	return (struct g *)old;
}

/* gopark's last word, on g0: from here the goroutine may be readied. The count
 * goes first, so that it is never too low while somebody waits. */
static bool
commit(struct g *gp, void *arg)
{
	struct poll_dir *d = arg;
	uintptr_t expect = W_WAIT;

	atomic_fetch_add(&waiters, 1);
	if (atomic_compare_exchange_strong(
	        &d->word, &expect, (uintptr_t)gp))
		return true;
	atomic_fetch_sub(&waiters, 1);
	return false;
}

static int
check_err(struct poll_desc *pd, int mode)
{
	uint32_t info = atomic_load(&pd->info);

	if ((info & INFO_CLOSING) != 0)
		return POLL_CLOSING;
	if ((info & (mode == 'w' ? INFO_EXPIRED_W : INFO_EXPIRED_R)) != 0)
		return POLL_TIMEOUT;
	return POLL_OK;
}

/* Wait for news of one direction. Returns true for an event, false when woken
 * by a deadline or close, which `anyway` does not look at beforehand. */
static bool
block(struct poll_desc *pd, int mode, bool anyway)
{
	struct poll_dir *d = dir_of(pd, mode);
	uintptr_t v;

	for (;;) {
		v = W_READY;
		if (atomic_compare_exchange_strong(&d->word, &v, W_NIL))
			return true;
		v = W_NIL;
		if (atomic_compare_exchange_strong(&d->word, &v, W_WAIT))
			break;
		if (v != W_READY)
			rt_throw("runtime: double wait");
	}
	/* WAIT stands before info is read: see the essay. */
	if (anyway || check_err(pd, mode) == POLL_OK)
		rt_gopark(commit, d, WAIT_IO_WAIT);
	v = atomic_exchange(&d->word, W_NIL);
	if (v > W_WAIT)
		rt_throw("runtime: corrupted polldesc");
	return v == W_READY;
}

/* ---- what capi and compiled Go call ---- */

static void
add_block(void)
{
	size_t n = BLOCK_BYTES / sizeof(struct poll_desc), i;
	struct poll_desc *pd = rt_persistentalloc(
	    n * sizeof *pd, _Alignof(struct poll_desc), RT_STAT_OTHER);

	for (i = 0; i < n; i++) {
		rt_lock_init(&pd[i].lock, RANK_POLLDESC);
		pd[i].link = cache.free;
		cache.free = &pd[i];
	}
}

static struct poll_desc *
alloc_desc(void)
{
	struct poll_desc *pd;

	rt_lock(&cache.lock);
	if (cache.free == NULL)
		add_block();
	pd = cache.free;
	cache.free = pd->link;
	rt_unlock(&cache.lock);
	return pd;
}

static void
free_desc(struct poll_desc *pd)
{
	rt_lock(&cache.lock);
	pd->link = cache.free;
	cache.free = pd;
	rt_unlock(&cache.lock);
}

static void past_deadline(void *arg, uintptr_t dir, int64_t now_ns);

int
rt_poll_open(int fd, struct poll_desc **ret)
{
	struct poll_desc *pd;
	int i, err;

	if (!rt_netpollinited())
		rt_netpollgenericinit();
	pd = alloc_desc();
	rt_lock(&pd->lock);
	pd->fd = fd;
	pd->closing = false;
	for (i = 0; i < 2; i++) {
		if (atomic_load(&pd->dir[i].word) > W_READY)
			rt_throw("runtime: blocked goroutine on free polldesc");
		atomic_store(&pd->dir[i].word, W_NIL);
		pd->dir[i].deadline_ns = 0;
		pd->dir[i].timer.cfn = past_deadline;
		pd->dir[i].timer.arg = pd;
		pd->dir[i].timer.seq = (uintptr_t)i;
	}
	atomic_store(&pd->info, 0);
	rt_unlock(&pd->lock);

	err = rt_netpoll_sys_open(fd, cookie_of(pd));
	if (err < 0) {
		free_desc(pd);
		return err;
	}
	atomic_fetch_add(&nopen, 1);
	*ret = pd;
	return 0;
}

void
rt_poll_close(struct poll_desc *pd)
{
	if (!pd->closing)
		rt_throw("runtime: close polldesc w/o unblock");
	if (atomic_load(&pd->dir[0].word) > W_READY
	    || atomic_load(&pd->dir[1].word) > W_READY)
		rt_throw("runtime: blocked goroutine on closing polldesc");
	(void)rt_netpoll_sys_close(pd->fd);
	atomic_fetch_add(&pd->tag, 1);
	atomic_fetch_sub(&nopen, 1);
	free_desc(pd);
}

int
rt_poll_reset(struct poll_desc *pd, int mode)
{
	int err = check_err(pd, mode);

	if (err == POLL_OK)
		atomic_store(&dir_of(pd, mode)->word, W_NIL);
	return err;
}

int
rt_poll_wait(struct poll_desc *pd, int mode)
{
	int err = check_err(pd, mode);

	while (err == POLL_OK && !block(pd, mode, false))
		err = check_err(pd, mode);
	return err;
}

void
rt_poll_wait_event(struct poll_desc *pd, int mode)
{
	while (!block(pd, mode, true))
		continue;
}

void
rt_poll_unblock(struct poll_desc *pd)
{
	struct g *gp[2];
	int i;

	rt_lock(&pd->lock);
	if (pd->closing)
		rt_throw("runtime: unblock on closing polldesc");
	pd->closing = true;
	atomic_fetch_or(&pd->info, INFO_CLOSING);
	for (i = 0; i < 2; i++) {
		gp[i] = unblock(&pd->dir[i], false);
		if (pd->dir[i].deadline_ns > 0)
			rt_timer_del(&pd->dir[i].timer);
		pd->dir[i].deadline_ns = 0;
	}
	rt_unlock(&pd->lock);
	for (i = 0; i < 2; i++) {
		if (gp[i] != NULL)
			rt_goready(gp[i]);
	}
}

/* ---- deadlines ---- */

static void
set_expired(struct poll_desc *pd, int i, bool expired)
{
	uint32_t bit = i == 0 ? INFO_EXPIRED_R : INFO_EXPIRED_W;

	if (expired)
		atomic_fetch_or(&pd->info, bit);
	else
		atomic_fetch_and(&pd->info, ~bit);
}

/* The timer's function, on g0. dir: which direction. */
static void
past_deadline(void *arg, uintptr_t dir, int64_t now_ns)
{
	struct poll_desc *pd = arg;
	struct poll_dir *d = &pd->dir[dir];
	struct g *gp = NULL;

	rt_lock(&pd->lock);
	if (d->deadline_ns > 0 && d->deadline_ns <= now_ns) {
		d->deadline_ns = -1;
		set_expired(pd, (int)dir, true);
		gp = unblock(d, false);
	}
	rt_unlock(&pd->lock);
	if (gp != NULL)
		rt_goready(gp);
}

/* pd is locked. Returns the goroutine to be readied, or NULL. */
static struct g *
set_one_deadline(struct poll_desc *pd, int i, int64_t d_ns)
{
	struct poll_dir *d = &pd->dir[i];

	if (d->deadline_ns == d_ns)
		return NULL;
	if (d_ns <= 0 && d->deadline_ns > 0)
		rt_timer_del(&d->timer);
	d->deadline_ns = d_ns;
	set_expired(pd, i, d_ns < 0);
	if (d_ns > 0)
		rt_timer_mod(&d->timer, d_ns, 0);
	return d_ns < 0 ? unblock(d, false) : NULL;
}

void
rt_poll_set_deadline(struct poll_desc *pd, int64_t d_ns, int mode)
{
	struct g *gp[2] = { NULL, NULL };
	int i;

	if (d_ns > 0 && d_ns <= rt_nanotime())
		d_ns = -1;
	rt_lock(&pd->lock);
	if (!pd->closing) {
		if (mode != 'w')
			gp[0] = set_one_deadline(pd, 0, d_ns);
		if (mode != 'r')
			gp[1] = set_one_deadline(pd, 1, d_ns);
	}
	rt_unlock(&pd->lock);
	for (i = 0; i < 2; i++) {
		if (gp[i] != NULL)
			rt_goready(gp[i]);
	}
}

/* ---- for the scheduler ---- */

static void
append(struct g_queue *list, struct g *gp)
{
	if (gp == NULL)
		return;
	gp->schedlink = NULL;
	if (list->tail == NULL)
		list->head = gp;
	else
		list->tail->schedlink = gp;
	list->tail = gp;
	list->n++;
}

static void
poll(int64_t delay_ns, bool breaks, struct g_queue *list)
{
	struct rt_poll_event ev[EVENTS];
	struct poll_desc *pd;
	int i, n;

	if (!rt_netpollinited())
		return;
	n = rt_netpoll_sys_wait(delay_ns, breaks, ev, EVENTS);
	if (n < 0) {
		/* somebody closed descriptors that are not his; to go on would
		 * be to spin for ever */
		rt_printf("runtime: netpoll: epoll_wait failed with %d\n", -n);
		rt_throw("runtime: netpoll failed");
	}
	for (i = 0; i < n; i++) {
		pd = desc_of(ev[i].cookie);
		if (cookie_of(pd) != ev[i].cookie)
			continue; /* of a file that is closed by now */
		if (ev[i].readable)
			append(list, unblock(&pd->dir[0], true));
		if (ev[i].writable)
			append(list, unblock(&pd->dir[1], true));
	}
}

void
rt_netpoll(int64_t delay_ns, struct g_queue *list)
{
	poll(delay_ns, delay_ns != 0, list);
}

void
rt_netpoll_watch(int64_t delay_ns, struct g_queue *list)
{
	poll(delay_ns, false, list);
}

void
rt_netpoll_break(void)
{
	if (rt_netpollinited())
		rt_netpoll_sys_break();
}
