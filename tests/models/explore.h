/*
 * explore.h - every schedule of a few threads, the processor's store buffers
 * included. explore.c says how; watched.h lets real code run under it.
 */
#ifndef EXPLORE_H
#define EXPLORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { EX_THREADS = 4, EX_BUFFER = 3, EX_CHOICES = 6 };

enum ex_op {
	EX_LOAD,
	EX_STORE,  /* no stronger than release: goes through the buffer */
	EX_LOCKED, /* read-modify-write, or a store in full order */
	EX_AWAIT,
	EX_BARRIER, /* another thread passes a full barrier */
	EX_FUTEX_WAIT,
	EX_ASLEEP,
	EX_CHOOSE,
	EX_DONE,
};

/*
 * A mutant is the code with one fault, to show that the model can fail. Either
 * it names an operation of the code, by the function it stands in, what it is
 * and (if not NULL) what it touches, and what becomes of it; or it has only a
 * name, and a hand-written step asks ex_mutant("its name").
 */
enum ex_how {
	EX_BY_NAME,
	EX_WEAKEN, /* EX_LOCKED: a plain load, and a store into the buffer */
	EX_VALUE,  /* EX_LOAD reads, the others write `value` instead */
};
struct ex_mutant {
	const char *name;
	enum ex_how how;
	const char *func;
	enum ex_op op;
	const void *what;
	uint64_t value;
	/* Can it be seen where stores are at once visible to all? */
	bool in_order;
};

struct ex_model {
	const char *name;
	void (*setup)(void); /* memory to its start; ex_region, ex_thread */
	void (*enter)(void *self); /* a thread's turn; may be NULL */
	/* Both return what is wrong, or NULL. After each step; and where no
	 * thread can move (NULL: all must have ended). */
	const char *(*check)(void);
	const char *(*end)(void);
	const struct ex_mutant *mutants; /* ends with name NULL */
};

/* ---- setup ---- */
void ex_region(void *p, size_t bytes); /* part of the state; a multiple of 8 */
/* self: what enter() is given. */
void ex_thread(void (*fn)(void *), void *arg, void *self);

/* ---- from the threads ---- */
uint64_t ex_load(const void *addr, size_t bytes, const char *func);
void ex_store(void *addr, size_t bytes, uint64_t v, bool full_order,
    const char *func);
/* Around the computation of a read-modify-write. *ret_weak is handed on. */
uint64_t ex_rmw_begin(void *addr, size_t bytes, const char *func,
    bool *ret_weak);
void ex_rmw_end(void *addr, size_t bytes, uint64_t v, bool weak,
    const char *func);
void ex_fence(const char *func);
/* membarrier(2): each other thread passes a full barrier, one after the other,
 * at moments of their own. A mutant of this name has no effect. */
#define EX_NO_BARRIER "makes no barrier in the others"
void ex_membarrier(void);
/* Sleep until ready(arg), which looks at memory. */
void ex_await(bool (*ready)(void *), void *arg, const char *func);
/* The kernel's part of a futex; wake: one of the sleepers, any. The mutant of
 * this name is a kernel that sleeps without looking at the word. */
#define EX_BLIND_FUTEX "sleeps without looking at the word"
void ex_futex_wait(void *addr, uint32_t val);
void ex_futex_wake(void *addr);
int ex_choose(int n); /* 0 to n - 1, each tried */
bool ex_mutant(const char *name);
void ex_fail(const char *why) __attribute__((noreturn));
int ex_self(void); /* the running thread's number */
bool ex_ended(int thread); /* for check and end */

/*
 * The suite: the model as it is must hold, in order and with store buffers;
 * each mutant must be found wrong. Prints a line for each; returns whether all
 * is as it should be.
 */
bool ex_prove(const struct ex_model *m);

#endif
