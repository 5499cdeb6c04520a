/*
 * follow.h - history, then what comes, each thing once.
 */
#ifndef CLIENT_FOLLOW_H
#define CLIENT_FOLLOW_H

#include "client/conn.h"

/* One item and what it is: "log", "event", "sched", "gc", "boot". */
typedef void (*follow_fn)(void *arg, const char *what, const json_t *item);

struct follow {
	struct conn *c;
	const char *what; /* borrowed */
	const char *id;   /* borrowed; NULL: all instances */
	char whole[16];   /* id of the instance, when id names no run */
	int64_t run;      /* the run that is followed; 0: id says which */
	int64_t last;     /* number of the last item given; 0: none */
	follow_fn item;
	void *arg;
	int64_t sub;   /* of gortd, 0 before there is one */
	bool ended;    /* gortd said: this run will say nothing more */
	int64_t dropped; /* items that came too fast for us */
};

/*
 * An instance that is named without a run is followed run by run until it
 * rests: a run's stream says when it has ended, and what comes then is asked.
 */

/*
 * --since into the parameters of a request for history: "since", where numbers
 * is true and it is a number of the stream (also in *ret_last), or "from", a
 * time. Returns 0, or -1 after a sentence.
 */
int follow_since(const struct ctl_opts *o, json_t *params, bool numbers,
    int64_t *ret_last);

/* The handler for conn_on_event; arg is the struct follow. */
void follow_event(void *arg, const json_t *params);

/*
 * Subscribe on c to what comes after `last`, in the latest run of f->id, and
 * give items until the instance rests (CTL_OK) or gortd is gone for good
 * (CTL_UNREACHABLE). A replaced supervisor is waited for and the stream goes
 * on behind the last item given. Returns an exit code; prints errors.
 */
int follow_on(struct follow *f, struct conn *c, int64_t last);

/* The number by which items of a stream are ordered. */
int64_t follow_number(const json_t *item);

#endif
