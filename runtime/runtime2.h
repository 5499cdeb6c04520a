/*
 * runtime2.h - the three things everything else is about, and their states.
 *
 *   G  a goroutine: a stack, a saved context, a status
 *   M  a thread of the operating system
 *   P  the right to run goroutines: run queue, timers, allocation cache
 *
 * A G runs when an M holds a P and picks it. There are GOMAXPROCS Ps; Ms are
 * made on demand. A word behind each field says who may touch it:
 *
 *   own      only the thread that runs this g / this m / the m holding this p
 *   const    set before the structure is published, never changed
 *   atomic   any thread, by the functions of lock/atomic.h
 *   sched    under sched.lock
 *   stw      written while the world is stopped, read at any time by owner
 *   (other)  the lock named there
 *
 * Memory: struct g lives at the top of its own stack slot (one page holds both
 * until the goroutine grows), struct m and struct p in persistent off-heap
 * memory; none is ever returned to the system, so a pointer to one stays
 * dereferenceable for ever. What they point to in the heap is found because
 * the collector treats them as roots: gc/mgcmark.c lists the fields.
 */
#ifndef RT_RUNTIME2_H
#define RT_RUNTIME2_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Every object of the runtime carries this local symbol, which takes no room:
 * fault/symtab.c knows by it whose static functions these are. */
__asm__(".set rt_object_mark, 0");

struct g;
struct m;
struct p;
struct sudog;
struct hchan;
struct mcache;
struct mspan;
struct rt_timer;
struct rt_timer_slot;
struct rt_segment;
struct rt_batch;
struct rt_gcrecords;
struct rt_extra;
struct rt_where;
struct rt_ask;
struct rt_ancestors;
struct rt_defer;
struct rt_panic;
struct rt_catch;
struct gort_type;

#define RT_LIKELY(x) __builtin_expect(!!(x), 1)
#define RT_UNLIKELY(x) __builtin_expect(!!(x), 0)
#define RT_NORETURN __attribute__((noreturn))
#define RT_NOINLINE __attribute__((noinline))
#define RT_ALIGNED(n) __attribute__((aligned(n)))
#define RT_CACHE_LINE 64
/* A large static variable, zero at first, that never holds a pointer into the
 * heap: where compiled Go runs the collector does not read it (gort_go.ld). */
#define RT_NOT_ROOT __attribute__((section(".bss.rt_not_root")))

/*
 * Debug builds (--enable-debug) check with rt_assert; a check that guards the
 * heap or a queue stays in every build as `if (bad) rt_throw(...)`.
 */
