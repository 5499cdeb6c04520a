/*
 * die.c - one way to end for each name; tests/prog/run.sh knows the last words.
 *
 * Written against gort.h, as a stranger would write it; only what breaks the
 * runtime reaches inside. Names of functions appear in the expected tracebacks,
 * so they are not inlined.
 */
#include "gort.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The runtime's: gort.h has no way to lower the limit, nor to panic with a
 * text that is not copied, nor to see what another goroutine does. */
void rt_set_max_threads(int32_t n, int32_t *ret_old);
void rt_panic_str(const char *text) GORT_NORETURN;
size_t rt_schedtrace_text(bool detail, char *buf, size_t cap);

/* What breaks the runtime: die_inside.c. */
void die_break_ask(void);
void die_break_m(void);
void die_break_m_of(void (*startfn)(void *));
uintptr_t die_sp_of(void (*startfn)(void *));
void die_print_lock(void);

#define HOUR_NS 3600000000000

#define NOINLINE __attribute__((noinline))

static volatile int zero;
static int *volatile nil;

NOINLINE static void
boom(void)
{
	gort_panic("boom");
}

static int
panic_text(void)
{
	boom();
	return 0;
}

static int
panic_int(void)
{
	gort_panic_int(42);
}

static int
panic_error(void)
{
	gort_panic_error("it went wrong");
}

static int
panic_pointer(void)
{
	gort_panic_pointer((void *)0x1234);
}

static int
panic_index(void)
{
	gort_index(5 + zero, zero);
	return 0;
}

static int
panic_index_negative(void)
{
	gort_index(-1 + zero, 3);
	return 0;
}

NOINLINE static int
read_through(volatile int *p)
{
	return *p + 1;
}

static int
nil_fault(void)
{
	return read_through(nil);
}

/* An address that no sanitizer's shadow covers either. */
static int
wild_fault(void)
{
	return read_through((int *)0x5eadbeef0000);
}

static int
nil_call(void)
{
	void (*volatile fn)(void) = NULL;

	fn();
	return 1;
}

NOINLINE static int
divide(int a, int b)
{
	return a / b;
}

static int
division(void)
{
	volatile int q = divide(zero + 7, zero);

	return q;
}

static int
closed_send(void)
{
	gort_chan *c = gort_chan_make(sizeof(int), 1);
	int v = 1;

	gort_chan_close(c);
	gort_send(c, &v);
	return 0;
}

static int
closed_close(void)
{
	gort_chan *c = gort_chan_make(sizeof(int), 1);

	gort_chan_close(c);
	gort_chan_close(c);
	return 0;
}

static int
nil_close(void)
{
	gort_chan_close(NULL);
	return 0;
}

static int
deadlock(void)
{
	gort_chan *c = gort_chan_make(sizeof(int), 0);
	int v;

	gort_recv(c, &v);
	return 0;
}

static void
wait_for_ever(void *arg)
{
	int v;

	gort_recv(arg, &v);
}

/* Goroutine 1 and two others, each asleep for another reason. */
static int
all_asleep(void)
{
	gort_chan *c = gort_chan_make(sizeof(int), 0);
	gort_waitgroup *wg = gort_alloc(sizeof(*wg));

	gort_go(wait_for_ever, c);
	gort_go(wait_for_ever, NULL);
	gort_waitgroup_add(wg, 1);
	gort_waitgroup_wait(wg);
	return 0;
}

static int
main_goexit(void)
{
	gort_goexit();
}

static int
unlock_unlocked(void)
{
	gort_mutex m = { 0 };

	gort_mutex_unlock(&m);
	return 0;
}

static int
fatal(void)
{
	gort_fatal("no more of this");
}

/* ---- panics in panics ---- */

static void
panic_again(void *arg)
{
	gort_panic(arg);
}

static void
panic_first(void *arg)
{
	gort_defer(panic_again, "second");
	gort_panic("first");
}

static int
double_panic(void)
{
	gort_protect(panic_first, NULL);
	return 0;
}

static void
recover_and_panic(void *arg)
{
	gort_recover(NULL);
	gort_panic("again");
}

static void
panic_repanicked(void *arg)
{
	gort_defer(recover_and_panic, NULL);
	gort_panic("first");
}

static int
repanic(void)
{
	gort_protect(panic_repanicked, NULL);
	return 0;
}

static void
recover_it(void *arg)
{
	gort_panic_info i;

	if (gort_recover(&i))
		printf("recovered: %s\n", i.text);
}

static void
panic_nil(void *arg)
{
	gort_defer(recover_it, NULL);
	nil_fault();
}

static int
recovered(void)
{
	bool whole = gort_protect(panic_nil, NULL);

	printf("whole: %d\n", whole);
	return 7;
}

static int
recovered_in_main(void)
{
	gort_defer(recover_it, NULL);
	boom();
	return 9;
}

static void
say(void *text)
{
	puts(text);
}

static int
deferred_in_main(void)
{
	gort_defer(say, "deferred");
	puts("body");
	return 3;
}

/* A recovered fault leaves no trace in a later panic. */
static int
fault_then_panic(void)
{
	gort_protect(panic_nil, NULL);
	boom();
	return 0;
}

