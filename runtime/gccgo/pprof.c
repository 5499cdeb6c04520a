/*
 * pprof.c - what runtime/pprof and the profile functions of package runtime
 * read.
 *
 * Goroutine and thread profiles are taken from the scheduler's lists, heap,
 * block and mutex profiles from mem/mprof.c's buckets. Each copies into
 * records that the caller brought, and answers (n, false) when they are too
 * few: callers ask for n first and come back with a little more room.
 *
 * There is no CPU profiler yet. To its consumer that is a profile in which
 * nothing was ever sampled: after SetCPUProfileRate(hz) the log begins with
 * the header that the consumer insists on, reading on waits until the rate is
 * set to 0 again, and then comes the end.
 */
#include "gccgo/gccgo.h"

#include "diag/diag.h"
#include "fault/fault.h"
#include "gc/gc.h"
#include "lock/lock.h"
#include "mem/malloc.h"
#include "mem/mprof.h"
#include "sched/oracle.h"
#include "sched/sched.h"
#include "sched/waitprof.h"

#include <string.h>

#define DEPTH 32

struct stack_record { /* runtime.StackRecord */
	uintptr_t stack0[DEPTH]; /* ends with 0 if shorter */
};

struct mem_record { /* runtime.MemProfileRecord */
	int64_t alloc_bytes, free_bytes, alloc_objects, free_objects;
	uintptr_t stack0[DEPTH];
};

struct block_record { /* runtime.BlockProfileRecord */
	int64_t count, cycles;
	struct stack_record stack;
};

struct n_ok {
	intptr_t n;
	bool ok;
};

/* ---- methods of the records ---- */

gort_slice go_stack_of(struct stack_record *r)
    GO("runtime.StackRecord.Stack");
gort_slice go_block_stack(struct block_record *r)
    GO("runtime.BlockProfileRecord.Stack..stub");
gort_slice go_mem_stack(struct mem_record *r)
    GO("runtime.MemProfileRecord.Stack");
int64_t go_mem_inuse_bytes(struct mem_record *r)
    GO("runtime.MemProfileRecord.InUseBytes");
int64_t go_mem_inuse_objects(struct mem_record *r)
    GO("runtime.MemProfileRecord.InUseObjects");

static gort_slice
used(uintptr_t *stack0)
{
	ssize_t n = 0;

	while (n < DEPTH && stack0[n] != 0)
		n++;
	return (gort_slice){ stack0, n, n < DEPTH ? n : DEPTH };
}

gort_slice
go_stack_of(struct stack_record *r)
{
	return used(r->stack0);
}

gort_slice
go_block_stack(struct block_record *r)
{
	return used(r->stack.stack0);
}

gort_slice
go_mem_stack(struct mem_record *r)
{
	return used(r->stack0);
}

int64_t
go_mem_inuse_bytes(struct mem_record *r)
{
	return r->alloc_bytes - r->free_bytes;
}

int64_t
go_mem_inuse_objects(struct mem_record *r)
{
	return r->alloc_objects - r->free_objects;
}

static void
fill_stack(uintptr_t *stack0, const uintptr_t *pcs, size_t n)
{
	if (n > DEPTH)
		n = DEPTH;
	memcpy(stack0, pcs, n * sizeof(*pcs));
	memset(stack0 + n, 0, (DEPTH - n) * sizeof(*pcs));
}

/* ---- goroutines and threads ---- */

struct n_ok go_goroutine_profile(gort_slice p) GO("runtime.GoroutineProfile");
struct n_ok go_thread_profile(gort_slice p)
    GO("runtime.ThreadCreateProfile");
struct n_ok go_goroutines_labelled(gort_slice p, gort_slice labels)
    GO("runtime_1pprof.runtime__goroutineProfileWithLabels");
void go_set_prof_label(void *labels) GO("runtime_1pprof.runtime__setProfLabel");
void *go_get_prof_label(void) GO("runtime_1pprof.runtime__getProfLabel");
GO_FUNCVAL(go_goroutine_profile, "runtime.GoroutineProfile");
GO_FUNCVAL(go_thread_profile, "runtime.ThreadCreateProfile");

struct goroutine_sink {
	struct stack_record *out;
	void **labels; /* or NULL */
};

static void
put_goroutine(void *arg, size_t i, struct g *gp, const uintptr_t *pcs, int n)
{
	struct goroutine_sink *to = arg;

	fill_stack(to->out[i].stack0, pcs, (size_t)n);
	if (to->labels != NULL)
		rt_writeptr(&to->labels[i], gp->labels);
}

