/*
 * explore.c - runs a few threads in every order there is.
 *
 * A thread is C code on a small stack of ours. It runs until it is about to
 * touch shared memory by an atomic operation (watched.h), and there it says
 * what it is about to do and leaves. So a schedule is a sequence of such
 * operations, each with the private code that follows it; the explorer takes
 * them depth first. What makes that possible for ordinary C, the runtime's own
 * files among it, is that a state is bytes: the registered memory, the live part
 * of each stack and the store buffers are copied out, hashed, and copied back
 * to the same addresses when another branch is tried. A state seen before is
 * not entered again, so the number of states counts, not that of schedules,
 * and loops that wait for others come to an end.
 *
 * Memory is the x86's: a store weaker than full order goes into the thread's
 * buffer, its own loads look there first, and at any later moment it may reach
 * memory; loads and stores keep their order otherwise, and a locked operation
 * waits for an empty buffer. A buffer of no length gives sequential
 * consistency. What C's memory model allows beyond (and this processor does
 * not do) is ThreadSanitizer's to find, not ours.
 *
 * What it can't show: that loops end (a state from which nothing is left to do
 * is an end; one that circles is not noticed), and anything about more threads
 * or longer scripts than the model has. Memory that is not atomic is seen by
 * all at once; that it is guarded is again ThreadSanitizer's to say.
 *
 * States are told apart by 128 bits of hash. Two in ten million being taken for
 * one by accident is less likely than the machine failing.
 */
#include "tests/models/explore.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STACK_BYTES 16384
#define MAX_STATES 30000000
#define FLUSH EX_CHOICES /* the choice that stands for the buffer's oldest */
#define MOVES (EX_THREADS * (EX_CHOICES + 1))

struct pending {
	void *addr;
	uint64_t v;
	uint64_t bytes;
};

struct thread {
	uintptr_t sp;
	void (*fn)(void *);
	void *arg, *self;
	const char *func;
	bool (*ready)(void *);
	void *addr; /* what op is about; AWAIT: the argument */
	uint32_t op;
	int32_t n; /* CHOOSE: of how many; BARRIER: in which thread */
	uint64_t nbuf;
	struct pending buf[EX_BUFFER];
};

/* Part of every state. */
static struct {
	struct thread t[EX_THREADS];
	int64_t nthreads;
} ex;

static char stacks[EX_THREADS][STACK_BYTES] __attribute__((aligned(64)));
static struct {
	char *p;
	size_t bytes;
} regions[32];
static int nregions;

/* Of this run. */
static const struct ex_model *model;
static const struct ex_mutant *mutant;
static size_t buffer;     /* places in a store buffer: 0 or EX_BUFFER */
static int cur;           /* whose turn */
static int chosen;        /* what CHOOSE is to answer */
static uintptr_t home;    /* the explorer's own stack */
static const char *wrong; /* what a thread or check found */
static uint64_t applied;  /* times the mutant's fault was met */

/* ---- stacks ---- */

void ex_switch(uintptr_t *save, uintptr_t to);
__asm__(".text\n"
        ".type ex_switch,@function\n"
        "ex_switch:\n"
        "	pushq %rbp; pushq %rbx; pushq %r12; pushq %r13\n"
        "	pushq %r14; pushq %r15\n"
        "	movq %rsp, (%rdi); movq %rsi, %rsp\n"
        "	popq %r15; popq %r14; popq %r13; popq %r12\n"
        "	popq %rbx; popq %rbp; ret\n"
        ".size ex_switch,.-ex_switch\n");

static void
leave(void)
{
	ex_switch(&ex.t[cur].sp, home);
}

static void
begin(void)
{
	struct thread *t = &ex.t[cur];

	t->fn(t->arg);
	ex.t[cur].op = EX_DONE;
	ex.t[cur].func = "";
	leave();
	abort();
}

static void
turn(int i)
{
	cur = i;
	if (model->enter != NULL)
		model->enter(ex.t[i].self);
	ex_switch(&home, ex.t[i].sp);
}

