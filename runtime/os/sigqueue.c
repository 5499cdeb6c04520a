/*
 * sigqueue.c - signals on their way to a program's channels.
 *
 *   handler --rt_sigsend--> pending bits --futex--> signal goroutine --> chan
 *
 * A handler may run at any instruction, with any lock held by the code it
 * interrupted. So it takes none: it sets a bit in `pending`, raises `seq` and
 * wakes whoever sleeps on it. A signal that comes again before the goroutine
 * took the bit is merged, as the kernel does with a pending standard signal.
 *
 * Why no wake-up is lost: the goroutine reads seq, then takes the bits, then
 * sleeps only while seq is still what it read. The handler sets the bit before
 * it raises seq. So either the bit was there to be taken, or seq moved and the
 * sleep returns at once. Both are seq_cst: the pairing is between two words.
 *
 * The sleep is a system call of the goroutine (its P is free meanwhile), which
 * the first enable makes. Its thread does not count as awake there, because
 * checkdead asks whether signals are wanted: so a deadlock after the last wish
 * was withdrawn is found.
 *
 * Delivery is Go's: a send that does not wait. A channel without room loses
 * the signal; a program that must not miss one makes room for it.
 *
 * A program in Go has no use for the channels here. Package os/signal keeps
 * its own and has one goroutine that takes all signals (rt_signal_recv) in
 * place of ours: the goroutine that calls it. It asks for each number once.
 *
 * "Idle" (rt_signal_wait_idle) is what os/signal waits for before it forgets a
 * channel: no handler is between reading `wanted` and setting its bit
 * (`delivering`), nothing is pending, and the receiver waits. The receiver
 * clears `waiting` before it takes bits, and the waiter reads `pending` before
 * `waiting`: bits that are gone are then seen to be in work.
 */
#include "os/os.h"
#include "os/sigtab.h"
#include "boot/boot.h"
#include "arch/arch.h"
#include "arch/fiber_san.h"
#include "chan/chan.h"
#include "fault/fault.h"
#include "gc/gc.h"
#include "lock/lock.h"
#include "mem/malloc.h"
#include "sched/sched.h"

struct sub { /* one channel's wishes; collected, linked from a root */
	struct hchan *c;
	uint64_t mask; /* bit sig-1 */
	struct sub *next;
};

/* Signals taken up in one go; more channels for one signal take more rounds */
#define BATCH 16

static struct {
	_Atomic uint64_t wanted;  /* some channel asked; writers: lock */
	_Atomic uint64_t pending; /* set by handlers, taken by the goroutine */
	_Atomic uint32_t seq;     /* futex: +1 a signal */
	struct rt_mutex lock;
	struct sub *subs;         /* lock; a root, as all of libgort's data */
	uint32_t refs[RT_NSIG];   /* lock: channels for each signal */
	bool started;             /* lock: the goroutine is there */
	uint64_t go_wants;        /* lock: os/signal asked; 1 in refs each */
	_Atomic uint64_t ignored; /* lock to write: SIG_IGN by the program or,
	                             kept, by its parent */
	_Atomic uint32_t delivering; /* handlers at work */
	_Atomic bool waiting;     /* the receiver is about to sleep */
	uint64_t taken;           /* rt_signal_recv's goroutine: not returned */
} sq;

static uint64_t
bit(uint32_t sig)
{
	return (uint64_t)1 << (sig - 1);
}

#ifdef RT_TSAN
RT_SAN_OFF /* see signal_unix.c */
#endif
bool
rt_sigsend(uint32_t sig)
{
	bool wanted;

	if (sig == 0 || sig >= RT_NSIG)
		return false;
	atomic_fetch_add(&sq.delivering, 1);
	wanted = (atomic_load(&sq.wanted) & bit(sig)) != 0;
	if (wanted) {
		atomic_fetch_or(&sq.pending, bit(sig));
		atomic_fetch_add(&sq.seq, 1);
		rt_futexwakeup(&sq.seq, 1);
	}
	atomic_fetch_sub(&sq.delivering, 1);
	return wanted;
}

