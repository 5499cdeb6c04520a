/*
 * check_lines.c - names, lines and inlined functions; Go's names; and that
 * broken debug information is survived.
 */
#include "boot/boot.h"
#include "fault/callers.h"
#include "fault/fault.h"
#include "fault/symbols.h"
#include "tests/fault/bodies.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define EXPECT(cond)                                                           \
	do {                                                                   \
		if (!(cond)) {                                                 \
			rt_printf("%s:%d: %s\n", __FILE__, __LINE__, #cond);   \
			return 1;                                              \
		}                                                              \
	} while (0)

/* ---- Go's names ---- */

static const struct {
	const char *sym, *go;
} names[] = {
	{ "main.main", "main.main" },
	{ "main.T.M__x", "main.T.M_x" },
	{ "main.main..func1", "main.main.func1" },
	{ "net_1http.Server.Serve", "net/http.Server.Serve" },
	{ "golang_0org_1x_1a.F", "golang.org/x/a.F" },
	{ "main..init0", "main.init.0" },
	{ "main..import", "main.init" },
	{ "main.f..r", "main.f" },
	{ "main.main_0T_0M..r", "main.T.M" },
	{ "net_1http.net_1http_0conn_0serve..r", "net/http.conn.serve" },
	{ "main.f.part.0", "main.f" },
	{ "main.f.cold", "main.f" },
	{ "main.f.constprop.0.isra.1", "main.f" },
	{ "main._u00e9t_u00e9", "main.\303\251t\303\251" },
	{ "main._xzz", "main._xzz" },
	{ "main._", "main._" },
	{ "main", "main" },
	{ "rt_panic", "rt_panic" },
	{ "helper.part.0", "helper.part.0" }, /* C: as it stands */
	{ ".L1", ".L1" },
	{ "", "" },
};

static int
go_names(void *arg)
{
	char all[600];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *s = rt_go_name(names[i].sym, true);

		if (strcmp(s, names[i].go) == 0)
			continue;
		rt_printf("%s gives %s\n", names[i].sym, s);
		return 1;
	}
	/* not a symbol's: only the package path is escaped */
	EXPECT(strcmp(rt_go_name("a_1b.T.M_x", false), "a/b.T.M_x") == 0);
	memset(all, '_', sizeof(all));
	all[1] = '.';
	all[sizeof(all) - 1] = '\0';
	EXPECT(strlen(rt_go_name(all, true)) > 100);
	return 0;
}

static int
kinds(void *arg)
{
	struct rt_symbol s = { .func = "" };

	rt_go_classify(&s, "main.go..thunk3");
	EXPECT(s.go && s.wrapper && !s.runtime && !s.body);
	rt_go_classify(&s, "main.T.M..stub");
	EXPECT(s.wrapper);
	rt_go_classify(&s, "main.f..r");
	EXPECT(s.body && !s.wrapper);
	rt_go_classify(&s, "runtime.chanrecv1");
	EXPECT(s.runtime);
	rt_go_classify(&s, "runtime.Gosched");
	EXPECT(!s.runtime); /* a program's call, as Go shows it */
	rt_go_classify(&s, "ffi_call_unix64");
	EXPECT(s.wrapper && !s.go);
	return 0;
}

/* ---- lines ---- */

static uintptr_t pcs[16];
static int npcs;

static int line_of_call, line_of_outer;
volatile int lines_sink;

static inline __attribute__((always_inline)) void
innermost(void)
{
	line_of_call = __LINE__ + 1;
	npcs = rt_callers(NULL, pcs, 16);
	lines_sink++;
}

static inline __attribute__((always_inline)) void
in_between(void)
{
	innermost();
	lines_sink++;
}

void the_function_around(void);

RT_NOINLINE void
the_function_around(void)
{
	line_of_outer = __LINE__ + 1;
	in_between();
	lines_sink++;
}

