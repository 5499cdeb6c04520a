/* m_instance.h - handlers of instance.* and telemetry.* (handlers.h). */
#ifndef DAEMON_M_INSTANCE_H
#define DAEMON_M_INSTANCE_H

#include <jansson.h>

struct call;
struct inst;

void m_run(struct call *c);
void m_list(struct call *c);
void m_get(struct call *c);
void m_why(struct call *c);
void m_wait(struct call *c);
void m_attach(struct call *c);
void m_stop(struct call *c);
void m_kill(struct call *c);
void m_restart(struct call *c);
void m_remove(struct call *c);
void m_goroutines(struct call *c);
void m_godebug(struct call *c);
void m_gc(struct call *c);
void m_mem(struct call *c);
void m_scheddetail(struct call *c);

/*
 * Check params of instance.run (or a file of instances.d) and make the spec.
 * caller: the call whose user it becomes, NULL for gortd itself.
 * Returns a new object, or NULL with an error object.
 */
json_t *spec_make(json_t *params, const struct call *caller,
    json_t **ret_error);

#endif
