/*
 * chan.h - channels and select. chan.c opens with the invariants.
 * The first two words are what compiled Go reads for len and cap.
 */
#ifndef RT_CHAN_H
#define RT_CHAN_H

#include "runtime2.h"

struct hchan {
	intptr_t qcount;   /* lock; racy reads allowed (len) */
	intptr_t dataqsiz; /* const: cap */
	void *buf;         /* const: dataqsiz elements, same allocation */
	size_t elemsize;   /* const */
	const struct gort_type *elemtype; /* const; NULL: plain bytes */
	_Atomic uint32_t closed; /* lock to write */
	uint32_t sendx, recvx; /* lock */
	struct {
		struct sudog *first, *last;
	} recvq, sendq;    /* lock */
	struct rt_mutex lock;
};

/* t == NULL: elemsize bytes, scanned conservatively when noscan is false. */
struct hchan *rt_makechan(const struct gort_type *t, size_t elemsize,
    bool noscan, intptr_t cap);
/* Block unless !block; false: would have blocked. Panics when closed. */
bool rt_chansend(struct hchan *c, const void *elem, bool block,
    uintptr_t callerpc);
/* Returns selected; *ret_ok false: closed and drained, elem zeroed. */
bool rt_chanrecv(struct hchan *c, void *elem, bool block, bool *ret_ok);
void rt_closechan(struct hchan *c);
intptr_t rt_chanlen(struct hchan *c);
intptr_t rt_chancap(struct hchan *c);

struct rt_scase { /* gccgo's layout */
	struct hchan *c;
	void *elem;
};
struct rt_selres {
	intptr_t index;
	bool recv_ok;
};
/* Sends first, then receives; order: 2*(nsends+nrecvs) scratch. -1: default */
struct rt_selres rt_selectgo(struct rt_scase *cases, uint16_t *order,
    intptr_t nsends, intptr_t nrecvs, bool block);

struct sudog *rt_acquire_sudog(void);
void rt_release_sudog(struct sudog *s);

#endif
