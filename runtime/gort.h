/*
 * gort.h - goroutines, channels, parking I/O and collected memory for C.
 *
 * A program defines `int gort_main(int argc, char **argv)` and links libgort:
 *
 *	#include <gort.h>
 *	#include <stdio.h>
 *
 *	static gort_waitgroup done;
 *
 *	static void
 *	square(void *c)
 *	{
 *		long n;
 *
 *		while (gort_recv(c, &n))
 *			printf("%ld\n", n * n);
 *		gort_waitgroup_done(&done);
 *	}
 *
 *	int
 *	gort_main(int argc, char **argv)
 *	{
 *		gort_chan *c = gort_chan_make(sizeof(long), 0);
 *
 *		gort_waitgroup_add(&done, 1);
 *		gort_go(square, c);
 *		for (long i = 0; i < 3; i++)
 *			gort_send(c, &i);
 *		gort_chan_close(c);
 *		gort_waitgroup_wait(&done);
 *		return 0;
 *	}
 *
 * When gort_main returns the process ends with its value, whatever other
 * goroutines do. Without a supervisor the program behaves as a Go program
 * does: GOMAXPROCS, GOGC, GOMEMLIMIT, GODEBUG and GOTRACEBACK are obeyed, a
 * deadlock, a fatal error or an unrecovered panic prints what Go prints and
 * exits with 2.
 *
 * ERRORS. Nothing here reports through errno, which belongs to a thread while
 * a goroutine may move between threads. Functions that can fail return a
 * count or 0, and -errno on failure; outputs named ret are set only on
 * success. What is a mistake of the program (send on a closed channel, unlock
 * of an unlocked mutex) panics or ends it, in Go's words. Memory that is not
 * to be had ends the program ("out of memory"); no function returns NULL for
 * that.
 *
 * TIME is in nanoseconds, int64_t, names end in _ns. Instants are readings of
 * the monotonic clock as gort_now_ns gives them.
 *
 * CALLERS. Each function says who may call it:
 *   G    a goroutine: gort_main, what gort_go starts, package initialisers,
 *        deferred functions, finalizers. It may park: another goroutine runs
 *        meanwhile, and afterwards the code may be on another thread. So keep
 *        no address of a thread-local variable (errno is one) and no pthread
 *        mutex over the call.
 *   G-   a goroutine, and the call never parks.
 *   ANY  every thread at any time, also before main and outside gort.
 * A thread that the program made itself (pthread_create) is no goroutine: it
 * may use only ANY functions and must not touch collected memory. The same
 * holds for functions that exit() calls (atexit); goroutines still run then.
 *
 * FORK. The child of fork has one thread and none of the runtime's: until it
 * execs or calls _exit it may use async-signal-safe functions only, and none
 * from here. posix_spawn, system and popen are as ever (they block: see
 * gort_call_blocking); a child begins with the signals that we began with.
 *
 * WHERE POINTERS MAY LIVE. Collected objects (all that gort_alloc*, gort_new*,
 * channels, timers, descriptors, strings and slices made here) are freed when
 * nothing refers to them. The collector looks into: stacks and registers of
 * goroutines; global variables; collected objects (not the *_noscan ones);
 * ranges given to gort_root_add. It does NOT look into malloc'ed memory,
 * thread-local variables or global variables of a library that dlopen loaded
 * after the start (give these to gort_root_add). A pointer to the inside of an
 * object counts. A pointer stored into a collected object or a global variable
 * that other goroutines see is stored by gort_store.
 *
 * PAUSES. The collector stops a C program while it marks, because it can't see
 * its stores. A program that keeps a stricter rule is marked while it runs:
 * EVERY pointer to collected memory that it stores anywhere but in its own
 * frames - collected objects, also those that nobody else knows yet, global
 * variables, ranges given to gort_root_add - goes through gort_store or
 * gort_move, and none is overwritten, cleared or copied in another way. It says
 * so with GORT_BARRIERED; GODEBUG=gccheckmark=1 finds most breaches.
 *
 * STACKS of goroutines are small (tens of KiB) and do not grow. Big library
 * functions (getaddrinfo, dlopen, regcomp, printf of long doubles) belong in
 * gort_call_on_thread_stack; large local arrays belong on the heap.
 */
#ifndef GORT_H
#define GORT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#define GORT_NORETURN __attribute__((noreturn))
#define GORT_PRINTF(f, a) __attribute__((format(printf, f, a)))

struct iovec;

/* "gort 0.1.0"; lives for ever. Caller: ANY. */
const char *gort_version(void);

/* ---- the program ------------------------------------------------------- */

/* The program's own; runs as goroutine 1, after all package initialisers.
 * argv is the process's, NULL-terminated. Its value is the exit code. */
int gort_main(int argc, char **argv);

/* End the process with this code now: stdio is flushed, deferred functions do
 * not run, other goroutines are not waited for. Caller: G. */
void gort_exit(int code) GORT_NORETURN;

/*
 * Set one GODEBUG key live, e.g. gort_debug_set("gctrace", "1").
 * Returns 0, -ENOENT (no such key), -EINVAL (not a number). Caller: ANY once
 * gort_main runs.
 */
int gort_debug_set(const char *key, const char *value);

/* ---- goroutines -------------------------------------------------------- */

/*
 * Run fn(arg) as a new goroutine; it ends when fn returns. arg may point to
 * collected memory: it is kept until fn has it. There is nothing to join: use
 * a channel or a gort_waitgroup. Caller: G-.
 */