static int
inlined(void *arg)
{
	struct rt_symbol s[RT_SYMBOLS_MAX];
	int n;

	the_function_around();
	EXPECT(npcs > 1);
	n = rt_symbolize_all(pcs[0] - 1, s, RT_SYMBOLS_MAX);
	EXPECT(n == 3);
	EXPECT(strcmp(s[0].func, "innermost") == 0 && s[0].inlined);
	EXPECT(strcmp(s[1].func, "in_between") == 0 && s[1].inlined);
	EXPECT(strcmp(s[2].func, "the_function_around") == 0);
	EXPECT(!s[2].inlined);
	EXPECT(s[0].line == (uint32_t)line_of_call);
	EXPECT(s[2].line == (uint32_t)line_of_outer);
	EXPECT(s[0].entry == (uintptr_t)the_function_around);
	EXPECT(s[2].file[0] == '/' && strstr(s[2].file, "/..") == NULL);
	EXPECT(strstr(s[2].file, "/tests/fault/check_lines.c") != NULL);
	/* the same strings when asked again */
	EXPECT(rt_symbolize(pcs[0] - 1, true, &s[1]));
	EXPECT(s[1].file == s[0].file && s[1].func == s[0].func);
	return 0;
}

static int
functions(void *arg)
{
	uintptr_t pc = (uintptr_t)the_function_around;
	const struct rt_func *f = rt_func_for_pc(pc);
	struct rt_symbol s;
	int levels;

	EXPECT(f != NULL && f->entry == pc && f == rt_func_for_pc(pc));
	EXPECT(strcmp(f->name.p, "the_function_around") == 0);
	EXPECT(rt_func_for_pc(1) == NULL);
	/* a tagged word is the function around */
	the_function_around();
	EXPECT(rt_call_frame(
	    pcs[0] | (uintptr_t)1 << RT_PC_TAG_SHIFT, &s, &levels));
	EXPECT(levels == 3 && strcmp(s.func, "in_between") == 0);
	EXPECT(rt_call_frame(
	    pcs[0] | (uintptr_t)99 << RT_PC_TAG_SHIFT, &s, &levels));
	EXPECT(strcmp(s.func, "the_function_around") == 0);
	EXPECT(!rt_call_frame(0, &s, &levels));
	return 0;
}

/* ---- what is broken ---- */

static bool
copy_section(struct rt_section *s)
{
	uint8_t *p = malloc(s->n + 1);

	if (p == NULL)
		return false;
	if (s->n > 0)
		memcpy(p, s->p, s->n);
	s->p = p;
	return true;
}

static int
broken(void *arg)
{
	const struct rt_module *m = rt_modules();
	struct rt_dwarf d = *rt_module_dwarf(m);
	struct rt_section *all[] = { &d.info, &d.abbrev, &d.line, &d.line_str,
		&d.str, &d.rnglists, &d.aranges };
	struct rt_dw_frame f[RT_DW_INLINE_MAX];
	uintptr_t pc = (uintptr_t)the_function_around - m->base;
	unsigned seed = 3;
	size_t known = 0;

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		EXPECT(copy_section(all[i]));
	for (int i = 0; i < 200; i++)
		known += rt_dwarf_frames(&d, pc + (uintptr_t)i, f,
		             RT_DW_INLINE_MAX) > 0;
	EXPECT(known > 10);
	for (int round = 0; round < 200; round++) {
		struct rt_section *s = all[(size_t)round % 7];

		for (int i = 0; i < 40 && s->n > 0; i++)
			((uint8_t *)s->p)[(size_t)rand_r(&seed) % s->n] =
			    (uint8_t)rand_r(&seed);
		for (int i = 0; i < 5; i++)
			rt_dwarf_frames(&d,
			    m->text - m->base +
			        (uintptr_t)rand_r(&seed) %
			            (m->etext - m->text),
			    f, RT_DW_INLINE_MAX);
	}
	for (int i = 0; i < 7; i++) { /* cut short */
		all[i]->n /= 2;
		rt_dwarf_frames(&d, pc + 5, f, RT_DW_INLINE_MAX);
	}
	return 0;
}

BODIES("lines", 60, go_names, kinds, inlined, functions, broken)
