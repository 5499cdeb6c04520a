/*
 * check_symtab.c - modules, names, lines, and stacks of waiting goroutines.
 */
#include "boot/boot.h"
#include "chan/chan.h"
#include "diag/diag.h"
#include "fault/fault.h"
#include "sched/sched.h"
#include "tests/fault/bodies.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

/* Not static: those of a source with runtime2.h count as the runtime's. */
void a_function_with_a_name(void *c);
int want_line;

#define EXPECT(cond)                                                           \
	do {                                                                   \
		if (!(cond)) {                                                 \
			rt_printf("%s:%d: %s\n", __FILE__, __LINE__, #cond);   \
			return 1;                                              \
		}                                                              \
	} while (0)

void
a_function_with_a_name(void *c)
{
	bool ok;

	want_line = __LINE__ + 1;
	rt_chanrecv(c, NULL, true, &ok);
	__asm__ volatile("");
}

static int
modules(void *arg)
{
	const struct rt_module *own, *libc, *m;
	uintptr_t pc = (uintptr_t)a_function_with_a_name;

	own = rt_find_module(pc);
	libc = rt_find_module((uintptr_t)&qsort);
	EXPECT(own != NULL && own == rt_modules() && !own->foreign);
	EXPECT(strstr(own->path, "check_symtab") != NULL);
	EXPECT(rt_find_module(0) == NULL);
	EXPECT(rt_find_module((uintptr_t)&want_line) == NULL); /* data */
	EXPECT((uintptr_t)&want_line >= own->data);
	EXPECT((uintptr_t)&want_line < own->edata);
	EXPECT(libc != NULL);
	for (m = rt_modules(); m != NULL; m = m->next)
		EXPECT(m->text < m->etext && m->path != NULL);
	return 0;
}

static int
names(void *arg)
{
	uintptr_t pc = (uintptr_t)a_function_with_a_name;
	struct rt_symbol s;

	EXPECT(rt_symbolize(pc + 4, false, &s));
	EXPECT(strcmp(s.func, "a_function_with_a_name") == 0);
	EXPECT(s.entry == pc && !s.runtime && s.file == NULL);
	EXPECT(rt_symbolize((uintptr_t)rt_gopark + 1, false, &s));
	EXPECT(strcmp(s.func, "rt_gopark") == 0 && s.runtime);
	EXPECT(!rt_symbolize(1, true, &s));
	EXPECT(strcmp(s.func, "?") == 0 && s.file == NULL && s.entry == 0);
	return 0;
}

static int
lines(void *arg)
{
	struct hchan *c = rt_makechan(NULL, 8, true, 0);
	struct g *gp = rt_newproc(a_function_with_a_name, c, 0);
	uintptr_t pcs[64];
	struct rt_symbol s;
	int n;

	while ((rt_readgstatus(gp) & ~(uint32_t)G_SCAN) != G_WAITING)
		rt_gosched();
	n = rt_callers(gp, pcs, 64);
	EXPECT(n > 1);
	for (int i = 0; i < n; i++) {
		rt_symbolize(pcs[i] - 1, true, &s);
		if (strcmp(s.func, "a_function_with_a_name") != 0)
			continue;
		EXPECT(s.file != NULL);
		EXPECT(strstr(s.file, "check_symtab.c") != NULL);
		EXPECT(s.line == (uint32_t)want_line);
		return 0;
	}
	return 1;
}

/* What a pc is asked must not matter: odd ones give "?", never a fault. */
static int
any_pc(void *arg)
{
	struct rt_symbol s;

	for (const struct rt_module *m = rt_modules(); m; m = m->next)
		for (uintptr_t pc = m->text; pc < m->etext; pc += 509)
			rt_symbolize(pc, false, &s);
	return 0;
}

static int
schedtrace(void *arg)
{
	static char buf[1 << 16];
	size_t n = rt_schedtrace_text(false, buf, sizeof(buf) - 1);

	buf[n] = '\0';
	EXPECT(strncmp(buf, "SCHED ", 6) == 0);
	EXPECT(strstr(buf, "ms: gomaxprocs=") != NULL);
	EXPECT(strstr(buf, " spinningthreads=") != NULL);
	EXPECT(strchr(buf, '\n') == buf + n - 1 && buf[n - 2] == ']');
	n = rt_schedtrace_text(true, buf, sizeof(buf) - 1);
	buf[n] = '\0';
	EXPECT(strstr(buf, " gcwaiting=0 nmidlelocked=0 stopwait=") != NULL);
	/* we run on one of the Ps, not always on the first */
	EXPECT(strstr(buf, "\n  P0: status=") != NULL);
	EXPECT(strstr(buf, ": status=1 schedtick=") != NULL);
	EXPECT(strstr(buf, "\n  M0: p=") != NULL);
	EXPECT(strstr(buf, " spinning=false blocked=") != NULL);
	EXPECT(strstr(buf, "\n  G1: status=2() m=") != NULL);
	/* a short buffer gets whole lines only */
	n = rt_schedtrace_text(true, buf, 300);
	EXPECT(n > 0 && n <= 300 && buf[n - 1] == '\n');
	return 0;
}

BODIES("symtab", 60, modules, names, lines, any_pc, schedtrace)