void gort_go(void (*fn)(void *arg), void *arg);
/* Let others run; come back later. Caller: G. */
void gort_yield(void);
/* Run the deferred functions and end this goroutine. In goroutine 1 the
 * process goes on without it. Caller: G. */
void gort_goexit(void) GORT_NORETURN;
/* This goroutine's number, from 1, never reused. Caller: G-. */
uint64_t gort_goid(void);
/* Goroutines of the program that exist now. Caller: ANY. */
int64_t gort_num_goroutine(void);
/* Set how many threads may run goroutines at once and return the old number;
 * n <= 0 only asks. Stops the world for a moment. Caller: G. */
int gort_gomaxprocs(int n);
/* Wire the goroutine to its thread until as many unlocks (libraries that keep
 * per-thread state). A goroutine that ends locked ends its thread. Caller:
 * G-. */
void gort_lock_os_thread(void);
void gort_unlock_os_thread(void); /* not locked: does nothing; G- */
/* Between these the goroutine keeps its thread and P and must not call a
 * function marked G; they nest. Keep it short. Caller: G-. */
void gort_nopreempt_begin(void);
void gort_nopreempt_end(void);
/*
 * Run fn(arg) where it may take long or block without gort knowing (a blocking
 * system call, a library): other goroutines keep running. fn must not call
 * functions marked G or G-, nor touch pointers in collected objects that other
 * goroutines change. call_blocking runs it on the goroutine's own small stack,
 * call_on_thread_stack on the thread's (a MiB at least). Returns what fn
 * returned; fn reports errors through arg. Caller: G.
 */
void *gort_call_blocking(void *(*fn)(void *arg), void *arg);
void *gort_call_on_thread_stack(void *(*fn)(void *arg), void *arg);

/* ---- strings, slices, types: the shapes (gccgo's) ----------------------- */

typedef struct gort_str {
	const char *p; /* not NUL-terminated */
	ssize_t n;     /* bytes */
} gort_str;

typedef struct gort_slice {
	void *p;
	ssize_t n, cap; /* elements */
} gort_slice;

struct rt_funcval;
struct rt_uncommon;

/* How the collector sees an object. Made by GORT_TYPE; the fields are
 * gccgo's and explained in runtime/types/type.h. */
typedef struct gort_type {
	uintptr_t size;    /* bytes */
	uintptr_t ptrdata; /* bytes of prefix that can hold pointers */
	uint32_t hash;
	uint8_t tflag;
	uint8_t align;
	uint8_t field_align;
	uint8_t kind;
	const struct rt_funcval *equal;
	const uint8_t *gcdata; /* bit i: word i may be a pointer */
	const gort_str *str;
	const struct rt_uncommon *u;
	const struct gort_type *ptr_to_this;
} gort_type;

/*
 * GORT_TYPE(name, T, member, ...) defines `name`, a descriptor of struct T
 * whose pointers are the members listed; at file scope:
 *
 *	struct node { struct node *next; long key; gort_str text; };
 *	GORT_TYPE(node_type, struct node, next, text);
 *	...
 *	struct node *n = gort_new(&node_type);
 *
 * 1 to 16 members, each within the first 512 bytes (else it does not compile)
 * and aligned to 8. A gort_str or gort_slice counts as its first word, which
 * is the pointer; `inner.p` and `arr[2]` are fine as members. A pointer that
 * is not listed keeps nothing alive. GORT_TYPE_NOPTR(name, T): no pointers at
 * all. In a header, write GORT_TYPE_DECLARE(name) instead.
 */
#define GORT_TYPE(name, ...)                                                   \
	GORT__CAT(GORT__T, GORT__N(__VA_ARGS__))(name, __VA_ARGS__)
#define GORT_TYPE_NOPTR(name, T) GORT__TYPE(name, T, 0)
#define GORT_TYPE_DECLARE(name) extern const struct gort_type name

extern const struct gort_type gort_type_byte __asm__("rt_type_uint8");
extern const struct gort_type gort_type_bool __asm__("rt_type_bool");
extern const struct gort_type gort_type_int __asm__("rt_type_int");
extern const struct gort_type gort_type_string __asm__("rt_type_string");
extern const struct gort_type gort_type_pointer
    __asm__("rt_type_unsafe_pointer");

/* ---- channels ----------------------------------------------------------- */

typedef struct gort_chan gort_chan; /* collected; the last owner forgets it */

/*
 * A channel of elements of elem_bytes each (0 to 65535), with room for cap of
 * them; cap 0: a send waits for its receiver. gort_chan_make: elements may
 * hold pointers to collected memory anywhere. _noscan: they hold none (quicker
 * to collect). _type: pointers where t says, elements of t->size bytes.
 * Panics with "makechan: size out of range". Caller: G.
 */
gort_chan *gort_chan_make(size_t elem_bytes, ssize_t cap);
gort_chan *gort_chan_make_noscan(size_t elem_bytes, ssize_t cap);
gort_chan *gort_chan_make_type(const gort_type *t, ssize_t cap);
/*
 * Copy *elem into the channel; waits while it is full. c == NULL waits for
 * ever. Panics with "send on closed channel". Caller: G.
 */
void gort_send(gort_chan *c, const void *elem);
/*
 * Take the next element into *elem (NULL: drop it); waits while there is none.
 * Returns true, or false when c is closed and drained: *elem is zeroed.
 * c == NULL waits for ever. Caller: G.
 */
bool gort_recv(gort_chan *c, void *elem);
/* The same without waiting. Return whether it happened; try_recv sets *ret_ok
 * (may be NULL) as gort_recv returns. c == NULL: false. Caller: G-. */
