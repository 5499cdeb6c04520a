/*
 * schedtrace.c - the scheduler in one line, and with detail in many.
 *
 * The text is Go's. The clock of the lines printed for GODEBUG starts at the
 * first of them; what the control channel asks for counts from the start of
 * the runtime, so that asking does not move the program's own clock.
 *
 * Numbers are read while the scheduler works. rt_sched_snapshot takes
 * sched.lock for what it guards; the rest are single words, each true at some
 * moment of the reading. Ps, Ms and Gs are never freed, so following a pointer
 * that changed meanwhile gives an old number and no fault. These reads race on
 * purpose, with owners that must not pay for them: RACY.
 */
#include "diag/diag.h"

#include "boot/boot.h"
#include "fault/fault.h"
#include "sched/oracle.h"
#include "sched/sched.h"

#include <string.h>

#define RACY __attribute__((no_sanitize("thread"))) static RT_NOINLINE

/* Gathers a line, then gives it away whole: to descriptor 2, or to a buffer
 * until that is full. */
struct out {
	char *buf; /* NULL: descriptor 2 */
	size_t n, cap;
	bool full;
	size_t used;
	char line[1024];
};

static void
out_flush(struct out *o)
{
	o->line[o->used] = '\0';
	if (o->buf == NULL) {
		rt_printf("%s", o->line);
	} else if (o->full || o->cap - o->n < o->used) {
		o->full = true; /* whole lines only */
	} else {
		memcpy(o->buf + o->n, o->line, o->used);
		o->n += o->used;
	}
	o->used = 0;
}

static void
out_text(struct out *o, const char *s)
{
	for (; *s != '\0'; s++) {
		if (o->used == sizeof(o->line) - 1)
			out_flush(o);
		o->line[o->used++] = *s;
		if (*s == '\n')
			out_flush(o);
	}
}

#define OUT(o, ...)                                                            \
	do {                                                                   \
		char piece_[320];                                              \
		rt_snprintf(piece_, sizeof(piece_), __VA_ARGS__);              \
		out_text(o, piece_);                                           \
	} while (0)

static const char *
truth(bool b)
{
	return b ? "true" : "false";
}

RACY int64_t
id_of_m(const struct m *mp)
{
	return mp == NULL ? -1 : mp->id;
}

RACY int64_t
id_of_g(const struct g *gp)
{
	return gp == NULL ? -1 : (int64_t)gp->goid;
}

/* ---- the first line ---- */

static void
summary(struct out *o, const struct rt_sched_snapshot *s, int64_t ms)
{
	OUT(o,
	    "SCHED %ldms: gomaxprocs=%d idleprocs=%d threads=%d "
	    "spinningthreads=%d idlethreads=%d runqueue=%d",
	    (long)ms, s->gomaxprocs, s->idleprocs, s->threads, s->spinning,
	    s->idlethreads, s->runqueue);
}

static void
summary_tail(struct out *o, const struct rt_sched_snapshot *s)
{
	out_text(o, " [");
	for (uint32_t i = 0; i < s->nlocal; i++)
		OUT(o, i == 0 ? "%u" : " %u", s->local[i]);
	out_text(o, "]\n");
}

static void
summary_tail_detail(struct out *o, const struct rt_sched_snapshot *s)
{
	OUT(o, " gcwaiting=%d nmidlelocked=%d stopwait=%d sysmonwait=%d\n",
	    s->gcwaiting, s->nmidlelocked, s->stopwait, s->sysmonwait);
}

/* ---- one line per P, M and G ---- */

RACY void
detail_ps(struct out *o, const struct rt_sched_snapshot *s)
{
	for (int32_t i = 0; i < s->gomaxprocs; i++) {
		const struct p *pp = rt_allp[i];

		if (pp == NULL)
			continue;
		OUT(o,
		    "  P%d: status=%u schedtick=%u syscalltick=%u m=%ld "
		    "runqsize=%u gfreecnt=%d timerslen=%u\n",
		    i, atomic_load(&pp->status), pp->schedtick,
		    atomic_load(&pp->syscalltick), (long)id_of_m(pp->m),
		    (uint32_t)i < s->nlocal ? s->local[i] : 0, pp->gfree.n,
		    atomic_load(&pp->numtimers));
	}
}

RACY void
detail_ms(struct out *o)
{
	for (const struct m *mp = atomic_load(&rt_allm); mp != NULL;
	     mp = mp->alllink) {
		const struct p *pp = mp->p;

		OUT(o,
		    "  M%d: p=%d curg=%ld mallocing=%d throwing=%d "
		    "preemptoff=%s locks=%d dying=%d spinning=%s blocked=%s "
		    "lockedg=%ld\n",
		    mp->id, pp == NULL ? -1 : pp->id, (long)id_of_g(mp->curg),
		    mp->mallocing, mp->throwing != NULL,
		    mp->preemptoff == NULL ? "" : mp->preemptoff,
		    atomic_load(&mp->locks), mp->dying,
		    truth(atomic_load(&mp->spinning)),
		    truth(atomic_load(&mp->blocked)),
		    (long)id_of_g(mp->lockedg));
	}
}

RACY void
detail_gs(struct out *o)
{
	size_t n = rt_allg_len();

	for (size_t i = 0; i < n && !o->full; i++) {
		struct g *gp = rt_allg_at(i);

		if (gp == NULL)
			continue;
		OUT(o, "  G%lu: status=%u(%s) m=%ld lockedm=%ld\n",
		    (unsigned long)gp->goid, rt_readgstatus(gp),
		    rt_wait_reason_text(gp->waitreason), (long)id_of_m(gp->m),
		    (long)id_of_m(gp->lockedm));
	}
}

static void
write_block(struct out *o, bool detail, int64_t ms)
{
	struct rt_sched_snapshot s;

	rt_sched_snapshot(&s);
	summary(o, &s, ms);
	if (!detail) {
		summary_tail(o, &s);
		return;
	}
	summary_tail_detail(o, &s);
	detail_ps(o, &s);
	detail_ms(o);
	detail_gs(o);
}

/* ---- the two ways in ---- */

void
rt_schedtrace(bool detail)
{
	static _Atomic int64_t origin_ns;
	int64_t now = rt_nanotime(), none = 0;
	struct out o = { .buf = NULL };

	atomic_compare_exchange_strong(&origin_ns, &none, now);
	rt_printlock();
	write_block(&o, detail, (now - atomic_load(&origin_ns)) / 1000000);
	rt_printunlock();
}

size_t
rt_schedtrace_text(bool detail, char *buf, size_t cap)
{
	int64_t ms = (rt_nanotime() - rt_runtime_init_time_ns()) / 1000000;
	struct out o = { .buf = buf, .cap = cap };

	write_block(&o, detail, ms);
	return o.n;
}