/* ---- stacks ---- */

NOINLINE static int
deeper(int n)
{
	volatile char pad[200];

	pad[0] = (char)n;
	return n <= 0 ? pad[0] : deeper(n - 1) + pad[0];
}

static int
stack_overflow(void)
{
	return deeper(1 << 30);
}

NOINLINE static int
panic_at_depth(int n)
{
	volatile int keep = n;

	if (keep == 0)
		gort_panic("deep");
	if (keep > 0) /* always; but gcc would see endless recursion */
		keep += panic_at_depth(n - 1);
	return keep;
}

static int
deep_panic(void)
{
	return panic_at_depth(150);
}

static void
panic_in_goroutine(void *arg)
{
	boom();
}

static int
goroutine_panic(void)
{
	gort_go(panic_in_goroutine, NULL);
	gort_sleep(HOUR_NS);
	return 0;
}

/* Three generations. */
static void
grandchild(void *arg)
{
	boom();
}

NOINLINE static void
has_a_child(void)
{
	gort_go(grandchild, NULL);
	gort_sleep(HOUR_NS);
}

static void
child(void *arg)
{
	has_a_child();
	__asm__ volatile("");
}

static int
ancestors(void)
{
	gort_go(child, NULL);
	gort_sleep(HOUR_NS);
	return 0;
}

/* Goroutine 1 waits, another panics: GOTRACEBACK decides who is shown. */
static void
sleeper(void *arg)
{
	gort_sleep(HOUR_NS);
	__asm__ volatile(""); /* no tail call: we show up in stacks */
}

/* Until so many goroutines wait like that, however busy the machine is. */
static void
wait_for(int n, const char *what)
{
	static char text[65536];
	int have;

	do {
		gort_yield();
		text[rt_schedtrace_text(true, text, sizeof(text) - 1)] = '\0';
		have = 0;
		for (char *p = text; (p = strstr(p, what)) != NULL; p++)
			have++;
	} while (have < n);
}

static void
go_to_sleep(void)
{
	gort_go(sleeper, NULL);
	wait_for(1, ": status=4(sleep)");
}

static int
panic_with_others(void)
{
	go_to_sleep();
	boom();
	return 0;
}

/* ---- signals ---- */

static int
send_self(int sig)
{
	go_to_sleep();
	kill(getpid(), sig);
	gort_sleep(HOUR_NS);
	return 0;
}

static int
sigquit(void)
{
	return send_self(SIGQUIT);
}

static int
sigterm(void)
{
	return send_self(SIGTERM);
}

static int
sigabrt(void)
{
	return send_self(SIGABRT);
}

static int
sigsegv_from_outside(void)
{
	return send_self(SIGSEGV);
}

/* Runs on its own processor and calls nothing. */
static _Atomic bool spinning;

NOINLINE static void
spin(void)
{
	spinning = true;
	while (zero == 0)
		;
}

static void
spinner(void *arg)
{
	spin();
	__asm__ volatile("");
}

static void
go_spin(void)
{
	gort_go(spinner, NULL);
	while (!spinning)
		gort_yield();
}

static int
panic_while_another_runs(void)
{
	go_spin();
	boom();
	return 0;
}

static int
quit_while_another_runs(void)
{
	go_spin();
	kill(getpid(), SIGQUIT);
	gort_sleep(HOUR_NS);
	return 0;
}

/* ---- signals inside of what is not prepared for them ---- */

/* A handler of the program's own that faults, on the thread's signal stack. */
NOINLINE static void
bad_handler(int sig)
{
	*(volatile int *)(intptr_t)zero = sig;
}

static int
crash_in_handler(void)
{
	struct sigaction sa = { .sa_handler = bad_handler,
		.sa_flags = SA_ONSTACK };

	sigaction(SIGUSR1, &sa, NULL);
	raise(SIGUSR1);
	return 0;
}

/* The runtime's own handler faults. */
static int
crash_in_runtime_handler(void)
{
	die_break_ask();
	raise(SIGURG);
	return 0;
}

/* So broken that the handler can't even begin. */
static int
crash_without_thread(void)
{
	die_break_m();
	return read_through(nil);
}

/* The stack pointer points nowhere. */
static int
bad_stack_pointer(void)
{
	__asm__ volatile("movq $0x5eadbeef0000, %rsp\n\tpushq %rax");
	return 0;
}

/* It points into another goroutine's stack, which is not to be believed. */
static int
foreign_stack_pointer(void)
{
	go_to_sleep();
	__asm__ volatile("movq %0, %%rsp\n\tmovq $0, (16)"
	                 :
	                 : "r"(die_sp_of(sleeper)));
	return 0;
}

/* A goroutine that the report comes by after the first can't be read. */
static int
crash_in_traceback(void)
{
	go_to_sleep();
	die_break_m_of(sleeper);
	boom();
	return 0;
}

/* Another thread has the print lock and never gives it back. */
static void
print_for_ever(void *arg)
{
	die_print_lock();
	spin();
}