bool gort_try_send(gort_chan *c, const void *elem);
bool gort_try_recv(gort_chan *c, void *elem, bool *ret_ok);
/* No more sends; receivers drain what is there and then get false. Panics
 * with "close of nil channel", "close of closed channel". Caller: G-. */
void gort_chan_close(gort_chan *c);
/* Elements waiting now, and room; 0 for NULL. Caller: G-. */
ssize_t gort_chan_len(const gort_chan *c);
ssize_t gort_chan_cap(const gort_chan *c);

/*
 * Select. Waits until one of the cases can go on, does it, and returns its
 * index; of several ready ones a random one. With has_default returns -1 at
 * once when none is ready. Cases with c == NULL are never ready; without any
 * usable case and no default it waits for ever. A send case on a closed
 * channel panics. For the receive case that was done, .ok is what gort_recv
 * would have returned. n up to 32767. Caller: G.
 *
 *	struct gort_case cs[] = { GORT_RECV(quit, NULL), GORT_SEND(out, &x) };
 *
 *	switch (gort_select(cs, 2, false)) {
 *	case 0: return;
 *	case 1: x++; break;
 *	}
 */
typedef struct gort_case {
	gort_chan *c;
	void *elem;   /* receive: where to, NULL drops; send: borrowed */
	bool is_send;
	bool ok;      /* set for the receive that was done */
} gort_case;
#define GORT_RECV(c, elem) { (c), (elem), false, false }
#define GORT_SEND(c, elem) { (c), (void *)(elem), true, false }
int gort_select(gort_case *cases, size_t n, bool has_default);

/* ---- sync: all zero is ready to use; never copy one in use ---------------- */

typedef struct gort_mutex {
	uint32_t state, sema; /* private */
} gort_mutex;
/*
 * Waits in arrival order; one that waited 1 ms gets the lock handed over, so
 * nobody starves. Not recursive; any goroutine may unlock. Unlocking an
 * unlocked one is fatal: "sync: unlock of unlocked mutex". Caller: G (trylock,
 * unlock: G-).
 */
void gort_mutex_lock(gort_mutex *m);
bool gort_mutex_trylock(gort_mutex *m);
void gort_mutex_unlock(gort_mutex *m);

typedef struct gort_rwmutex { /* private */
	gort_mutex w;
	uint32_t writer_sem, reader_sem;
	int32_t reader_count, reader_wait;
} gort_rwmutex;
/* Many readers or one writer; a waiting writer holds new readers back. Fatal:
 * "sync: RUnlock of unlocked RWMutex", "sync: Unlock of unlocked RWMutex".
 * Caller: G (try and unlocks: G-). */
void gort_rwmutex_rlock(gort_rwmutex *rw);
bool gort_rwmutex_tryrlock(gort_rwmutex *rw);
void gort_rwmutex_runlock(gort_rwmutex *rw);
void gort_rwmutex_lock(gort_rwmutex *rw);
bool gort_rwmutex_trylock(gort_rwmutex *rw);
void gort_rwmutex_unlock(gort_rwmutex *rw);

typedef struct gort_waitgroup { /* private */
	uint64_t state;
	uint32_t sema, spare;
} gort_waitgroup;
/* A counter: add before the goroutine starts, done at its end, wait until it
 * is 0. Panics: "sync: negative WaitGroup counter", "sync: WaitGroup misuse:
 * Add called concurrently with Wait", "sync: WaitGroup is reused before
 * previous Wait has returned". Caller: add, done G-; wait G. */
void gort_waitgroup_add(gort_waitgroup *wg, int delta);
void gort_waitgroup_done(gort_waitgroup *wg);
void gort_waitgroup_wait(gort_waitgroup *wg);

typedef struct gort_once { /* private */
	uint32_t done;
	gort_mutex m;
} gort_once;
/* fn(arg) the first time; every call returns after that fn ended (also by a
 * panic). fn must not call once_do on o itself: deadlock. Caller: G. */
void gort_once_do(gort_once *o, void (*fn)(void *arg), void *arg);

typedef struct gort_cond { /* private */
	uint64_t list[4];
} gort_cond;
/* wait: m is held; unlock it, wait for a signal, lock it again; test your
 * condition in a loop. signal wakes the longest waiter, broadcast all; with m
 * held or not. Caller: wait G; signal, broadcast G-. */
void gort_cond_wait(gort_cond *c, gort_mutex *m);
void gort_cond_signal(gort_cond *c);
void gort_cond_broadcast(gort_cond *c);

/* ---- time ---------------------------------------------------------------- */

#define GORT_US INT64_C(1000)
#define GORT_MS INT64_C(1000000)
#define GORT_SEC INT64_C(1000000000)

/* Monotonic clock; wall clock since 1970 UTC. Caller: ANY. */
int64_t gort_now_ns(void);
int64_t gort_wall_ns(void);
/* At least this long; <= 0 returns at once. Caller: G. */
void gort_sleep(int64_t ns);

/*
 * A timer sends the time (int64_t, gort_now_ns) once into c, or runs a
 * function; a ticker sends every period, without drift, dropping ticks that
 * nobody takes (c has room for one). Collected; a pending one stays alive by
 * itself. stop: returns true when it prevented the firing; afterwards c holds
 * no old value (nor is it closed). reset: the same, then set anew. Of a timer
 * with a function, stop returning false says that the function was started,
 * not that it ended.
 */
typedef struct gort_timer {
	gort_chan *c; /* of int64_t; read only. NULL for gort_afterfunc */
} gort_timer;
typedef gort_timer gort_ticker;