void
ex_region(void *p, size_t bytes)
{
	if (nregions == 32 || bytes % 8 != 0)
		abort();
	regions[nregions].p = p;
	regions[nregions++].bytes = bytes;
}

void
ex_thread(void (*fn)(void *), void *arg, void *self)
{
	struct thread *t = &ex.t[ex.nthreads];
	uintptr_t *sp = (uintptr_t *)(stacks[ex.nthreads] + STACK_BYTES);

	*--sp = 0; /* begin never returns; keeps its frame aligned */
	*--sp = (uintptr_t)begin;
	for (int i = 0; i < 6; i++)
		*--sp = 0;
	t->sp = (uintptr_t)sp;
	t->fn = fn;
	t->arg = arg;
	t->self = self;
	ex.nthreads++;
}

/* ---- what the threads do ---- */

static void
point(enum ex_op op, const void *addr, const char *func)
{
	struct thread *t = &ex.t[cur];

	t->op = op;
	t->addr = (void *)(uintptr_t)addr;
	t->func = func;
	leave();
}

void
ex_fail(const char *why)
{
	wrong = why;
	for (;;)
		leave();
}

int
ex_self(void)
{
	return cur;
}

bool
ex_ended(int thread)
{
	return ex.t[thread].op == EX_DONE;
}

bool
ex_mutant(const char *name)
{
	if (mutant == NULL || mutant->how != EX_BY_NAME ||
	    strcmp(mutant->name, name) != 0)
		return false;
	applied++;
	return true;
}

static bool
is_mutant(enum ex_how how, enum ex_op op, const void *addr, const char *func)
{
	if (mutant == NULL || mutant->how != how || mutant->op != op ||
	    (mutant->what != NULL && mutant->what != addr) ||
	    strcmp(mutant->func, func) != 0)
		return false;
	applied++;
	return true;
}

static uint64_t
mem_get(const void *addr, size_t bytes)
{
	uint64_t v = 0;

	memcpy(&v, addr, bytes);
	return v;
}

/* The youngest store of our own to addr that is under way, or memory. */
static uint64_t
see(const void *addr, size_t bytes)
{
	struct thread *t = &ex.t[cur];

	for (uint64_t i = t->nbuf; i-- > 0;)
		if (t->buf[i].addr == addr)
			return t->buf[i].v;
	return mem_get(addr, bytes);
}

uint64_t
ex_load(const void *addr, size_t bytes, const char *func)
{
	point(EX_LOAD, addr, func);
	if (is_mutant(EX_VALUE, EX_LOAD, addr, func))
		return mutant->value;
	return see(addr, bytes);
}

static void
buffer_store(void *addr, size_t bytes, uint64_t v, const char *func)
{
	struct thread *t = &ex.t[cur];

	/* entering the buffer is nobody else's business: no step, if it fits */
	if (t->nbuf >= buffer)
		point(EX_STORE, addr, func);
	if (buffer == 0) {
		memcpy(addr, &v, bytes);
		return;
	}
	t->buf[t->nbuf++] = (struct pending) { addr, v, bytes };
}

void
ex_store(void *addr, size_t bytes, uint64_t v, bool full_order,
    const char *func)
{
	enum ex_op op = full_order ? EX_LOCKED : EX_STORE;

	if (is_mutant(EX_VALUE, op, addr, func))
		v = mutant->value;
	if (!full_order || is_mutant(EX_WEAKEN, EX_LOCKED, addr, func)) {
		buffer_store(addr, bytes, v, func);
		return;
	}
	point(EX_LOCKED, addr, func);
	memcpy(addr, &v, bytes);
}

uint64_t
ex_rmw_begin(void *addr, size_t bytes, const char *func, bool *ret_weak)
{
	*ret_weak = is_mutant(EX_WEAKEN, EX_LOCKED, addr, func);
	point(*ret_weak ? EX_LOAD : EX_LOCKED, addr, func);
	return see(addr, bytes);
}

