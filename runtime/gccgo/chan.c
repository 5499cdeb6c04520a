/*
 * chan.c - channels and select, as compiled Go and package reflect call them.
 *
 * chan/ does the work; the first two words of its header are what compiled len
 * and cap read. Two argument orders differ on purpose: selectnbsend has the
 * channel first, selectnbrecv the element, as the statements they stand for.
 *
 * Element pointers lead into the caller's frame (or, for reflect, anywhere)
 * and are kept only while the goroutine is parked.
 */
#include "gccgo/gccgo.h"

#include "arch/arch.h"
#include "chan/chan.h"
#include "fault/fault.h"
#include "mem/malloc.h"
#include "sched/sched.h"

/* ---- what statements become ---- */

struct hchan *go_makechan(const struct rt_chan_type *t, intptr_t cap)
    GO("runtime.makechan");
struct hchan *go_makechan64(const struct rt_chan_type *t, int64_t cap)
    GO("runtime.makechan64");
void go_chansend1(struct hchan *c, const void *elem) GO("runtime.chansend1");
void go_chanrecv1(struct hchan *c, void *elem) GO("runtime.chanrecv1");
bool go_chanrecv2(struct hchan *c, void *elem) GO("runtime.chanrecv2");
void go_closechan(struct hchan *c) GO("runtime.closechan");
bool go_selectnbsend(struct hchan *c, const void *elem)
    GO("runtime.selectnbsend");

struct recv_result {
	bool selected, received;
};
struct recv_result go_selectnbrecv(void *elem, struct hchan *c)
    GO("runtime.selectnbrecv");
struct rt_selres go_selectgo(struct rt_scase *cases, uint16_t *order,
    intptr_t nsends, intptr_t nrecvs, bool block) GO("runtime.selectgo");
void go_block(void) GO("runtime.block");

struct hchan *
go_makechan(const struct rt_chan_type *t, intptr_t cap)
{
	return rt_makechan(t->elem, 0, false, cap);
}

struct hchan *
go_makechan64(const struct rt_chan_type *t, int64_t cap)
{
	return rt_makechan(t->elem, 0, false, cap);
}

void
go_chansend1(struct hchan *c, const void *elem)
{
	rt_chansend(c, elem, true, RT_CALLERPC());
}

void
go_chanrecv1(struct hchan *c, void *elem)
{
	rt_chanrecv(c, elem, true, NULL);
}

bool
go_chanrecv2(struct hchan *c, void *elem)
{
	bool ok;

	rt_chanrecv(c, elem, true, &ok);
	return ok;
}

void
go_closechan(struct hchan *c)
{
	rt_closechan(c);
}

bool
go_selectnbsend(struct hchan *c, const void *elem)
{
	return rt_chansend(c, elem, false, RT_CALLERPC());
}

struct recv_result
go_selectnbrecv(void *elem, struct hchan *c)
{
	struct recv_result r = { false, false };

	r.selected = rt_chanrecv(c, elem, false, &r.received);
	return r;
}

struct rt_selres
go_selectgo(struct rt_scase *cases, uint16_t *order, intptr_t nsends,
    intptr_t nrecvs, bool block)
{
	return rt_selectgo(cases, order, nsends, nrecvs, block);
}

void
go_block(void)
{
	rt_gopark(NULL, NULL, WAIT_SELECT_NO_CASES);
}

/* ---- reflect ---- */

struct hchan *go_reflect_makechan(const struct rt_chan_type *t, intptr_t cap)
    GO("reflect.makechan");
bool go_reflect_chansend(struct hchan *c, const void *elem, bool nb)
    GO("reflect.chansend");
struct recv_result go_reflect_chanrecv(struct hchan *c, bool nb, void *elem)
    GO("reflect.chanrecv");
void go_reflect_chanclose(struct hchan *c) GO("reflect.chanclose");
intptr_t go_reflect_chanlen(struct hchan *c) GO("reflect.chanlen");
intptr_t go_reflectlite_chanlen(struct hchan *c)
    GO("internal_1reflectlite.chanlen");