/* Fires after ns (<= 0: at once). Caller: G. */
gort_timer *gort_timer_new(int64_t ns);
/* Runs fn(arg) in a goroutine of its own after ns. Caller: G. */
gort_timer *gort_afterfunc(int64_t ns, void (*fn)(void *arg), void *arg);
bool gort_timer_stop(gort_timer *t);              /* G- */
bool gort_timer_reset(gort_timer *t, int64_t ns); /* G- */
/* The channel alone, for a select. Caller: G. */
gort_chan *gort_after(int64_t ns);
/* Panics when ns <= 0: "non-positive interval for NewTicker" (Ticker.Reset).
 * Caller: new G; the others G-. */
gort_ticker *gort_ticker_new(int64_t period_ns);
void gort_ticker_stop(gort_ticker *t);
void gort_ticker_reset(gort_ticker *t, int64_t period_ns);

/* ---- input and output ----------------------------------------------------- */

/*
 * A descriptor whose waits park the goroutine, not the thread: sockets, pipes
 * and terminals through epoll; what epoll refuses (plain files) through system
 * calls that give up the P. One reader and one writer at a time go on, others
 * queue. Collected: one that is no longer referred to is closed by the
 * collector, some day; close it yourself. Errors common to all calls:
 *   -EBADF      closed, also while this call was waiting in it
 *   -ETIMEDOUT  the deadline passed
 *   -EINVAL     fd is NULL, or it is of a kind that can't do this
 */
typedef struct gort_fd gort_fd;

/* Open a file; flags and mode are open(2)'s, O_CLOEXEC is added. 0 or -errno.
 * Caller: G. */
int gort_open(const char *path, int flags, mode_t mode, gort_fd **ret);
/*
 * Own an open descriptor from now on. wrap makes it non-blocking (which
 * changes it for all processes that share it). wrap_blocking leaves it as it
 * is and blocks a thread while it waits (standard input; close does not wake
 * a waiter there, deadlines give -EINVAL). 0 or -errno, then it stays the
 * caller's. Caller: G.
 */
int gort_fd_wrap(int sysfd, gort_fd **ret);
int gort_fd_wrap_blocking(int sysfd, gort_fd **ret);
/* ret[0] reads what ret[1] writes. 0 or -errno. Caller: G. */
int gort_pipe(gort_fd *ret[2]);
/* The system's number, borrowed until close; -EBADF. Caller: G-. */
int gort_fd_sysfd(gort_fd *fd);

/*
 * Sockets. network: "tcp", "tcp4", "tcp6" with address "host:port",
 * "[v6]:port" or ":port" (port a number or a service's name; empty host: all
 * addresses when listening, this machine when dialing), or "unix" with a path
 * ("@name": abstract). "tcp" on ":port" listens for IPv4 and IPv6. Names are
 * looked up by getaddrinfo, on the thread's stack; dial tries each address in
 * turn. TCP_NODELAY is set; SO_REUSEADDR on listeners; a path left by a dead
 * listener is an error (-EADDRINUSE). timeout_ns <= 0: no limit but the
 * system's; it covers connecting, not the look-up.
 * 0, or -errno; -EAFNOSUPPORT: unknown network; -EINVAL: bad address;
 * -ENXIO: no such host; -EAGAIN: the name server did not answer. Caller: G.
 */
int gort_listen(const char *network, const char *address, gort_fd **ret);
int gort_accept(gort_fd *listener, gort_fd **ret);
int gort_dial(const char *network, const char *address, int64_t timeout_ns,
    gort_fd **ret);
/* "host:port" or the path, NUL-terminated. Length or -errno (-ENAMETOOLONG:
 * cap is too small). Caller: G-. */
int gort_local_addr(gort_fd *fd, char *buf, size_t cap);
int gort_peer_addr(gort_fd *fd, char *buf, size_t cap);
int gort_set_nodelay(gort_fd *fd, bool on); /* 0 or -errno; G- */
/* how: SHUT_RD, SHUT_WR, SHUT_RDWR. 0 or -errno. Caller: G-. */
int gort_shutdown(gort_fd *fd, int how);

/* Up to n bytes: what there is, at least one. 0: end of file (or n is 0).
 * Caller: G. */
ssize_t gort_read(gort_fd *fd, void *buf, size_t n);
/* Exactly n bytes: n, or less when the file ended before; -errno when an error
 * came first (what was read is lost). Caller: G. */
ssize_t gort_readfull(gort_fd *fd, void *buf, size_t n);
/* All n bytes: n or -errno (some may have gone out). A broken pipe is -EPIPE,
 * never a signal. Caller: G. */
ssize_t gort_write(gort_fd *fd, const void *buf, size_t n);
/* All of iov[0, cnt), cnt up to 1024; iov itself is not changed. Caller: G. */
ssize_t gort_writev(gort_fd *fd, const struct iovec *iov, int cnt);
/* As read and write go, once: may be short. Caller: G. */
ssize_t gort_write_some(gort_fd *fd, const void *buf, size_t n);
/* Plain files: at an offset, without moving the position. Caller: G. */
ssize_t gort_pread(gort_fd *fd, void *buf, size_t n, off_t off);
ssize_t gort_pwrite(gort_fd *fd, const void *buf, size_t n, off_t off);
off_t gort_seek(gort_fd *fd, off_t off, int whence); /* new one or -errno; G */
int gort_fsync(gort_fd *fd);                         /* 0 or -errno; G */
/* Wake all who wait in it (they get -EBADF) and close it when the last has
 * left. 0, or -EBADF the second time. Caller: G. */