struct n_ok
go_goroutines_labelled(gort_slice p, gort_slice labels)
{
	struct goroutine_sink to = { p.p, labels.n >= p.n ? labels.p : NULL };
	size_t n = rt_goroutine_stacks(
	    (size_t)p.n, DEPTH, put_goroutine, &to);

	return (struct n_ok){ (intptr_t)n, n <= (size_t)p.n };
}

struct n_ok
go_goroutine_profile(gort_slice p)
{
	return go_goroutines_labelled(p, (gort_slice){ NULL, 0, 0 });
}

/* Threads are made by the scheduler, on its own stack: which of the program's
 * calls led there is not known, as in Go, where all of these are empty. */
struct n_ok
go_thread_profile(gort_slice p)
{
	struct stack_record *out = p.p;
	intptr_t n;

	rt_lock(&rt_sched.lock);
	n = rt_mcount();
	rt_unlock(&rt_sched.lock);
	if (n > p.n)
		return (struct n_ok){ n, false };
	for (intptr_t i = 0; i < n; i++)
		fill_stack(out[i].stack0, NULL, 0);
	return (struct n_ok){ n, true };
}

void
go_set_prof_label(void *labels)
{
	rt_writeptr(&rt_getg()->labels, labels);
}

void *
go_get_prof_label(void)
{
	return rt_getg()->labels;
}

/* ---- heap, block and mutex profiles ---- */

struct n_ok go_mem_profile(gort_slice p, bool inuse_zero)
    GO("runtime.MemProfile");
struct n_ok go_block_profile(gort_slice p) GO("runtime.BlockProfile");
struct n_ok go_mutex_profile(gort_slice p) GO("runtime.MutexProfile");
GO_FUNCVAL(go_mem_profile, "runtime.MemProfile");
GO_FUNCVAL(go_block_profile, "runtime.BlockProfile");
GO_FUNCVAL(go_mutex_profile, "runtime.MutexProfile");

/*
 * Records are counted and filled in one walk, under the profiles' lock: what
 * does not fit is counted only.
 */
struct record_sink {
	void *out;
	intptr_t room, n;
	bool inuse_zero;
};

static void
put_wait(void *arg, const struct rt_bucket *b)
{
	struct record_sink *to = arg;
	struct block_record *r = (struct block_record *)to->out + to->n;

	if (to->n++ >= to->room)
		return;
	r->count = (int64_t)b->count;
	r->cycles = (int64_t)b->wait_ns;
	fill_stack(r->stack.stack0, b->stk, b->nstk);
}

static void
put_mem(void *arg, const struct rt_bucket *b)
{
	struct record_sink *to = arg;
	struct mem_record *r = (struct mem_record *)to->out + to->n;
	uint64_t allocs = b->told.allocs, frees = b->told.frees;

	if (allocs == 0 || (!to->inuse_zero && allocs == frees) ||
	    to->n++ >= to->room)
		return;
	r->alloc_objects = (int64_t)allocs;
	r->free_objects = (int64_t)frees;
	r->alloc_bytes = (int64_t)(allocs * b->size);
	r->free_bytes = (int64_t)(frees * b->size);
	fill_stack(r->stack0, b->stk, b->nstk);
}

static struct n_ok
wait_profile(enum rt_prof_kind kind, gort_slice p)
{
	struct record_sink to = { p.p, p.n, 0, true };

	rt_mprof_each(kind, put_wait, &to);
	return (struct n_ok){ to.n, to.n <= to.room };
}

struct n_ok
go_block_profile(gort_slice p)
{
	return wait_profile(PROF_BLOCK, p);
}

struct n_ok
go_mutex_profile(gort_slice p)
{
	return wait_profile(PROF_MUTEX, p);
}

struct n_ok
go_mem_profile(gort_slice p, bool inuse_zero)
{
	struct record_sink to = { p.p, p.n, 0, inuse_zero };

	rt_mprof_each(PROF_MEM, put_mem, &to);
	return (struct n_ok){ to.n, to.n <= to.room };
}

/* ---- rates ---- */

extern int64_t go_mem_profile_rate GO("runtime.MemProfileRate");
int64_t go_mem_profile_rate = 512 * 1024; /* the program writes it */

void
go_profinit(void)
{
	go_mem_profile_rate = atomic_load(&rt_debug.memprofilerate);
	rt_mprof_set_rate_var(&go_mem_profile_rate);
}

