/*
 * instctl.h - the control channel to one instance.
 */
#ifndef DAEMON_INSTCTL_H
#define DAEMON_INSTCTL_H

struct call;
struct event_base;
struct instctl;
struct run;

/* Serve r->fd of the control channel (which stays r's). NULL without memory. */
struct instctl *instctl_new(struct event_base *base, struct run *r);

/* Calls that wait are told that the run is over. NULL is fine. */
void instctl_free(struct instctl *ic);

/* Each takes the call and answers it when the instance does. */
void instctl_goroutines(struct instctl *ic, struct call *c);
void instctl_debug(struct instctl *ic, struct call *c);
void instctl_gc(struct instctl *ic, struct call *c);
void instctl_mem(struct instctl *ic, struct call *c);
void instctl_sched(struct instctl *ic, struct call *c);

#endif