void
ex_rmw_end(void *addr, size_t bytes, uint64_t v, bool weak, const char *func)
{
	if (is_mutant(EX_VALUE, EX_LOCKED, addr, func))
		v = mutant->value;
	if (weak)
		buffer_store(addr, bytes, v, func);
	else
		memcpy(addr, &v, bytes);
}

void
ex_fence(const char *func)
{
	if (!is_mutant(EX_WEAKEN, EX_LOCKED, NULL, func))
		point(EX_LOCKED, NULL, func);
}

void
ex_membarrier(void)
{
	int me = cur;

	point(EX_LOCKED, NULL, "membarrier");
	if (ex_mutant(EX_NO_BARRIER))
		return;
	for (int i = 0; i < ex.nthreads; i++) {
		if (i == me)
			continue;
		ex.t[me].n = i;
		point(EX_BARRIER, NULL, "membarrier");
	}
}

void
ex_await(bool (*ready)(void *), void *arg, const char *func)
{
	ex.t[cur].ready = ready;
	point(EX_AWAIT, arg, func);
}

void
ex_futex_wait(void *addr, uint32_t val)
{
	point(EX_FUTEX_WAIT, addr, "futex wait");
	if ((uint32_t)mem_get(addr, 4) == val || ex_mutant(EX_BLIND_FUTEX))
		point(EX_ASLEEP, addr, "asleep");
}

void
ex_futex_wake(void *addr)
{
	int who[EX_THREADS], n = 0, pick = 0;

	point(EX_LOCKED, addr, "futex wake");
	for (int i = 0; i < ex.nthreads; i++)
		if (ex.t[i].op == EX_ASLEEP && ex.t[i].addr == addr)
			who[n++] = i;
	if (n > 1)
		pick = ex_choose(n); /* sleepers stay so meanwhile */
	if (n > 0) /* awake; runs when it may */
		ex.t[who[pick]].addr = NULL;
}

int
ex_choose(int n)
{
	if (n > EX_CHOICES)
		abort();
	ex.t[cur].n = n;
	point(EX_CHOOSE, NULL, "choose");
	return chosen;
}

/* ---- moves ---- */

/* Can thread i do `choice` now? */
static bool
possible(int i, int choice)
{
	struct thread *t = &ex.t[i];

	if (i >= ex.nthreads)
		return false;
	if (choice == FLUSH)
		return t->nbuf > 0;
	if (choice > 0)
		return t->op == EX_CHOOSE && choice < t->n;
	switch ((enum ex_op)t->op) {
	case EX_LOAD:
	case EX_CHOOSE:
		return true;
	case EX_STORE:
		return buffer == 0 || t->nbuf < buffer;
	case EX_LOCKED:
	case EX_FUTEX_WAIT:
		return t->nbuf == 0;
	case EX_BARRIER:
		return ex.t[t->n].nbuf == 0;
	case EX_AWAIT:
		return t->nbuf == 0 && t->ready(t->addr);
	case EX_ASLEEP:
		return t->addr == NULL;
	case EX_DONE:
		break;
	}
	return false;
}

static void
move(int i, int choice)
{
	struct thread *t = &ex.t[i];

	if (choice == FLUSH) {
		memcpy(t->buf[0].addr, &t->buf[0].v, t->buf[0].bytes);
		t->nbuf--;
		memmove(&t->buf[0], &t->buf[1], t->nbuf * sizeof(t->buf[0]));
		memset(&t->buf[t->nbuf], 0, sizeof(t->buf[0]));
		return;
	}
	chosen = choice;
	turn(i);
}

/* ---- states ---- */

static struct {
	char *bytes;
	size_t len, cap;
} arena; /* the states on the way here, one behind the other */

struct frame {
	size_t at;
	int next; /* move to try */
	int thread, choice; /* the move being tried, for the report */
	const char *func;
	uint32_t op;
	const void *addr;
};
static struct frame *frames;
static size_t nframes, capframes;