int64_t go_ticks_per_second(void) GO("runtime.tickspersecond");
int64_t go_cycles_per_second(void)
    GO("runtime_1pprof.runtime__cyclesPerSecond");
void go_set_block_rate(intptr_t rate) GO("runtime.SetBlockProfileRate");
intptr_t go_set_mutex_fraction(intptr_t rate)
    GO("runtime.SetMutexProfileFraction");
GO_FUNCVAL(go_set_block_rate, "runtime.SetBlockProfileRate");
GO_FUNCVAL(go_set_mutex_fraction, "runtime.SetMutexProfileFraction");

/* Waits are measured with the monotonic clock: a tick is a nanosecond. */
int64_t
go_ticks_per_second(void)
{
	return 1000000000;
}

int64_t
go_cycles_per_second(void)
{
	return 1000000000;
}

void
go_set_block_rate(intptr_t rate)
{
	atomic_store(&rt_block_rate, rate <= 0 ? 0 : (uint64_t)rate);
}

intptr_t
go_set_mutex_fraction(intptr_t rate)
{
	uint64_t old = atomic_load(&rt_mutex_rate);

	if (rate >= 0)
		old = atomic_exchange(&rt_mutex_rate, (uint64_t)rate);
	return (intptr_t)old;
}

/* Frames that were inlined are told apart when a stack is looked up. */
gort_slice go_expand_inline(gort_slice stk)
    GO("runtime_1pprof.runtime__expandFinalInlineFrame");

gort_slice
go_expand_inline(gort_slice stk)
{
	return stk;
}

/* ---- the CPU profile that is never sampled ---- */

struct profile_read {
	gort_slice data; /* of uint64_t */
	gort_slice tags; /* of pointers, one a record */
	bool eof;
};

void go_set_cpu_profile_rate(intptr_t hz) GO("runtime.SetCPUProfileRate");
struct profile_read go_read_profile(void) GO("runtime_1pprof.readProfile");
GO_FUNCVAL(go_set_cpu_profile_rate, "runtime.SetCPUProfileRate");

/*
 * One log at a time. `state` says how far it is; the reader waits on `over`,
 * which whoever turns it off wakes.
 */
enum { LOG_NONE, LOG_ON, LOG_OVER };
static struct {
	struct rt_mutex lock; /* guards all but over */
	int state;
	bool header_due; /* the reader has not had it yet */
	uint64_t hz;
	int64_t begun_ns;
	struct rt_note over;
} cpulog = { .lock = { .rank = RANK_PROF } };

void
go_set_cpu_profile_rate(intptr_t hz)
{
	bool busy = false;

	if (hz < 0)
		hz = 0;
	if (hz > 1000000)
		hz = 1000000;
	rt_lock(&cpulog.lock);
	if (hz > 0) {
		busy = cpulog.state != LOG_NONE;
		if (!busy) {
			cpulog.state = LOG_ON;
			cpulog.header_due = true;
			cpulog.hz = (uint64_t)hz;
			cpulog.begun_ns = rt_nanotime();
			rt_noteclear(&cpulog.over);
		}
	} else if (cpulog.state == LOG_ON) {
		cpulog.state = LOG_OVER;
		rt_notewakeup(&cpulog.over);
	}
	rt_unlock(&cpulog.lock);
	if (busy)
		rt_printf("runtime: cannot set CPU profile rate until "
		          "previous profile has finished.\n");
}

static struct profile_read
header(uint64_t hz, int64_t begun_ns)
{
	uint64_t *d = rt_mallocgc(3 * sizeof(*d), NULL, false, true);
	void **tag = rt_mallocgc(sizeof(*tag), NULL, true, true);

	d[0] = 3; /* words of this record */
	d[1] = (uint64_t)begun_ns;
	d[2] = hz;
	return (struct profile_read){ { d, 3, 3 }, { tag, 1, 1 }, false };
}

struct profile_read
go_read_profile(void)
{
	struct profile_read end = { .eof = true };
	uint64_t hz;
	int64_t begun_ns;
	bool any, first;

	rt_lock(&cpulog.lock);
	any = cpulog.state != LOG_NONE;
	first = any && cpulog.header_due;
	hz = cpulog.hz;
	begun_ns = cpulog.begun_ns;
	cpulog.header_due = false;
	rt_unlock(&cpulog.lock);
	if (first)
		return header(hz, begun_ns);
	if (!any)
		return end;
	rt_notetsleepg(&cpulog.over, -1);
	rt_lock(&cpulog.lock);
	cpulog.state = LOG_NONE;
	rt_unlock(&cpulog.lock);
	return end;
}
