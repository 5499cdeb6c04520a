/*
 * crash.c - one flag for each way to die, to see what is said of it.
 *
 *	gortctl run examples/crash --nil; echo $?
 *	gortctl run -d --name c examples/crash --deadlock; gortctl why c
 *
 * Each way ends in Go's words and with Go's exit code. Without a flag it says
 * so and leaves 0. --goroutine makes the death happen in a goroutine of its
 * own, three calls deep, so that the traceback has something to show.
 */
#include <gort.h>

#include <argp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
die_panic(void)
{
	gort_panic("boom");
}

static void
die_error(void)
{
	gort_panic_error("open /nowhere: no such file or directory");
}

static void
die_int(void)
{
	gort_panic_int(42);
}

static void
die_nil(void)
{
	volatile int *volatile p = NULL;

	*p = 1;
}

static void
die_wild(void)
{
	volatile int *volatile p = (int *)0xdeadbeef000;

	*p = 1;
}

static void
die_divide(void)
{
	volatile int zero = 0;

	printf("%d\n", 100 / zero);
}

static void
die_index(void)
{
	gort_index(5, 0);
}

static void
die_deadlock(void)
{
	gort_recv(gort_chan_make(1, 0), NULL);
}

static void
die_goexit(void)
{
	gort_goexit();
}

static void
die_send_closed(void)
{
	gort_chan *c = gort_chan_make(1, 1);

	gort_chan_close(c);
	gort_send(c, "x");
}

static void
die_close_nil(void)
{
	gort_chan_close(NULL);
}

static void
die_close_twice(void)
{
	gort_chan *c = gort_chan_make(1, 1);

	gort_chan_close(c);
	gort_chan_close(c);
}

static void
die_unlock(void)
{
	gort_mutex m = { 0, 0 };

	gort_mutex_unlock(&m);
}

static void
die_waitgroup(void)
{
	gort_waitgroup wg = { 0, 0, 0 };

	gort_waitgroup_done(&wg);
}

static void
die_fatal(void)
{
	gort_fatal("the program gives up");
}

/* Deep, not endless: a compiler may reason about endless recursion. */
static int __attribute__((noinline))
dig(volatile char *above, int depth)
{
	volatile char here[512];

	here[0] = above ? above[0] : 1;
	if (depth == 0)
		return 0;
	return dig(here, depth - 1) + here[0];
}

static void
die_overflow(void)
{
	printf("%d\n", dig(NULL, 1000000));
}

static void
die_oom(void)
{
	gort_slice all = { NULL, 0, 0 };
	size_t piece = (size_t)1 << 30;

	for (;; piece *= 2) {
		void *p = gort_alloc(piece);

		all = gort_append(&gort_type_pointer, all, &p, 1);
	}
}

static void
again(void *arg)
{
	(void)arg;
	if (gort_recover(NULL))
		gort_panic("again: first");
}

static void
first(void *arg)
{
	(void)arg;
	gort_defer(again, NULL);
	gort_panic("first");
}

static void
die_repanic(void)
{
	gort_protect(first, NULL);
}

static void
body_recovered(void *arg)
{
	(void)arg;
	die_nil();
}

static void
die_recovered(void)
{
	gort_panic_info info;

	if (!gort_try(body_recovered, NULL, &info))
		printf("recovered: %s\n", info.text);
	exit(0);
}

static void
die_abort(void)
{
	abort();
}

static void
die_quit(void)
{
	raise(SIGQUIT);
	gort_sleep(10 * GORT_SEC);
}

static void
die_term(void)
{
	raise(SIGTERM);
	gort_sleep(10 * GORT_SEC);
}

static void
die_exit(void)
{
	gort_exit(7);
}

/* clang-format off */
static const struct way {
	const char *name, *doc;
	void (*die)(void);
} ways[] = {
	{ "panic", "panic with a text: exit 2", die_panic },
	{ "error", "panic with an error: exit 2", die_error },
	{ "int", "panic with a number: exit 2", die_int },
	{ "nil", "nil pointer dereference, a panic: exit 2", die_nil },
	{ "wild", "a fault elsewhere, a fatal error: exit 2", die_wild },
	{ "divide", "integer divide by zero: exit 2", die_divide },
	{ "index", "index out of range: exit 2", die_index },
	{ "deadlock", "everybody waits for ever: exit 2", die_deadlock },
	{ "goexit", "the last goroutine leaves: exit 2", die_goexit },
	{ "send-closed", "send on a closed channel: exit 2", die_send_closed },
	{ "close-nil", "close of a nil channel: exit 2", die_close_nil },
	{ "close-twice", "close of a closed channel: exit 2", die_close_twice },
	{ "unlock", "unlock of an unlocked mutex, fatal: exit 2", die_unlock },
	{ "waitgroup", "negative wait group counter: exit 2", die_waitgroup },
	{ "fatal", "the program's own fatal error: exit 2", die_fatal },
	{ "overflow", "the goroutine's stack is used up: exit 2", die_overflow },
	{ "oom", "no memory is left: exit 2", die_oom },
	{ "repanic", "recover, then panic again: exit 2", die_repanic },
	{ "recovered", "a panic that is recovered: exit 0", die_recovered },
	{ "abort", "libc's abort, SIGABRT: exit 2", die_abort },
	{ "quit", "SIGQUIT, the dump of everything: exit 2", die_quit },
	{ "term", "SIGTERM without a handler: signal 15", die_term },
	{ "exit", "an ordinary exit with code 7", die_exit },
};
/* clang-format on */
#define WAYS (sizeof(ways) / sizeof(ways[0]))
#define KEY_WAY 1000

static struct argp_option option_table[WAYS + 2];
static const struct way *chosen;
static bool in_goroutine;

static error_t
option(int key, char *arg, struct argp_state *st)
{
	if (key == 'g') {
		in_goroutine = true;
	} else if (key >= KEY_WAY && key < KEY_WAY + (int)WAYS) {
		if (chosen != NULL)
			argp_error(st, "one dies only once");
		chosen = &ways[key - KEY_WAY];
	} else if (key == ARGP_KEY_ARG) {
		argp_error(st, "what is '%s'?", arg);
	} else {
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static void __attribute__((noinline))
deeper(void)
{
	chosen->die();
	__asm__ volatile(""); /* no sibling call: the frame stays */
}

static void
goroutine(void *arg)
{
	deeper();
	gort_chan_close(arg);
}

int
gort_main(int argc, char **argv)
{
	struct argp arguments = { option_table, option, "",
		"Die in one of many ways.", NULL, NULL, NULL };

	for (size_t i = 0; i < WAYS; i++)
		option_table[i] = (struct argp_option){ ways[i].name,
			KEY_WAY + (int)i, NULL, 0, ways[i].doc, 1 };
	option_table[WAYS] = (struct argp_option){ "goroutine", 'g', NULL, 0,
		"in a goroutine of its own", 2 };
	argp_err_exit_status = 2;
	argp_parse(&arguments, argc, argv, 0, NULL, NULL);
	if (chosen == NULL) {
		printf("crash: alive; --help lists the ways to die\n");
		return 0;
	}
	fflush(stdout);
	if (in_goroutine) {
		gort_chan *done = gort_chan_make(1, 0);

		gort_go(goroutine, done);
		gort_recv(done, NULL);
	} else {
		deeper();
	}
	return 0;
}
