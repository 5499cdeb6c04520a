/*
 * channels.c - gort.h: channels and select on chan/.
 */
#include "capi/capi.h"

#include <string.h>

#include "arch/arch.h"
#include "chan/chan.h"
#include "fault/fault.h"
#include "mem/malloc.h"
#include "sched/sched.h"

gort_chan *
gort_chan_make(size_t elem_bytes, ssize_t cap)
{
	/* An element too small for a pointer holds none. */
	bool noscan = elem_bytes < sizeof(void *);

	return (gort_chan *)rt_makechan(NULL, elem_bytes, noscan, cap);
}

gort_chan *
gort_chan_make_noscan(size_t elem_bytes, ssize_t cap)
{
	return (gort_chan *)rt_makechan(NULL, elem_bytes, true, cap);
}

gort_chan *
gort_chan_make_type(const gort_type *t, ssize_t cap)
{
	return (gort_chan *)rt_makechan(t, 0, false, cap);
}

void
gort_send(gort_chan *c, const void *elem)
{
	rt_preempt_check();
	rt_chansend(capi_hchan(c), elem, true, RT_CALLERPC());
}

bool
gort_recv(gort_chan *c, void *elem)
{
	bool ok;

	rt_preempt_check();
	rt_chanrecv(capi_hchan(c), elem, true, &ok);
	return ok;
}

bool
gort_try_send(gort_chan *c, const void *elem)
{
	return rt_chansend(capi_hchan(c), elem, false, RT_CALLERPC());
}

bool
gort_try_recv(gort_chan *c, void *elem, bool *ret_ok)
{
	return rt_chanrecv(capi_hchan(c), elem, false, ret_ok);
}

void
gort_chan_close(gort_chan *c)
{
	rt_closechan(capi_hchan(c));
}

ssize_t
gort_chan_len(const gort_chan *c)
{
	return rt_chanlen(capi_hchan(c));
}

ssize_t
gort_chan_cap(const gort_chan *c)
{
	return rt_chancap(capi_hchan(c));
}

/* ---- select ---- */

#define INLINE_CASES 8
#define CASES_MAX 32767

/* One case and no default is that operation itself, and says so in a
 * traceback. */
static void
select_one(gort_case *k)
{
	if (k->is_send)
		rt_chansend(capi_hchan(k->c), k->elem, true, RT_CALLERPC());
	else
		rt_chanrecv(capi_hchan(k->c), k->elem, true, &k->ok);
}

/*
 * Sort the cases into the runtime's order, sends first, and remember where
 * each came from: from[i] is the caller's index of cases[i]. Returns how many
 * send.
 */
static size_t
arrange(const gort_case *in, size_t n, struct rt_scase *cases, uint16_t *from)
{
	size_t sends = 0, s = 0, r, i;

	for (i = 0; i < n; i++)
		sends += in[i].is_send;
	r = sends;
	for (i = 0; i < n; i++) {
		size_t at = in[i].is_send ? s++ : r++;

		cases[at] = (struct rt_scase){ capi_hchan(in[i].c),
			in[i].elem };
		from[at] = (uint16_t)i;
	}
	return sends;
}

static int
select_with(gort_case *in, size_t n, bool block, struct rt_scase *cases,
    uint16_t *from, uint16_t *order)
{
	size_t sends = arrange(in, n, cases, from);
	struct rt_selres res;

	res = rt_selectgo(cases, order, (intptr_t)sends, (intptr_t)(n - sends),
	    block);
	if (res.index < 0)
		return -1;
	in[from[res.index]].ok = res.recv_ok;
	return from[res.index];
}

/* Above INLINE_CASES the arrays are collected memory: a goroutine that waits
 * for ever must not leak more than itself. */
static RT_NOINLINE int
select_large(gort_case *in, size_t n, bool block)
{
	struct rt_scase *cases;
	uint16_t *from;

	if (n > CASES_MAX)
		rt_panic_str("gort_select: more than 32767 cases");
	cases = rt_mallocgc(n * sizeof *cases, NULL, true, true);
	from = rt_mallocgc(3 * n * sizeof *from, NULL, false, false);
	return select_with(in, n, block, cases, from, from + n);
}

int
gort_select(gort_case *in, size_t n, bool has_default)
{
	struct rt_scase cases[INLINE_CASES];
	uint16_t from[INLINE_CASES], order[2 * INLINE_CASES];

	rt_preempt_check();
	if (!has_default && n == 0) {
		rt_gopark(NULL, NULL, WAIT_SELECT_NO_CASES);
		rt_throw("unreachable: woken from an empty select");
	}
	if (!has_default && n == 1) {
		select_one(&in[0]);
		return 0;
	}
	if (n > INLINE_CASES)
		return select_large(in, n, !has_default);
	return select_with(in, n, !has_default, cases, from, order);
}