int gort_close(gort_fd *fd);

/* From this instant on (gort_now_ns terms; 0: never) reads, accepts and
 * writes fail with -ETIMEDOUT, waiting ones too. A new deadline heals it. 0,
 * -EBADF, -EINVAL (can't have one). Caller: G-. */
int gort_set_deadline(gort_fd *fd, int64_t when_ns);
int gort_set_read_deadline(gort_fd *fd, int64_t when_ns);
int gort_set_write_deadline(gort_fd *fd, int64_t when_ns);

/* ---- collected memory ----------------------------------------------------- */

/* Zeroed; aligned to 16 from 16 bytes on (else 8). alloc: any word may be a
 * pointer. _noscan: holds none; contents are zero too. Caller: G. */
void *gort_alloc(size_t bytes);
void *gort_alloc_noscan(size_t bytes);
/* One object, n objects in a row, of a described type; zeroed. n < 0 or too
 * large panics: "makeslice: len out of range". Caller: G. */
void *gort_new(const gort_type *t);
void *gort_new_array(const gort_type *t, ssize_t n);
/* *slot = ptr, where slot is in a collected object or a global variable and
 * ptr is collected or NULL. Caller: G-. */
void gort_store(void *slot, void *ptr);
/* Once, in one file of the program: see PAUSES above. */
#define GORT_BARRIERED const char gort_barriered = 1
extern const char gort_barriered;
/* memmove of n objects of t, under the same rule. Caller: G-. */
void gort_move(const gort_type *t, void *dst, const void *src, ssize_t n);
/* Scan [base, base+bytes) as roots until root_del(base). Caller: ANY once
 * package initialisers run. */
void gort_root_add(const void *base, size_t bytes);
void gort_root_del(const void *base);
/*
 * Run fn(obj) in a goroutine of the runtime once obj is unreachable; obj is
 * freed by a later collection. NULL removes. 0, -EINVAL (obj is not the start
 * of a collected object). Caller: G-.
 *
 * There is one such goroutine, for cleanups too; who blocks it holds up all
 * others. What obj refers to is whole when fn runs: of two objects with
 * finalizers the one that refers to the other goes first, the other in a later
 * collection, and a ring of them never goes. fn may make obj reachable again,
 * for good. None runs at exit.
 */
int gort_setfinalizer(void *obj, void (*fn)(void *obj));

typedef struct gort_cleanup { /* private; a plain value, keeps nothing alive */
	void *record;
	uint64_t id;
} gort_cleanup;
/*
 * Run fn(arg) in the same goroutine once the collected object that obj points
 * into is unreachable; that is freed without waiting for fn, so fn gets what it
 * needs (a descriptor, a key of a table) in arg. Several cleanups of one obj
 * run in the order of adding, those of a ring of objects all; with a finalizer
 * too, after that, when the object is unreachable again. arg may point to
 * collected memory: that is kept until fn has it, so if it leads back to obj,
 * neither is ever freed. ret may be NULL. 0; -EINVAL: obj is not in a collected
 * object, or arg is in the same one. Caller: G-.
 */
int gort_cleanup_add(void *obj, void (*fn)(void *arg), void *arg,
    gort_cleanup *ret);
/* fn will not run: true. It runs or ran, or was stopped before: false. A
 * gort_cleanup that is all zero: false. Caller: G-. */
bool gort_cleanup_stop(gort_cleanup c);

/*
 * A weak pointer refers to an object and does not keep it alive. make: the
 * handle of obj, which points into a collected object: collected itself, for
 * everybody who asks for the same address the same, so == compares objects,
 * dead ones too. NULL for NULL. An address outside collected memory is taken
 * for one that never dies. Caller: G.
 * get: obj, which is reachable again with that, or NULL from the moment on when
 * a collection found it unreachable, before its finalizer or cleanup runs; a
 * finalizer that brings obj back does not bring its handle back. NULL for NULL.
 * Small objects without pointers may share a slot and die together.
 * Caller: G-.
 */
typedef struct gort_weak gort_weak;
gort_weak *gort_weak_make(void *obj);
void *gort_weak_get(const gort_weak *w);
/* obj is reachable at least until here. */
#define gort_keepalive(obj) __asm__ volatile("" : : "g"(obj) : "memory")
/* A full collection, sweep included; returns when it is done. Caller: G. */
void gort_gc(void);
/* GOGC: returns the old value; < 0 switches collection off. Caller: G. */
int gort_set_gc_percent(int percent);
/* GOMEMLIMIT in bytes: returns the old one; < 0 only asks. Caller: G. */
int64_t gort_set_memory_limit(int64_t bytes);

typedef struct gort_memstats { /* bytes unless said otherwise */
	uint64_t alloc;        /* live and not yet swept objects */
	uint64_t total_alloc;  /* ever */
	uint64_t sys;          /* from the system, all in all */
	uint64_t mallocs, frees; /* objects, ever */
	uint64_t heap_sys, heap_inuse, heap_idle, heap_released;
	uint64_t heap_objects; /* number */
	uint64_t stack_inuse;
	uint64_t next_gc;        /* heap size that starts the next cycle */
	uint64_t pause_total_ns;
	uint32_t num_gc, num_forced_gc; /* cycles */
} gort_memstats;
/* Exact; stops the world for a moment. Caller: G. */
void gort_read_memstats(gort_memstats *ret);

/* ---- strings and slices: values; bytes are shared, never changed ----------- */

