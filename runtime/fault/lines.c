/*
 * lines.c - from a pc to the functions, files and lines that it stands for.
 *
 * Debug information is read by dwarf.c and dwline.c, without a lock and
 * without memory, but each question costs from 20 us to some ms. So answers are
 * kept, by pc: programs ask for few different ones, again and again (log with
 * file names, profiles). What is kept is never changed and never freed: entries
 * are made whole and then hung into a hash table by compare-and-swap. Memory
 * comes from one reservation, handed out by adding to a counter; when that is
 * used up, answers are still given but not kept. All of it works in any signal
 * handler, and nothing is done before the first question.
 *
 * Strings handed out live for ever: kept copies, or bytes of the module's file,
 * which stays mapped.
 *
 * The file was checked when it was mapped, and all offsets are checked. Only
 * somebody who truncates the running program's file makes reading fault. When
 * that happens to the thread that reports a crash, it comes back here
 * (catch_amd64.S), and the rest of its report has no lines.
 *
 * Paths are made absolute by the unit's directory, and `..` is taken out, so
 * that they are the same wherever the compiler was called from.
 */
#include "config.h"

#include "fault/callers.h"
#include "fault/crash.h"
#include "fault/symbols.h"

#include "arch/arch.h"

#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

/* ---- memory for ever ---- */

#define ARENA_BYTES ((size_t)32 << 20)
#define ARENA_SMALL_BYTES ((size_t)1 << 20)

static struct {
	_Atomic(char *) base; /* acquire pairs with the publication; its first
	                         word is the region's size */
	_Atomic size_t used;
} arena;

static void *
reserve(size_t n)
{
	void *p = mmap(NULL, n, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

static char *
arena_base(void)
{
	char *p = atomic_load_explicit(&arena.base, memory_order_acquire);
	size_t n = ARENA_BYTES;
	char *have = NULL;

	if (p != NULL)
		return p;
	p = reserve(n);
	if (p == NULL)
		p = reserve(n = ARENA_SMALL_BYTES);
	if (p == NULL)
		return NULL;
	*(size_t *)p = n;
	if (atomic_compare_exchange_strong(&arena.base, &have, p))
		return p;
	munmap(p, n);
	return have;
}

void *
rt_forever_alloc(size_t n)
{
	char *p = arena_base();
	size_t at;

	n = (n + 7) & ~(size_t)7;
	if (p == NULL || atomic_load(&arena.used) + n > *(size_t *)p)
		return NULL;
	at = sizeof(size_t) + atomic_fetch_add(&arena.used, n);
	return at + n <= *(size_t *)p ? p + at : NULL;
}

/* ---- strings ---- */

#define BUCKETS 1024

struct name {
	struct name *next;
	char s[];
};

static _Atomic(struct name *) names[BUCKETS];

static uint32_t
hash(const char *s, size_t n)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < n; i++)
		h = (h ^ (uint8_t)s[i]) * 16777619u;
	return h ^ h >> 16;
}

const char *
rt_intern(const char *s, size_t n)
{
	_Atomic(struct name *) *b = &names[hash(s, n) % BUCKETS];
	struct name *head, *e;

	/* acquire pairs with the publication below */
	head = atomic_load_explicit(b, memory_order_acquire);
	for (e = head; e != NULL; e = e->next)
		if (strncmp(e->s, s, n) == 0 && e->s[n] == '\0')
			return e->s;
	e = rt_forever_alloc(sizeof(*e) + n + 1);
	if (e == NULL)
		return "?";
	memcpy(e->s, s, n);
	do /* two threads may hang in equal strings: harmless */
		e->next = head;
	while (!atomic_compare_exchange_weak(b, &head, e));
	return e->s;
}

/* ---- paths ---- */

struct path {
	char s[1024];
	size_t n;
};

/* One component; `..` takes the last one away. */
static void
add_component(struct path *p, const char *s, size_t n)
{
	if (n == 0 || (n == 1 && s[0] == '.'))
		return;
	if (n == 2 && s[0] == '.' && s[1] == '.' && p->n > 0) {
		while (p->n > 0 && p->s[--p->n] != '/')
			;
		return;
	}
	if (p->n + n + 1 >= sizeof(p->s))
		return;
	p->s[p->n++] = '/';
	memcpy(p->s + p->n, s, n);
	p->n += n;
}

static void
add_path(struct path *p, const char *s)
{
	if (s == NULL)
		return;
	if (*s == '/')
		p->n = 0;
	while (*s != '\0') {
		const char *end = strchrnul(s, '/');

		add_component(p, s, (size_t)(end - s));
		s = *end == '/' ? end + 1 : end;
	}
}

static const char *
file_name(const struct rt_dw_place *at)
{
	struct path p = { .n = 0 };
	bool absolute;

	if (at->name == NULL)
		return NULL;
	absolute = at->name[0] == '/' ||
	    (at->dir != NULL && at->dir[0] == '/') ||
	    (at->comp_dir != NULL && at->comp_dir[0] == '/');
	add_path(&p, at->comp_dir);
	add_path(&p, at->dir);
	add_path(&p, at->name);
	if (absolute)
		return rt_intern(p.s, p.n);
	return rt_intern(p.s + 1, p.n - 1);
}