bool
rt_signal_wanted(void)
{
	return atomic_load(&sq.wanted) != 0;
}

/* Wait for signals on a user goroutine; returns the taken bits. */
static uint64_t
signal_recv(void)
{
	for (;;) {
		uint32_t seen = atomic_load(&sq.seq);
		uint64_t got;

		atomic_store(&sq.waiting, false);
		got = atomic_exchange(&sq.pending, 0);
		if (got != 0)
			return got;
		atomic_store(&sq.waiting, true);
		rt_entersyscallblock();
		rt_incidlelocked(1);
		rt_futexsleep(&sq.seq, seen, -1);
		rt_incidlelocked(-1);
		rt_exitsyscall();
	}
}

/* Channels that want sig, from the skip-th on. The lock is not held while
 * sending: a channel's lock ranks before ours. */
static size_t
collect(uint32_t sig, size_t skip, struct hchan **ret_c)
{
	size_t n = 0;

	rt_lock(&sq.lock);
	for (struct sub *s = sq.subs; s != NULL && n < BATCH; s = s->next) {
		if ((s->mask & bit(sig)) == 0)
			continue;
		if (skip > 0)
			skip--;
		else
			ret_c[n++] = s->c;
	}
	rt_unlock(&sq.lock);
	return n;
}

static void
deliver(uint32_t sig)
{
	struct hchan *c[BATCH];
	size_t done = 0, n;

	do {
		n = collect(sig, done, c);
		for (size_t i = 0; i < n; i++) {
			int v = (int)sig;

			rt_chansend(c[i], &v, false, RT_CALLERPC());
		}
		done += n;
	} while (n == BATCH);
}

static void
signal_loop(void *arg)
{
	(void)arg;
	for (;;) {
		uint64_t got = signal_recv();

		while (got != 0) {
			uint32_t sig = (uint32_t)__builtin_ctzll(got) + 1;

			got &= got - 1;
			deliver(sig);
		}
	}
}

/* The entry of c, made when absent. sq.lock held; spare is used up then. */
static struct sub *
sub_of(struct hchan *c, struct sub **spare)
{
	struct sub *s;

	for (s = sq.subs; s != NULL; s = s->next)
		if (s->c == c)
			return s;
	s = *spare;
	*spare = NULL;
	if (s != NULL) {
		rt_writeptr(&s->c, c);
		rt_writeptr(&s->next, sq.subs);
		rt_writeptr(&sq.subs, s);
	}
	return s;
}

static bool
can_notify(uint32_t sig)
{
	return sig > 0 && sig < RT_NSIG &&
	    (rt_sigtable[sig].flags & SF_NOTIFY) != 0;
}

/* One more wish for sig, one less; sq.lock held. */
static void
want(uint32_t sig)
{
	atomic_fetch_and(&sq.ignored, ~bit(sig));
	if (sq.refs[sig]++ > 0)
		return;
	atomic_fetch_or(&sq.wanted, bit(sig));
	rt_sig_install(sig);
}

static void
unwant(uint32_t sig)
{
	if (--sq.refs[sig] > 0)
		return;
	atomic_fetch_and(&sq.wanted, ~bit(sig));
	rt_sig_unwant(sig);
	if (rt_sig_kept_ignored(sig))
		atomic_fetch_or(&sq.ignored, bit(sig));
}

/* sig that can't be asked for (SIGKILL, SIGSEGV) is let pass, as in Go. */
void
rt_signal_enable(uint32_t sig, struct hchan *c)
{
	struct sub *spare, *s;
	bool start = false;

	if (!can_notify(sig) || c == NULL)
		return;
	spare = rt_mallocgc(sizeof *spare, NULL, true, true);
	rt_lock(&sq.lock);
	if (!sq.started) {
		sq.started = true;
		start = true;
	}
	s = sub_of(c, &spare);
	if ((s->mask & bit(sig)) == 0) {
		s->mask |= bit(sig);
		want(sig);
	}
	rt_unlock(&sq.lock);
	if (start)
		rt_newproc_system(signal_loop, NULL);
}