/* A literal as gort_str. */
#ifdef __cplusplus
#define GORT_STR(lit) (gort_str{ (lit), (ssize_t)sizeof(lit) - 1 })
#else
#define GORT_STR(lit) ((gort_str){ (lit), (ssize_t)sizeof(lit) - 1 })
#endif
/* Borrow a C string: valid as long as s is. NULL: empty. Caller: ANY. */
gort_str gort_str_of(const char *s);
/* Collected copies. Caller: G. */
gort_str gort_str_copy(const void *p, ssize_t n);
gort_str gort_str_cat(gort_str a, gort_str b);
gort_str gort_strf(const char *fmt, ...) GORT_PRINTF(1, 2);
/* A NUL-terminated collected copy. Caller: G. */
char *gort_cstr(gort_str s);
/* s[lo:hi], sharing; panics as Go does when out of range. Caller: G-. */
gort_str gort_str_sub(gort_str s, ssize_t lo, ssize_t hi);
bool gort_str_eq(gort_str a, gort_str b); /* ANY */
int gort_str_cmp(gort_str a, gort_str b); /* <0 0 >0, by bytes; ANY */

/* Zeroed slice of n elements with room for cap. Panics: "makeslice: len out
 * of range", "makeslice: cap out of range". Caller: G. */
gort_slice gort_slice_make(const gort_type *t, ssize_t n, ssize_t cap);
/* s with n elements of t at src behind it: in place when there is room, else
 * in a larger copy; use the result only. s.p NULL is an empty slice. G. */
gort_slice gort_append(const gort_type *t, gort_slice s, const void *src,
    ssize_t n);
/* s[lo:hi], hi up to cap; panics when out of range. Caller: G-. */
gort_slice gort_slice_sub(const gort_type *t, gort_slice s, ssize_t lo,
    ssize_t hi);
/* Returns i, or panics: "index out of range [i] with length n". G-. */
ssize_t gort_index(ssize_t i, ssize_t n);
/* Element i as an lvalue of type T, checked. */
#define GORT_AT(T, s, i) (((T *)(s).p)[gort_index((i), (s).n)])

/* ---- panic, defer, recover -------------------------------------------------- */

/*
 * A panic leaves the functions it passes without returning into them: like
 * longjmp it runs no cleanup but the deferred functions. So pair what must be
 * undone with gort_defer, inside a gort_protect (or in the goroutine's first
 * function):
 *
 *	static void
 *	work(void *arg)
 *	{
 *		gort_mutex_lock(&m);
 *		gort_defer(unlock, &m);
 *		...                    (may panic)
 *	}
 *	...
 *	gort_protect(work, arg);       (m is unlocked here, panic or not)
 *
 * gort_defer: fn(arg) runs when the innermost gort_protect that is running
 * ends, or the goroutine; last deferred first; by return, panic or goexit.
 * gort_protect runs body(arg), then what was deferred in it; returns true when
 * body returned, false when a panic ended it and a deferred function called
 * gort_recover. gort_recover, in a function deferred in the protect that the
 * panic is leaving, stops the panic: returns true and fills *ret (may be
 * NULL); false when there is no panic. gort_try is protect with a recover of
 * everything: true when body returned, else false and *ret (may be NULL).
 * Local variables of the caller that body changes through arg keep their
 * values: there is no setjmp in the caller's frame. Caller: G.
 */
enum gort_panic_kind {
	GORT_PANIC_TEXT,    /* gort_panic, gort_panicf: text */
	GORT_PANIC_INT,     /* gort_panic_int: num */
	GORT_PANIC_POINTER, /* gort_panic_pointer: ptr */
	GORT_PANIC_ERROR,   /* gort_panic_error: text */
	GORT_PANIC_RUNTIME, /* nil pointer, index, closed channel ...: text */
};
typedef struct gort_panic_info {
	enum gort_panic_kind kind;
	const char *text; /* NUL-terminated; collected or static; may be NULL */
	intptr_t num;
	void *ptr;
} gort_panic_info;

void gort_defer(void (*fn)(void *arg), void *arg);
bool gort_protect(void (*body)(void *arg), void *arg);
bool gort_recover(gort_panic_info *ret);
bool gort_try(void (*body)(void *arg), void *arg, gort_panic_info *ret);
/* text is copied. Caller: G. */
void gort_panic(const char *text) GORT_NORETURN;
void gort_panicf(const char *fmt, ...) GORT_PRINTF(1, 2) GORT_NORETURN;
void gort_panic_error(const char *text) GORT_NORETURN;
void gort_panic_int(intptr_t num) GORT_NORETURN;
void gort_panic_pointer(void *ptr) GORT_NORETURN; /* the rest of a recover */
/* End the process: "fatal error: text", all goroutines, exit 2. Caller: G. */
void gort_fatal(const char *text) GORT_NORETURN;

/* ---- signals ------------------------------------------------------------------ */

/*
 * Send each of the signals, as an int, into c (elements of sizeof(int)) when
 * it comes; dropped when c has no room, so give it some. The list ends with
 * 0: gort_notify(c, SIGINT, SIGTERM, 0). Several channels may ask for one
 * signal. While a channel asks, the signal does not end the process. 0,
 * -EINVAL (no such signal, or one that can't be had: SIGKILL, SIGSTOP, those of
 * faults; or c's elements are no ints). stop: c gets nothing any more. Caller:
 * G.
 */
int gort_notify(gort_chan *c, ...);
void gort_notify_stop(gort_chan *c);

/* ---- packages ------------------------------------------------------------------- */

