/*
 * handlers.h - the methods that the supervisor answers itself.
 */
#ifndef DAEMON_HANDLERS_H
#define DAEMON_HANDLERS_H

struct call;

/* Owns the call: ends it now or later, exactly once. */
struct handler {
	const char *name;
	void (*fn)(struct call *c);
};

extern const struct handler handlers[]; /* ends with a NULL name */

const struct handler *handler_find(const char *name);

#endif
