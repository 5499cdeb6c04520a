/*
 * trace.c - execution traces and their user annotations.
 *
 * There is no tracer yet, and Go code is told so the way it expects:
 * StartTrace answers an error value, which runtime/trace.Start hands to the
 * program; ReadTrace answers nil, the end of a trace, and annotations are
 * dropped as they are whenever no trace is taken.
 */
#include "gccgo/gccgo.h"

struct gort_iface go_start_trace(void) GO("runtime.StartTrace");
void go_stop_trace(void) GO("runtime.StopTrace");
gort_slice go_read_trace(void) GO("runtime.ReadTrace");
void go_user_task_create(uint64_t id, uint64_t parent, gort_str type)
    GO("runtime_1trace.userTaskCreate");
void go_user_task_end(uint64_t id) GO("runtime_1trace.userTaskEnd");
void go_user_region(uint64_t id, uint64_t mode, gort_str name)
    GO("runtime_1trace.userRegion");
void go_user_log(uint64_t id, gort_str category, gort_str message)
    GO("runtime_1trace.userLog");

/* ---- the error value ---- */

/*
 * Of type runtime.errorString, a string with a method Error. The type of that
 * method has one name in every program; it is weak here because a program
 * without errors lacks it, and then nobody asks.
 */
extern const struct gort_type go_type_func_string
    GO("type..func_8_9_8string_9") __attribute__((weak));

#define STR(s) (&(const gort_str){ s, sizeof(s) - 1 })

static gort_str
text_of(const gort_str *e)
{
	return *e;
}

static const struct rt_method methods[] = {
	{ STR("Error"), NULL, &go_type_func_string, &go_type_func_string,
	    (void *)text_of },
};
static const struct rt_uncommon uncommon = { STR("errorString"),
	STR("runtime"), methods, 1, 1 };
static const uint8_t first_word[] = { 1 };
static const struct gort_type error_type = {
	.size = sizeof(gort_str),
	.ptrdata = sizeof(void *),
	.hash = 0x5c0b0218,
	.align = 8,
	.field_align = 8,
	.kind = KIND_STRING,
	.gcdata = first_word,
	.str = STR("\truntime\truntime.errorString"),
	.u = &uncommon,
};
static const void *const error_table[] = { &error_type,
	(const void *)text_of };

GO_FUNCVAL(go_start_trace, "runtime.StartTrace");
GO_FUNCVAL(go_stop_trace, "runtime.StopTrace");
GO_FUNCVAL(go_read_trace, "runtime.ReadTrace");

/* ---- what programs call ---- */

struct gort_iface
go_start_trace(void)
{
	static const gort_str text = {
		"execution tracing is not supported by this runtime", 50
	};

	return (struct gort_iface){ error_table, (void *)(uintptr_t)&text };
}

void
go_stop_trace(void)
{
}

gort_slice
go_read_trace(void)
{
	return (gort_slice){ NULL, 0, 0 };
}

void
go_user_task_create(uint64_t id, uint64_t parent, gort_str type)
{
	(void)id;
	(void)parent;
	(void)type;
}

void
go_user_task_end(uint64_t id)
{
	(void)id;
}

void
go_user_region(uint64_t id, uint64_t mode, gort_str name)
{
	(void)id;
	(void)mode;
	(void)name;
}

void
go_user_log(uint64_t id, gort_str category, gort_str message)
{
	(void)id;
	(void)category;
	(void)message;
}