intptr_t go_reflect_chancap(struct hchan *c) GO("reflect.chancap");

struct hchan *
go_reflect_makechan(const struct rt_chan_type *t, intptr_t cap)
{
	return rt_makechan(t->elem, 0, false, cap);
}

bool
go_reflect_chansend(struct hchan *c, const void *elem, bool nb)
{
	return rt_chansend(c, elem, !nb, RT_CALLERPC());
}

struct recv_result
go_reflect_chanrecv(struct hchan *c, bool nb, void *elem)
{
	struct recv_result r = { false, false };

	r.selected = rt_chanrecv(c, elem, !nb, &r.received);
	return r;
}

void
go_reflect_chanclose(struct hchan *c)
{
	rt_closechan(c);
}

intptr_t
go_reflect_chanlen(struct hchan *c)
{
	return rt_chanlen(c);
}

intptr_t
go_reflectlite_chanlen(struct hchan *c)
{
	return rt_chanlen(c);
}

intptr_t
go_reflect_chancap(struct hchan *c)
{
	return rt_chancap(c);
}

/* ---- reflect.Select ---- */

enum { DIR_SEND = 1, DIR_RECV = 2, DIR_DEFAULT = 3 };

struct rselect_case { /* reflect.runtimeSelect */
	intptr_t dir;
	const struct gort_type *typ;
	struct hchan *c;
	void *val;
};

struct rt_selres go_reflect_rselect(gort_slice cases) GO("reflect.rselect");

/*
 * What selectgo needs for n cases: sends from the front, receives from the
 * back, and the number that each case had before.
 */
struct rselect {
	struct rt_scase *cases;
	uint16_t *order; /* 2n of scratch */
	uint16_t *index; /* of cases[i] in the caller's array */
};

#define SMALL_SELECT 8

static void
rselect_alloc(struct rselect *s, intptr_t n)
{
	size_t bytes = (size_t)n * (sizeof *s->cases + 3 * sizeof *s->order);
	char *p = rt_mallocgc(bytes, NULL, true, true);

	s->cases = (struct rt_scase *)p;
	s->order = (uint16_t *)(p + (size_t)n * sizeof *s->cases);
	s->index = s->order + 2 * n;
}

static struct rt_selres
rselect_run(struct rselect *s, const struct rselect_case *k, intptr_t n)
{
	intptr_t nsends = 0, nrecvs = 0, dflt = -1, i;
	struct rt_selres r;

	for (i = 0; i < n; i++) {
		intptr_t at;

		if (k[i].dir == DIR_SEND)
			at = nsends++;
		else if (k[i].dir == DIR_RECV)
			at = n - ++nrecvs;
		else {
			dflt = i;
			continue;
		}
		s->cases[at] = (struct rt_scase){ k[i].c, k[i].val };
		s->index[at] = (uint16_t)i;
	}
	/* close the gap that the default case, or several, left */
	if (nsends + nrecvs < n) {
		for (i = 0; i < nrecvs; i++) {
			s->cases[nsends + i] = s->cases[n - nrecvs + i];
			s->index[nsends + i] = s->index[n - nrecvs + i];
		}
	}
	if (nsends + nrecvs == 0 && dflt < 0)
		go_block();
	r = rt_selectgo(s->cases, s->order, nsends, nrecvs, dflt < 0);
	r.index = r.index < 0 ? dflt : s->index[r.index];
	return r;
}

/* Records above a handful are collected memory: a panic leaves us without a
 * return. */
struct rt_selres
go_reflect_rselect(gort_slice cases)
{
	struct rt_scase scases[SMALL_SELECT];
	uint16_t words[3 * SMALL_SELECT];
	struct rselect s = { scases, words, words + 2 * SMALL_SELECT };
	intptr_t n = cases.n;

	if (n > 65536)
		rt_throw("reflect.rselect: too many cases");
	if (n > SMALL_SELECT)
		rselect_alloc(&s, n);
	return rselect_run(&s, cases.p, n);
}