struct gort_package {
	const char *name;
	void (*init)(void);
	const char *const *imports; /* NULL-terminated names */
	size_t spare;               /* 32 bytes, so that an array is dense */
};

/*
 * GORT_PACKAGE(name, import, ...) at file scope registers a package with
 * initialiser `static void name_init(void)`. Before gort_main each initialiser
 * runs once, on goroutine 1, after those of its imports (0 to 16; bare names
 * as here); an import that nobody registered, or a cycle, ends the program by
 * name.
 */
#define GORT_PACKAGE(...)                                                      \
	GORT__CAT(GORT__P, GORT__N(__VA_ARGS__))(__VA_ARGS__)

/* ---- chance ----------------------------------------------------------------------- */

/* Not for secrets; the source that a replay can repeat. Caller: G-. */
uint64_t gort_rand64(void);
uint32_t gort_randn(uint32_t n); /* [0, n); n == 0: 0; G- */

/* ---- below: how the macros are made ------------------------------------------------ */

#define GORT__CAT(a, b) GORT__CAT_(a, b)
#define GORT__CAT_(a, b) a##b
#define GORT__N(...)                                                           \
	GORT__N_(__VA_ARGS__, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5,  \
	    4, 3, 2, 1, 0)
#define GORT__N_(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, N, ...) N

#ifdef __cplusplus
#define GORT__ASSERT(c, t) static_assert(c, t)
#define GORT__ALIGNOF(T) alignof(T)
#else
#define GORT__ASSERT(c, t) _Static_assert(c, t)
#define GORT__ALIGNOF(T) _Alignof(T)
#endif

/* The bit of member m of T. A member that is out of reach or not aligned
 * makes an array of negative size. */
#define GORT__BIT(T, m)                                                        \
	((UINT64_C(1) << (offsetof(T, m) / 8 % 64)) *                          \
	    sizeof(char[offsetof(T, m) < 512 && offsetof(T, m) % 8 == 0 ? 1    \
	                                                                : -1]))

#define GORT__TYPE(name, T, bits)                                              \
	GORT__ASSERT(sizeof(T) > 0, "an empty type has no descriptor");        \
	static const uint64_t name##_gcbits = (bits);                          \
	static const gort_str name##_str = { #T, sizeof(#T) - 1 };             \
	extern const struct gort_type name;                                    \
	const struct gort_type name = {                                        \
		sizeof(T),                                                     \
		(bits) ? 8 * (64 - (uintptr_t)__builtin_clzll((bits) | 1)) : 0, \
		(uint32_t)(((bits) + sizeof(T)) * UINT64_C(0x9e3779b1)) ^      \
		    __LINE__,                                                  \
		0,                                                             \
		GORT__ALIGNOF(T),                                              \
		GORT__ALIGNOF(T),                                              \
		(uint8_t)(25 | ((bits) ? 0 : 0x80)),                           \
		NULL,                                                          \
		(const uint8_t *)&name##_gcbits,                               \
		&name##_str,                                                   \
		NULL,                                                          \
		NULL,                                                          \
	};                                                                     \
	static const struct gort_type *const name##_link                       \
	    __attribute__((section("gort_types"), used)) = &name