static char *
arena_room(size_t n)
{
	if (arena.len + n > arena.cap) {
		arena.cap = (arena.len + n) * 2 + 65536;
		arena.bytes = realloc(arena.bytes, arena.cap);
		if (arena.bytes == NULL)
			abort();
	}
	arena.len += n;
	return arena.bytes + arena.len - n;
}

static void
keep(const void *p, size_t n)
{
	memcpy(arena_room(n), p, n);
}

static size_t
live(int i)
{
	return (uintptr_t)stacks[i] + STACK_BYTES - ex.t[i].sp;
}

static void
save(void)
{
	keep(&ex, sizeof(ex));
	for (int i = 0; i < nregions; i++)
		keep(regions[i].p, regions[i].bytes);
	for (int i = 0; i < ex.nthreads; i++)
		if (ex.t[i].op != EX_DONE)
			keep((void *)ex.t[i].sp, live(i));
}

static void
restore(size_t at)
{
	const char *p = arena.bytes + at;

	memcpy(&ex, p, sizeof(ex));
	p += sizeof(ex);
	for (int i = 0; i < nregions; i++) {
		memcpy(regions[i].p, p, regions[i].bytes);
		p += regions[i].bytes;
	}
	for (int i = 0; i < ex.nthreads; i++) {
		if (ex.t[i].op == EX_DONE)
			continue;
		memcpy((void *)ex.t[i].sp, p, live(i));
		p += live(i);
	}
}

static struct {
	uint64_t (*slots)[2];
	size_t n, cap;
} seen;

static void
hash(size_t at, uint64_t ret[2])
{
	uint64_t a = 0x9e3779b97f4a7c15, b = 0xc2b2ae3d27d4eb4f, w;

	for (size_t i = at; i < arena.len; i += 8) {
		memcpy(&w, arena.bytes + i, 8);
		a = (a ^ w) * 0xff51afd7ed558ccd;
		a ^= a >> 32;
		b = (b + w) * 0x9fb21c651e98df25;
		b ^= b >> 29;
	}
	ret[0] = a | 1; /* never an empty slot */
	ret[1] = b;
}

static bool
add(uint64_t h[2])
{
	for (size_t i = h[1];; i++) {
		uint64_t *s = seen.slots[i & (seen.cap - 1)];

		if (s[0] == h[0] && s[1] == h[1])
			return false;
		if (s[0] != 0)
			continue;
		memcpy(s, h, 16);
		seen.n++;
		return true;
	}
}

static void
seen_grow(size_t cap)
{
	uint64_t(*old)[2] = seen.slots;
	size_t oldcap = seen.cap;

	seen.slots = calloc(cap, 16);
	seen.cap = cap;
	seen.n = 0;
	if (seen.slots == NULL)
		abort();
	for (size_t i = 0; i < oldcap; i++)
		if (old[i][0] != 0)
			add(old[i]);
	free(old);
}

/* The state as it is now: push it unless it was seen. */
static void
enter_state(void)
{
	size_t at = arena.len;
	uint64_t h[2];

	save();
	hash(at, h);
	if (seen.n * 2 >= seen.cap)
		seen_grow(seen.cap * 2);
	if (!add(h)) {
		arena.len = at;
		return;
	}
	if (nframes == capframes) {
		capframes = capframes * 2 + 1024;
		frames = realloc(frames, capframes * sizeof(*frames));
		if (frames == NULL)
			abort();
	}
	frames[nframes++] = (struct frame) { .at = at };
}

/* ---- one run ---- */

static const char *
at_end(void)
{
	if (model->end != NULL)
		return model->end();
	for (int i = 0; i < ex.nthreads; i++)
		if (!ex_ended(i))
			return "a thread waits for ever";
	return NULL;
}