/* ---- answers ---- */

struct answer {
	struct answer *next;
	uintptr_t pc;
	int n;
	struct rt_symbol s[];
};

#define ANSWER_BITS 12

static _Atomic(struct answer *) answers[1 << ANSWER_BITS];

static size_t
bucket_of(uintptr_t pc)
{
	return pc * 0x9e3779b97f4a7c15u >> (64 - ANSWER_BITS);
}

static const struct answer *
find_answer(uintptr_t pc)
{
	/* acquire pairs with keep_answer */
	const struct answer *a = atomic_load_explicit(
	    &answers[bucket_of(pc)], memory_order_acquire);

	while (a != NULL && a->pc != pc)
		a = a->next;
	return a;
}

static void
keep_answer(uintptr_t pc, const struct rt_symbol *s, int n)
{
	_Atomic(struct answer *) *b = &answers[bucket_of(pc)];
	struct answer *a = rt_forever_alloc(sizeof(*a) + (size_t)n * sizeof(*s));

	if (a == NULL)
		return;
	a->pc = pc;
	a->n = n;
	memcpy(a->s, s, (size_t)n * sizeof(*s));
	a->next = atomic_load(b);
	while (!atomic_compare_exchange_weak(b, &a->next, a))
		;
}

/* One frame of the debug information; *s is the function that has the code. */
static void
fill(struct rt_symbol *s, const struct rt_dw_frame *f, bool inlined)
{
	s->file = file_name(&f->at);
	s->line = s->file == NULL ? 0 : f->at.line;
	s->inlined = inlined;
	/* C inlined into a function named like Go's: our own in a symbol
	 * that compiled code calls */
	if (inlined && s->go && f->name != NULL && !rt_is_go_name(f->name))
		s->runtime = true;
	if (f->name == NULL || (!inlined && !f->linkage && s->entry != 0))
		return; /* the symbol table knows better */
	rt_go_classify(s, f->name);
	s->func = rt_go_name(f->name, f->linkage);
}

static int
ask(uintptr_t pc, struct rt_symbol *ret, int max)
{
	struct rt_dw_frame f[RT_DW_INLINE_MAX];
	const struct rt_dwarf *d;
	int n = 0;

	rt_symbolize(pc, false, &ret[0]);
	d = ret[0].module == NULL ? NULL : rt_module_dwarf(ret[0].module);
	if (d != NULL)
		n = rt_dwarf_frames(
		    d, pc - ret[0].module->base, f, RT_DW_INLINE_MAX);
	if (n > max)
		n = max;
	for (int i = n; i-- > 0;) {
		ret[i] = ret[0];
		fill(&ret[i], &f[i], i != n - 1);
	}
	if (n == 0)
		n = 1;
	for (int i = 0; i < n; i++)
		rt_call_name_fill(&ret[i]);
	keep_answer(pc, ret, n);
	return n;
}

/* ---- the way out, for the reporter of a crash ---- */

static _Atomic bool forbidden;
static _Atomic bool trying; /* the reporter is inside, escape is set */
static struct gobuf escape; /* reporter */

struct question {
	uintptr_t pc;
	struct rt_symbol *ret;
	int max, n;
};

static void
ask_question(void *arg)
{
	struct question *q = arg;

	q->n = ask(q->pc, q->ret, q->max);
}

void
rt_lines_escape(void)
{
	if (!atomic_load(&trying))
		return;
	atomic_store(&trying, false);
	atomic_store(&forbidden, true);
	rt_ctx_jump(&escape);
}

static int
try_ask(uintptr_t pc, struct rt_symbol *ret, int max)
{
	struct question q = { pc, ret, max, 0 };
	sigset_t mask;

	/* the handler that brought us back may have had signals blocked */
	pthread_sigmask(SIG_SETMASK, NULL, &mask);
	atomic_store(&trying, true);
	rt_catch_call(&escape, ask_question, &q);
	atomic_store(&trying, false);
	if (q.n == 0)
		pthread_sigmask(SIG_SETMASK, &mask, NULL);
	return q.n;
}

const struct rt_symbol *
rt_symbols_at(uintptr_t pc, struct rt_symbol *buf, int *ret_n)
{
	const struct answer *a = find_answer(pc);

	if (a != NULL) {
		*ret_n = a->n;
		return a->s;
	}
	*ret_n = 0;
	if (!atomic_load(&forbidden))
		*ret_n = rt_crash_is_reporter()
		    ? try_ask(pc, buf, RT_SYMBOLS_MAX)
		    : ask(pc, buf, RT_SYMBOLS_MAX);
	if (*ret_n == 0) {
		rt_symbolize(pc, false, buf);
		rt_call_name_fill(buf);
		*ret_n = 1;
	}
	return buf;
}

int
rt_symbolize_all(uintptr_t pc, struct rt_symbol *ret, int max)
{
	struct rt_symbol buf[RT_SYMBOLS_MAX];
	int n;
	const struct rt_symbol *s = rt_symbols_at(pc, buf, &n);

	if (n > max)
		n = max;
	memcpy(ret, s, (size_t)n * sizeof(*ret));
	return n;
}