#define GORT__PKG(pkg, ...)                                                    \
	static void pkg##_init(void);                                          \
	static const char *const pkg##_imports[] = { __VA_ARGS__ };            \
	static const struct gort_package pkg##_package                         \
	    __attribute__((section("gort_packages"), used,                     \
	        aligned(8))) = { #pkg, pkg##_init, pkg##_imports, 0 }

/* clang-format off: one line for each number of arguments */
#define GORT__B1(T, a) GORT__BIT(T, a)
#define GORT__B2(T, a, ...) (GORT__BIT(T, a) | GORT__B1(T, __VA_ARGS__))
#define GORT__B3(T, a, ...) (GORT__BIT(T, a) | GORT__B2(T, __VA_ARGS__))
#define GORT__B4(T, a, ...) (GORT__BIT(T, a) | GORT__B3(T, __VA_ARGS__))
#define GORT__B5(T, a, ...) (GORT__BIT(T, a) | GORT__B4(T, __VA_ARGS__))
#define GORT__B6(T, a, ...) (GORT__BIT(T, a) | GORT__B5(T, __VA_ARGS__))
#define GORT__B7(T, a, ...) (GORT__BIT(T, a) | GORT__B6(T, __VA_ARGS__))
#define GORT__B8(T, a, ...) (GORT__BIT(T, a) | GORT__B7(T, __VA_ARGS__))
#define GORT__B9(T, a, ...) (GORT__BIT(T, a) | GORT__B8(T, __VA_ARGS__))
#define GORT__B10(T, a, ...) (GORT__BIT(T, a) | GORT__B9(T, __VA_ARGS__))
#define GORT__B11(T, a, ...) (GORT__BIT(T, a) | GORT__B10(T, __VA_ARGS__))
#define GORT__B12(T, a, ...) (GORT__BIT(T, a) | GORT__B11(T, __VA_ARGS__))
#define GORT__B13(T, a, ...) (GORT__BIT(T, a) | GORT__B12(T, __VA_ARGS__))
#define GORT__B14(T, a, ...) (GORT__BIT(T, a) | GORT__B13(T, __VA_ARGS__))
#define GORT__B15(T, a, ...) (GORT__BIT(T, a) | GORT__B14(T, __VA_ARGS__))
#define GORT__B16(T, a, ...) (GORT__BIT(T, a) | GORT__B15(T, __VA_ARGS__))
#define GORT__T2(name, T, ...) GORT__TYPE(name, T, (GORT__B1(T, __VA_ARGS__)))
#define GORT__T3(name, T, ...) GORT__TYPE(name, T, (GORT__B2(T, __VA_ARGS__)))
#define GORT__T4(name, T, ...) GORT__TYPE(name, T, (GORT__B3(T, __VA_ARGS__)))
#define GORT__T5(name, T, ...) GORT__TYPE(name, T, (GORT__B4(T, __VA_ARGS__)))
#define GORT__T6(name, T, ...) GORT__TYPE(name, T, (GORT__B5(T, __VA_ARGS__)))
#define GORT__T7(name, T, ...) GORT__TYPE(name, T, (GORT__B6(T, __VA_ARGS__)))
#define GORT__T8(name, T, ...) GORT__TYPE(name, T, (GORT__B7(T, __VA_ARGS__)))
#define GORT__T9(name, T, ...) GORT__TYPE(name, T, (GORT__B8(T, __VA_ARGS__)))
#define GORT__T10(name, T, ...) GORT__TYPE(name, T, (GORT__B9(T, __VA_ARGS__)))
#define GORT__T11(name, T, ...) GORT__TYPE(name, T, (GORT__B10(T, __VA_ARGS__)))
#define GORT__T12(name, T, ...) GORT__TYPE(name, T, (GORT__B11(T, __VA_ARGS__)))
#define GORT__T13(name, T, ...) GORT__TYPE(name, T, (GORT__B12(T, __VA_ARGS__)))
#define GORT__T14(name, T, ...) GORT__TYPE(name, T, (GORT__B13(T, __VA_ARGS__)))
#define GORT__T15(name, T, ...) GORT__TYPE(name, T, (GORT__B14(T, __VA_ARGS__)))
#define GORT__T16(name, T, ...) GORT__TYPE(name, T, (GORT__B15(T, __VA_ARGS__)))
#define GORT__T17(name, T, ...) GORT__TYPE(name, T, (GORT__B16(T, __VA_ARGS__)))
#define GORT__S1(a) #a
#define GORT__S2(a, ...) #a, GORT__S1(__VA_ARGS__)
#define GORT__S3(a, ...) #a, GORT__S2(__VA_ARGS__)
#define GORT__S4(a, ...) #a, GORT__S3(__VA_ARGS__)
#define GORT__S5(a, ...) #a, GORT__S4(__VA_ARGS__)
#define GORT__S6(a, ...) #a, GORT__S5(__VA_ARGS__)
#define GORT__S7(a, ...) #a, GORT__S6(__VA_ARGS__)
#define GORT__S8(a, ...) #a, GORT__S7(__VA_ARGS__)
#define GORT__S9(a, ...) #a, GORT__S8(__VA_ARGS__)
#define GORT__S10(a, ...) #a, GORT__S9(__VA_ARGS__)
#define GORT__S11(a, ...) #a, GORT__S10(__VA_ARGS__)
#define GORT__S12(a, ...) #a, GORT__S11(__VA_ARGS__)
#define GORT__S13(a, ...) #a, GORT__S12(__VA_ARGS__)
#define GORT__S14(a, ...) #a, GORT__S13(__VA_ARGS__)
#define GORT__S15(a, ...) #a, GORT__S14(__VA_ARGS__)
#define GORT__S16(a, ...) #a, GORT__S15(__VA_ARGS__)
#define GORT__P1(pkg) GORT__PKG(pkg, NULL)
#define GORT__P2(pkg, ...) GORT__PKG(pkg, GORT__S1(__VA_ARGS__), NULL)
#define GORT__P3(pkg, ...) GORT__PKG(pkg, GORT__S2(__VA_ARGS__), NULL)
#define GORT__P4(pkg, ...) GORT__PKG(pkg, GORT__S3(__VA_ARGS__), NULL)
#define GORT__P5(pkg, ...) GORT__PKG(pkg, GORT__S4(__VA_ARGS__), NULL)
#define GORT__P6(pkg, ...) GORT__PKG(pkg, GORT__S5(__VA_ARGS__), NULL)
#define GORT__P7(pkg, ...) GORT__PKG(pkg, GORT__S6(__VA_ARGS__), NULL)
#define GORT__P8(pkg, ...) GORT__PKG(pkg, GORT__S7(__VA_ARGS__), NULL)
#define GORT__P9(pkg, ...) GORT__PKG(pkg, GORT__S8(__VA_ARGS__), NULL)
#define GORT__P10(pkg, ...) GORT__PKG(pkg, GORT__S9(__VA_ARGS__), NULL)
#define GORT__P11(pkg, ...) GORT__PKG(pkg, GORT__S10(__VA_ARGS__), NULL)
#define GORT__P12(pkg, ...) GORT__PKG(pkg, GORT__S11(__VA_ARGS__), NULL)
#define GORT__P13(pkg, ...) GORT__PKG(pkg, GORT__S12(__VA_ARGS__), NULL)
#define GORT__P14(pkg, ...) GORT__PKG(pkg, GORT__S13(__VA_ARGS__), NULL)
#define GORT__P15(pkg, ...) GORT__PKG(pkg, GORT__S14(__VA_ARGS__), NULL)
#define GORT__P16(pkg, ...) GORT__PKG(pkg, GORT__S15(__VA_ARGS__), NULL)
#define GORT__P17(pkg, ...) GORT__PKG(pkg, GORT__S16(__VA_ARGS__), NULL)
/* clang-format on */

#ifdef __cplusplus
}
#endif

#endif