/* Try the next move of the newest state. False: it has none left. */
static bool
try_next(struct frame *f, bool *moved)
{
	for (; f->next < MOVES; f->next++) {
		int i = f->next / (EX_CHOICES + 1);
		int choice = f->next % (EX_CHOICES + 1);

		if (!possible(i, choice))
			continue;
		*moved = true;
		f->next++;
		f->thread = i;
		f->choice = choice;
		f->func = ex.t[i].func;
		f->op = ex.t[i].op;
		f->addr = choice == FLUSH ? ex.t[i].buf[0].addr : ex.t[i].addr;
		move(i, choice);
		return true;
	}
	return false;
}

static void
first_state(void)
{
	memset(&ex, 0, sizeof(ex));
	memset(stacks, 0, sizeof(stacks));
	nregions = 0;
	arena.len = nframes = 0;
	wrong = NULL;
	applied = 0;
	free(seen.slots);
	seen.slots = NULL;
	seen.cap = 0;
	seen_grow(1 << 16);
	model->setup();
	/* up to where each first touches what is shared */
	for (int i = 0; i < ex.nthreads; i++)
		turn(i);
	enter_state();
}

/* Returns the ends reached; wrong says what was found, frames how. */
static uint64_t
explore(void)
{
	uint64_t ends = 0;

	first_state();
	while (nframes > 0 && wrong == NULL) {
		struct frame *f = &frames[nframes - 1];
		bool fresh = f->next == 0, moved = false;

		restore(f->at);
		if (try_next(f, &moved)) {
			if (wrong == NULL && model->check != NULL)
				wrong = model->check();
			if (wrong == NULL)
				enter_state();
			if (seen.n > MAX_STATES)
				wrong = "more states than can be visited";
			continue;
		}
		if (fresh && !moved) {
			ends++;
			wrong = at_end();
			if (wrong != NULL)
				break;
		}
		arena.len = f->at;
		nframes--;
	}
	return ends;
}

static void
print_way(void)
{
	static const char *const ops[] = { "load", "store", "locked", "await",
		"barrier", "futex", "asleep", "choose", "done" };
	size_t from = nframes > 80 ? nframes - 80 : 0;

	for (size_t i = from; i < nframes; i++) {
		struct frame *f = &frames[i];

		if (f->choice == FLUSH)
			printf("    t%d reaches memory %p\n", f->thread,
			    f->addr);
		else
			printf("    t%d %s %p %s\n", f->thread, ops[f->op],
			    f->addr, f->func);
	}
}

/* The code as it is. */
static bool
holds(size_t places, const char *memory)
{
	uint64_t ends;

	mutant = NULL;
	buffer = places;
	ends = explore();
	printf("%s, %s: %zu states, %lu ends: %s\n", model->name, memory,
	    seen.n, (unsigned long)ends,
	    wrong != NULL ? wrong : ends == 0 ? "never ends" : "holds");
	if (wrong != NULL)
		print_way();
	return wrong == NULL && ends != 0;
}

/* A mutant must be met and found; in order too if it says so. */
static bool
found(const struct ex_mutant *mu)
{
	bool good = true;

	mutant = mu;
	for (int in_order = 0; in_order < 2; in_order++) {
		buffer = in_order ? 0 : EX_BUFFER;
		explore();
		if (applied == 0)
			wrong = NULL;
		printf("%s, %s, %s: %zu states: %s\n", model->name, mu->name,
		    in_order ? "in order" : "with store buffers", seen.n,
		    applied == 0 ? "meets no such operation" :
		    wrong == NULL ? "not found" : wrong);
		if ((wrong != NULL) != (in_order ? mu->in_order : true))
			good = false;
	}
	return good;
}

bool
ex_prove(const struct ex_model *m)
{
	bool good;

	model = m;
	setvbuf(stdout, NULL, _IOLBF, 0);
	good = holds(0, "in order");
	good &= holds(EX_BUFFER, "with store buffers");
	for (const struct ex_mutant *mu = m->mutants;
	     mu != NULL && mu->name != NULL; mu++)
		good &= found(mu);
	return good;
}