static int
print_lock_held(void)
{
	gort_go(print_for_ever, NULL);
	while (!spinning)
		gort_yield();
	boom();
	return 0;
}

/* A child sends it as soon as we are where it should find us. */
static int told[2];

static void
sigquit_soon(void)
{
	pid_t me = getpid();
	char c;

	if (pipe(told) == 0 && fork() == 0) {
		if (read(told[0], &c, 1) == 1)
			kill(me, SIGQUIT);
		_exit(0);
	}
}

static void
now(void)
{
	if (write(told[1], "", 1) != 1)
		_exit(99);
}

/* The signal hits code of libc. */
static int
sigquit_in_libc(void)
{
	char *p = malloc(1 << 20);

	sigquit_soon();
	memset(p, zero, 1 << 20);
	for (now(); zero == 0;)
		memset(p, zero, 1 << 20);
	return 0;
}

/* The signal hits, most likely, malloc with its lock held. */
NOINLINE static int
sigquit_in_malloc(void)
{
	void *volatile p[64];

	sigquit_soon();
	for (now(); zero == 0;) {
		for (int i = 0; i < 64; i++)
			p[i] = malloc(3000 + 2000 * (size_t)i);
		for (int i = 0; i < 64; i++)
			free(p[i]);
	}
	return 0;
}

static void
pass_on(void *arg)
{
	int v = 0;

	while (gort_recv(arg, &v))
		gort_send(arg, &v);
}

/* The other threads are anywhere in the scheduler, or in a sanitizer. */
static int
sigquit_in_scheduler(void)
{
	int v = 0;

	for (int i = 0; i < 8; i++) {
		gort_chan *c = gort_chan_make(sizeof(int), 0);

		gort_go(pass_on, c);
		gort_go(pass_on, c);
		gort_send(c, &v);
	}
	sigquit_soon();
	for (now(); zero == 0;)
		gort_yield();
	return 0;
}

static void
lock_thread_and_wait(void *arg)
{
	gort_lock_os_thread();
	wait_for_ever(arg);
}

static int
thread_limit(void)
{
	gort_chan *c = gort_chan_make(sizeof(int), 0);
	int32_t old;

	rt_set_max_threads(8, &old);
	for (int i = 0; i < 32; i++)
		gort_go(lock_thread_and_wait, c);
	gort_sleep(HOUR_NS);
	return 0;
}

static void
panic_now(void *arg)
{
	gort_chan *c = arg;
	int v;

	gort_recv(c, &v);
	gort_panic("one of two");
}

static int
two_panics(void)
{
	gort_chan *c = gort_chan_make(sizeof(int), 0);

	gort_go(panic_now, c);
	gort_go(panic_now, c);
	wait_for(2, ": status=4(chan receive)");
	gort_chan_close(c);
	gort_sleep(HOUR_NS);
	return 0;
}

/* The panic's own text can't be read: a fault inside the report. */
static int
crash_in_crash(void)
{
	rt_panic_str((const char *)16);
}

/* malloc ends the process when it is used: no lines, but a whole dump. */
static int
broken_heap(void)
{
	size_t *p = malloc(24);

	__asm__ volatile("" : "+r"(p)); /* gcc must not see what we do */
	p[3] = 1; /* glibc: the size of what lies behind */
	boom();
	return 0;
}

#define WAY(name) { #name, name }
static const struct {
	const char *name;
	int (*fn)(void);
} ways[] = {
	WAY(panic_text), WAY(panic_int), WAY(panic_error), WAY(panic_pointer),
	WAY(panic_index), WAY(panic_index_negative), WAY(nil_fault),
	WAY(wild_fault), WAY(nil_call), WAY(division), WAY(closed_send),
	WAY(closed_close), WAY(nil_close), WAY(deadlock), WAY(all_asleep),
	WAY(main_goexit), WAY(unlock_unlocked), WAY(fatal), WAY(double_panic),
	WAY(repanic), WAY(recovered), WAY(recovered_in_main),
	WAY(deferred_in_main), WAY(fault_then_panic), WAY(stack_overflow),
	WAY(deep_panic), WAY(goroutine_panic), WAY(panic_with_others),
	WAY(sigquit), WAY(sigterm), WAY(sigabrt), WAY(sigsegv_from_outside),
	WAY(sigquit_in_libc), WAY(sigquit_in_malloc),
	WAY(sigquit_in_scheduler), WAY(thread_limit),
	WAY(two_panics), WAY(crash_in_crash), WAY(broken_heap),
	WAY(panic_while_another_runs), WAY(quit_while_another_runs),
	WAY(crash_in_handler), WAY(crash_in_runtime_handler),
	WAY(crash_without_thread), WAY(bad_stack_pointer),
	WAY(foreign_stack_pointer), WAY(crash_in_traceback),
	WAY(print_lock_held), WAY(ancestors),
};

int
gort_main(int argc, char **argv)
{
	volatile int code;

	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		if (argc == 2 && strcmp(argv[1], ways[i].name) == 0) {
			code = ways[i].fn();
			return code; /* no tail call: main shows up in stacks */
		}
	fprintf(stderr, "die: which way? see the table in die.c\n");
	return 1;
}