/* Take the entry out of the list when nothing is left of it. sq.lock held */
static void
drop_if_empty(struct sub *gone)
{
	struct sub **pp = &sq.subs;

	if (gone->mask != 0)
		return;
	while (*pp != gone)
		pp = &(*pp)->next;
	rt_writeptr(pp, gone->next);
}

void
rt_signal_disable(uint32_t sig, struct hchan *c)
{
	struct sub *s;

	if (!can_notify(sig))
		return;
	rt_lock(&sq.lock);
	for (s = sq.subs; s != NULL && s->c != c; s = s->next)
		continue;
	if (s != NULL && (s->mask & bit(sig)) != 0) {
		s->mask &= ~bit(sig);
		unwant(sig);
		drop_if_empty(s);
	}
	rt_unlock(&sq.lock);
}

/* ---- one receiver for all: os/signal ---- */

void
rt_signal_want(uint32_t sig)
{
	if (!can_notify(sig))
		return;
	rt_lock(&sq.lock);
	if ((sq.go_wants & bit(sig)) == 0) {
		sq.go_wants |= bit(sig);
		want(sig);
	}
	rt_unlock(&sq.lock);
}

/* What is ignored stays ignored, as in Go. */
void
rt_signal_unwant(uint32_t sig)
{
	if (!can_notify(sig))
		return;
	rt_lock(&sq.lock);
	if ((sq.go_wants & bit(sig)) != 0) {
		sq.go_wants &= ~bit(sig);
		unwant(sig);
	}
	rt_unlock(&sq.lock);
}

/* SIGPROF and SIGURG have work to do for the runtime itself. */
void
rt_signal_ignore(uint32_t sig)
{
	if (!can_notify(sig) || sig == SIGPROF || sig == SIGURG)
		return;
	rt_lock(&sq.lock);
	if ((sq.go_wants & bit(sig)) != 0) {
		sq.go_wants &= ~bit(sig);
		sq.refs[sig]--;
	}
	if (sq.refs[sig] == 0) {
		atomic_fetch_and(&sq.wanted, ~bit(sig));
		rt_sig_ignore(sig);
		atomic_fetch_or(&sq.ignored, bit(sig));
	}
	rt_unlock(&sq.lock);
}

bool
rt_signal_ignored(uint32_t sig)
{
	return sig > 0 && sig < RT_NSIG &&
	    (atomic_load(&sq.ignored) & bit(sig)) != 0;
}

uint32_t
rt_signal_recv(void)
{
	struct g *gp = rt_getg();
	uint32_t sig;

	if (sq.taken == 0) {
		atomic_store(&gp->sigrecv, true);
		sq.taken = signal_recv();
		atomic_store(&gp->sigrecv, false);
	}
	sig = (uint32_t)__builtin_ctzll(sq.taken) + 1;
	sq.taken &= sq.taken - 1;
	return sig;
}

void
rt_signal_wait_idle(void)
{
	while (atomic_load(&sq.delivering) != 0)
		rt_gosched();
	while (atomic_load(&sq.pending) != 0 || !atomic_load(&sq.waiting))
		rt_gosched();
}

void
rt_signal_broken_pipe(void)
{
	if (!rt_signal_ignored(SIGPIPE) && !rt_sigsend(SIGPIPE))
		rt_dieofsignal(SIGPIPE);
}

/* After the inherited actions are known. */
void
rt_sigqueueinit(void)
{
	rt_lock_init(&sq.lock, RANK_SIGNOTIFY);
	for (uint32_t sig = 1; sig < RT_NSIG; sig++)
		if (rt_sig_kept_ignored(sig))
			atomic_fetch_or(&sq.ignored, bit(sig));
}