#ifdef RT_DEBUG
#define rt_assert(cond)                                                        \
	((cond) ? (void)0 : rt_throw("assertion failed: " #cond))
#else
#define rt_assert(cond) ((void)0)
#endif
void rt_throw(const char *msg) RT_NORETURN; /* fault/panic.c */

/* Go's numbers; the texts are in fault/traceback.c (FORMATS 2.6). */
enum g_status {
	G_IDLE = 0,     /* just made, not on any queue, nobody owns the stack */
	G_RUNNABLE = 1, /* on a run queue; not running; the queue owns it */
	G_RUNNING = 2,  /* has an M and a P; owns its stack */
	G_SYSCALL = 3,  /* has an M, no P for sure; owns its stack; scannable
	                   from syscallsp up */
	G_WAITING = 4,  /* blocked; recorded somewhere (sudog, timer, pollDesc);
	                   whoever readies it owns the right to do so */
	G_DEAD = 6,     /* unused: on a free list, or just exiting */
	G_PREEMPTED = 9, /* stopped itself for suspend; like WAITING but nobody
	                    will ready it except the one who suspends */
	G_SCAN = 0x1000, /* or-ed: the collector owns the stack for now */
};

enum p_status {
	P_IDLE = 0,    /* on sched.pidle; owned by the list (sched.lock) */
	P_RUNNING = 1, /* owned by an M */
	P_SYSCALL = 2, /* its M is in a system call; anyone may take it by CAS */
	P_GCSTOP = 3,  /* halted for stop-the-world; owned by the stopper */
	P_DEAD = 4,    /* GOMAXPROCS shrank */
};

/* Why a goroutine waits. X(ENUM, "text as Go prints it") */
#define RT_WAIT_REASONS(X)                                                     \
	X(WAIT_ZERO, "")                                                      \
	X(WAIT_GC_ASSIST_MARKING, "GC assist marking")                        \
	X(WAIT_IO_WAIT, "IO wait")                                            \
	X(WAIT_CHAN_RECEIVE_NIL, "chan receive (nil chan)")                   \
	X(WAIT_CHAN_SEND_NIL, "chan send (nil chan)")                         \
	X(WAIT_DUMPING_HEAP, "dumping heap")                                  \
	X(WAIT_GARBAGE_COLLECTION, "garbage collection")                      \
	X(WAIT_GC_SCAN, "garbage collection scan")                            \
	X(WAIT_PANICWAIT, "panicwait")                                        \
	X(WAIT_SELECT, "select")                                              \
	X(WAIT_SELECT_NO_CASES, "select (no cases)")                          \
	X(WAIT_GC_ASSIST_WAIT, "GC assist wait")                              \
	X(WAIT_GC_SWEEP_WAIT, "GC sweep wait")                                \
	X(WAIT_GC_SCAVENGE_WAIT, "GC scavenge wait")                          \
	X(WAIT_CHAN_RECEIVE, "chan receive")                                  \
	X(WAIT_CHAN_SEND, "chan send")                                        \
	X(WAIT_FINALIZER_WAIT, "finalizer wait")                              \
	X(WAIT_FORCE_GC_IDLE, "force gc (idle)")                              \
	X(WAIT_SEMACQUIRE, "semacquire")                                      \
	X(WAIT_SLEEP, "sleep")                                                \
	X(WAIT_SYNC_COND_WAIT, "sync.Cond.Wait")                              \
	X(WAIT_TRACE_READER, "trace reader (blocked)")                        \
	X(WAIT_FOR_GC_CYCLE, "wait for GC cycle")                             \
	X(WAIT_GC_WORKER_IDLE, "GC worker (idle)")                            \
	X(WAIT_PREEMPTED, "preempted")                                        \
	X(WAIT_SYNC_MUTEX_LOCK, "sync.Mutex.Lock")                            \
	X(WAIT_SYNC_RWMUTEX_RLOCK, "sync.RWMutex.RLock")                      \
	X(WAIT_SYNC_RWMUTEX_LOCK, "sync.RWMutex.Lock")                        \
	X(WAIT_SYNC_WAITGROUP_WAIT, "sync.WaitGroup.Wait")                    \
	X(WAIT_GOMAXPROCS_UPDATER, "GOMAXPROCS updater (idle)")
enum wait_reason {
#define X(e, s) e,
	RT_WAIT_REASONS(X)
#undef X
	    WAIT_REASON_N
};

/* lock/lock_futex.c: the runtime's own lock. Never held across a park. */
struct rt_mutex {
	_Atomic uint8_t key;     /* 0 free, 1 held */
	uint16_t rank;           /* enum lock_rank (debug builds read it) */
	_Atomic uint32_t asleep; /* 1: somebody may sleep, here */
};

/* One-shot event. clear, then any number of sleeps, one wakeup. */
struct rt_note {
	_Atomic uint32_t key;
};

/*
 * A saved context. All callee-saved registers are pushed on the stack that
 * sp points into, so a scan from sp up sees them, and (pc, bp) for tracebacks
 * are read from the frame there (arch/arch.h names the offsets).
 */
struct gobuf {
	uintptr_t sp;
};

struct stack {
	uintptr_t lo; /* lowest usable address (above any guard) */
	uintptr_t hi; /* one past the highest; struct g sits above it */
};

struct g {
	struct stack stack;  /* const while allocated */
	struct gobuf sched;  /* own; valid when not running */
	struct m *m;         /* own; the M running it */
	uintptr_t stackguard; /* own: %fs:0x70 while it runs; 0: no checks */
	_Atomic uint32_t atomicstatus; /* enum g_status; see casgstatus */
	_Atomic bool preempt; /* sysmon, stop-the-world: please yield soon */
	uint8_t waitreason;   /* enum wait_reason; own, then whoever readies */
	bool system;          /* const: the runtime's own goroutine */
	bool paniconfault;    /* own */
	uint64_t goid;        /* const per life */
	struct g *schedlink;  /* run queue, free list: owner of that list */
	struct rt_segment *segment; /* own: the stack's second piece, or NULL */
	uintptr_t splitsp;    /* own: sched/segment.c */
	void *param;          /* what the waker hands to the woken */
	int64_t waitsince_ns; /* set at park, 0 before the first; mono */
	struct sudog *waiting; /* own while parked: sudogs in lock order */
	const void *waitaddr;  /* own while parked on one: the semaphore, the
	                          condition (lock/sema.c) */
	uint64_t leaked; /* stw: goid, if it is known to wait for ever
	                    (gc/mleak.c); 0 */
	_Atomic uint32_t select_done; /* select: first waker wins by CAS */
	_Atomic bool parking_on_chan; /* own; see chan/chan.c */
	struct m *lockedm;   /* own: LockOSThread */
	uint32_t lockedcount; /* own: nesting of LockOSThread */
	uintptr_t syscallsp; /* own: if in a syscall, scan from here */
	uintptr_t syscallpc;
	uintptr_t syscallbp;
	uintptr_t syscallregs[6]; /* own: the caller's rbx rbp r12-r15; roots
	                             while in a syscall (entersyscall.c) */
	void (*startfn)(void *); /* const per life: entry; root for arg below */
	void *startarg;          /* root */
	uintptr_t gopc;          /* const per life: pc of the go call */
	uint64_t parentgoid;     /* const per life */
	struct rt_defer *defer;  /* own: innermost first; root */
	struct rt_panic *panic;  /* own: innermost first; root */
	struct rt_timer *timer;  /* own: cached timer for sleep */
	uintptr_t sigpc, sigcode0, sigcode1; /* own: set by the fault handler */
	uint32_t sig;
	_Atomic bool sigrecv; /* own writes: waits for a signal, which is no
	                         reason to live (checkdead) */
	struct g *alllink;   /* const: list of all g ever, see allgs */
	void *fiber;         /* sanitizers: this stack's identity */
	void *fiber_fake;    /* AddressSanitizer's fake-stack handle */
	int64_t mutexwait_ns; /* since when it wants a mutex; 0: it does not, or
	                         nobody profiles. Own; read while it waits */
	uint64_t gcscandone; /* gc/: cycle in which the stack was scanned */
	int64_t runnable_ns; /* when made runnable, for stall time; 0 = off */
	void *labels;            /* own: profile labels; root; given to children */
	struct rt_catch *catch;  /* own: innermost rt_protect, fault/panic.c */
	void *exception; /* own: unwinds compiled Go now; root */
	struct rt_ancestors *ancestors; /* const per life: fault/ancestors.c */
};

/* A thread's alarm: sched/mtimer.c. */
#define RT_MTIMER_USES 2
struct rt_mtimer {
	_Atomic int32_t id; /* own writes: the kernel's number + 1, 0: none */
	_Atomic int64_t when_ns[RT_MTIMER_USES]; /* any thread; 0: not armed */
};

/*
 * The g that runs an M's own code (scheduling, collection, signals) has the
 * thread's stack and never parks, never panics, never runs user code.
 */
#define RT_HELD_LOCKS 16

struct m {
	struct g *g0;          /* const */
	struct g *gsignal;     /* const: identity while a handler runs */
	struct g *curg;        /* own: user goroutine running now, or NULL */
	struct p *p;           /* own: NULL in a syscall or idle */
	struct p *nextp;       /* handed over before a wake-up; pairs with park */
	struct p *oldp;        /* own: the P before the syscall */
	int32_t id;            /* const */
	int32_t mallocing;     /* own */
	_Atomic int32_t locks; /* own: >0 forbids preemption and parking */
	int32_t dying;         /* own */
	_Atomic bool spinning; /* own writes, all read: looks for work */
	_Atomic bool blocked;  /* own: asleep on park */
	int32_t ncgo;          /* own: calls of C that are not back yet */
	bool insyscall;        /* own: entersyscall without exitsyscall */
	const char *throwing;  /* own: text while a throw prints */
	const char *preemptoff; /* own: reason, "" when allowed */
	struct rt_note park;
	struct m *alllink;     /* const after publication: allm list */
	struct m *schedlink;   /* sched: idle list */
	struct g *lockedg;     /* own / sched: LockOSThread */
	struct rt_mutex *waitunlock; /* own: gopark's lock, released on g0 */
	bool (*waitunlockf)(struct g *, void *);
	void *waitlock;
	void (*mcallfn)(struct g *); /* own: what g0 does for mcallg */
	struct g *mcallg;      /* own: who left its stack by mcall */
	struct g *resumeg;     /* own: g0 runs this one next, same slice */
	bool exiting;          /* own: g0 leaves its loop, the thread ends */
	void (*startfn)(void); /* const: sysmon and the like: never returns */
	int64_t tid;           /* const after start: gettid */
	uintptr_t pthread;     /* const after start */
	uint64_t rand[2];      /* own: oracle.c */
	uint32_t syscalltick;  /* own */
	struct sudog *sudogcache; /* own, when it has no P */
	uintptr_t sigstack;    /* const: base of the alternate stack */
	size_t sigstack_bytes;
	/* own, thread sanitizer: how deep in a change of fibers, and the signal
	 * that came meanwhile, held back (arch/fiber_san.h) */
	int32_t sanbusy, sanheldsig, sanheldcode;
	struct rt_mutex *locksheld[RT_HELD_LOCKS]; /* own, debug builds: what this
	                          thread holds (lock/lockrank.c) */
	int nheld, nheldmore; /* listed there; beyond what fits */
	uint64_t ncgocall;
	struct rt_extra *extra; /* const: lent to threads that C made */
	_Atomic(_Atomic uintptr_t *) guardword; /* own writes: the thread's
	                          %fs:0x70, for rt_poison; NULL: no thread */
	_Atomic uint32_t npoison; /* who is in rt_poison now */
	uint64_t forkmask; /* own: signal mask before a fork */
	struct rt_mtimer mtimer;
	/* own writes, in a handler: where the thread stands, stopped for good
	 * because another one reports a crash (fault/hold.c) */
	_Atomic(const struct rt_where *) held;
	_Atomic(struct rt_ask *) ask; /* who asks where it stands: hold.c */
	struct { /* the turn that its alarm watches; relaxed: sched/slice.c */
		_Atomic uint64_t turn;
		_Atomic int64_t from_ns, looked_ns;
	} slice;
	_Atomic int64_t cputime_ns; /* relaxed: as last seen, preempt.c */
	bool preemptbind; /* own: its C goroutine is stopped by a signal */
};

#ifndef RT_RUNQ_LEN /* powers of two; models make them small */
#define RT_RUNQ_LEN 256
#define RT_FRESH_LEN 256
#endif
#define RT_STALL_BUCKETS 24 /* sched/stall.h */
#define RT_GFREE_CHAINS 8

struct p {
	int32_t id;               /* const */
	_Atomic uint32_t status;  /* enum p_status */
	struct p *link;           /* sched: idle list */
	uint32_t schedtick;       /* own: +1 each schedule */
	_Atomic uint32_t syscalltick; /* own: +1 each syscall return */
	struct m *m;              /* own: NULL when idle */
	/* It is P_IDLE, on no list, and on its way to this thread, which wakes:
	 * who makes this NULL, by CAS, has it (mstart.c, hand_over) */
	_Atomic(struct m *) handed;
	struct mcache *mcache;    /* own (also by the world's stopper) */
	struct { /* sysmon only: what it saw last time */
		uint32_t schedtick, syscalltick;
		int64_t schedwhen_ns, syscallwhen_ns;
	} sysmontick;

	/* The ring: head is taken by CAS (owner and thieves), tail is the
	 * owner's, stored with release; the thieves' acquire pairs with it. */
	RT_ALIGNED(RT_CACHE_LINE) _Atomic uint32_t runqhead;
	RT_ALIGNED(RT_CACHE_LINE) _Atomic uint32_t runqtail;
	_Atomic(struct g *) runnext; /* runs next, inherits the time slice */
	_Atomic bool moving; /* own writes: who was there is on its way to a
	                        tail (rt_runqput) */
	_Atomic(struct g *) runq[RT_RUNQ_LEN];

	/* Goroutines that have not begun: sched/fresh.c. Head is moved under
	 * freshlock; freshfree follows it, when its entries have been read;
	 * tail is the owner's. */
	RT_ALIGNED(RT_CACHE_LINE) _Atomic uint32_t freshhead;
	_Atomic uint32_t freshfree;
	struct rt_mutex freshlock;
	struct rt_batch *stocknewest, *stockoldest; /* freshlock */
	RT_ALIGNED(RT_CACHE_LINE) _Atomic uint32_t freshtail;
	_Atomic uint32_t nstock;  /* freshlock writes: goroutines in batches */
	uint32_t turnfresh, turnring; /* own: runq.c, from_both */
	uint32_t oldestat;        /* own: at this schedtick the oldest may run */
	uint32_t nbatches;        /* own */
	struct rt_batch *batches; /* own: spare ones */
	_Atomic(struct g *) fresh[RT_FRESH_LEN];

	struct { /* own: dead goroutines, stack attached (sched/gfree.c) */
		struct g *head;  /* the chain in use */
		int32_t n;       /* in all chains */
		uint32_t nchain; /* full ones aside */
		struct g *chain[RT_GFREE_CHAINS];
	} gfree;
	struct { /* own */
		struct sudog *head;
		int32_t n;
	} sudogfree;

	/* timers: see sched/time.c */
	struct rt_mutex timerslock;
	struct rt_timer_slot *timers;  /* timerslock: 4-ary heap */
	uint32_t ntimers, captimers;   /* timerslock */
	_Atomic int64_t timer0when_ns; /* atomic: 0 = none */
	_Atomic uint32_t numtimers;    /* atomic copy of ntimers */
	struct { /* counts that only grow; read through rt_timers_armed */
		_Atomic uint32_t own;    /* own writes */
		_Atomic uint32_t others; /* anybody without our P */
	} timersup, timersdown; /* armed here; fired, stopped, gone from here */

	void *gcw;            /* gc/: work buffer of this P */
	void *sweepbuf;       /* gc/ */
	struct rt_gcrecords *gcrecords; /* own (also by the world's stopper):
	                                   gc/mbarrier.c */
	uint64_t nmalloc_steps; /* mem/: stress counters */
	_Atomic bool preempt; /* please enter the scheduler */
	_Atomic uint32_t runsafepoint;
	void *tracebuf;       /* diag/ */
	/* own, read by all (relaxed): counters since the P was made */
	_Atomic uint64_t nsteal, npark, nspawn, npreempt;
	_Atomic int64_t stall_ns; /* runnable but not running, sampled */
	_Atomic int64_t ngo;  /* made here less ended here, users' only */
	int32_t stallskip;    /* own: transitions until the next sample */
	_Atomic uint64_t stallhist[RT_STALL_BUCKETS]; /* own, read by all */
	uint64_t goidcache, goidcacheend; /* own: ids taken in advance */
	uint64_t clocktick;   /* own: cycle count when clock_ns was read */
	int64_t clock_ns;     /* own: see rt_p_clock in sched/clock.c */
};

struct sudog { /* a G waiting on something; pooled per P, never in the heap */
	struct g *g;
	struct sudog *next, *prev;  /* the channel's / semaphore's lock */
	void *elem;                 /* data element; may point to a stack */
	int64_t acquiretime_ns, releasetime_ns;
	uint32_t ticket;
	bool isselect; /* g takes part in a select: CAS select_done first */
	bool success;  /* woken by a value (true) or by close (false) */
	uint16_t caseidx;
	struct sudog *waitlink, *waittail; /* g.waiting list, sema list */
	struct sudog *parent;
	struct hchan *c;
};

struct g_queue {
	struct g *head, *tail;
	int32_t n;
};

struct schedt {
	struct rt_mutex lock;
	struct m *midle;      /* sched */
	int32_t nmidle;       /* sched */
	int32_t nmidlelocked; /* sched */
	int64_t mnext;        /* sched: ids given out */
	int32_t maxmcount;    /* sched: 10000 */
	int32_t nmsys;        /* sched: Ms that checkdead ignores */
	int64_t nmfreed;
	_Atomic uint64_t goidgen;
	_Atomic int64_t lastpoll_ns;  /* 0: someone polls now */
	_Atomic int64_t pollUntil_ns;
	struct p *pidle;              /* sched */
	_Atomic uint32_t npidle;
	_Atomic uint32_t nmspinning;
	_Atomic uint32_t needspinning; /* 1: rule 5 of idle.c's essay */
	struct g_queue runq; /* sched: the global queue */
	_Atomic int32_t runqsize; /* = runq.n, readable without the lock */
	struct { /* lock: gfree.lock */
		struct rt_mutex lock;
		struct g *head;
		_Atomic int32_t n; /* lock writes */
		_Atomic bool young; /* some still have all their pages */
	} gfree;
	struct {
		struct rt_mutex lock;
		struct sudog *head;
	} sudogfree;
	_Atomic bool gcwaiting; /* stop-the-world is asked for */
	_Atomic uint32_t urgent; /* sched writes: prompt.c */
	int32_t stopwait;       /* sched */
	struct rt_note stopnote;
	_Atomic bool sysmonwait;
	struct rt_note sysmonnote;
	_Atomic int32_t ngsys; /* system goroutines, not in the public count */
	int64_t procresizetime_ns;    /* stw */
	_Atomic int64_t totaltime_ns; /* P-seconds up to procresizetime */
	_Atomic int64_t stwbegin_ns;  /* when the world was last asked to stop */
	const char *stwwhy;   /* who stopped it; for debuggers */
	_Atomic uint32_t worldsema; /* semaphore: the right to stop the world */
	_Atomic uint32_t allpsema;  /* semaphore: GOMAXPROCS changes */
	int32_t newprocs;     /* sched: GOMAXPROCS at the next start, 0 same */
	void (*safepointfn)(struct p *); /* sched: rt_for_each_p's */
	int32_t safepointwait;           /* sched */
	struct rt_note safepointnote;
	/* The collector may be setting G_SCAN bits: statuses change by CAS
	 * only. Set and cleared while the world is stopped. */
	bool gscan;
};

extern struct schedt rt_sched;
extern struct m rt_m0;
extern struct g rt_g0;
extern _Atomic int32_t rt_gomaxprocs; /* written under stw */
extern int32_t rt_ncpu;         /* const after osinit */
extern struct p **rt_allp;      /* stw; rt_gomaxprocs entries are live */
extern _Atomic(struct m *) rt_allm;
extern bool rt_iscgo; /* relaxed: C was called by cgo's bracket */
extern _Atomic bool rt_mainstarted;
extern _Atomic int32_t rt_panicking; /* goroutines that are dying now */

/* All goroutines ever made, in creation order; n first, then read the array.
 * Grown under allglock; old arrays stay readable (sched/newproc.c). */
struct g *rt_allg_at(size_t i);
size_t rt_allg_len(void);

/* The running g: one volatile read, so that no compiler keeps it across a
 * switch. Initial-exec TLS; its address is never taken (TRAPS 11). */
static inline struct g *
rt_getg(void)
{
	struct g *gp;

	__asm__ volatile("movq rt_tls_g@gottpoff(%%rip), %0\n\t"
	                 "movq %%fs:(%0), %0"
	                 : "=r"(gp));
	return gp;
}

static inline uint32_t
rt_readgstatus(const struct g *gp)
{
	return atomic_load_explicit(&gp->atomicstatus, memory_order_acquire);
}

#endif
