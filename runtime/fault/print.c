/*
 * print.c - printing when nothing else may be relied on.
 *
 * Everything the runtime says goes to descriptor 2 through here: no stdio, no
 * allocation, no lock but the print lock, so a signal handler, a thread that
 * has no g yet and a scheduler with broken queues can all still speak. One
 * call is one write where the text is short (up to 256 bytes), so that lines
 * of two processes on one pipe do not mix.
 *
 * The print lock keeps the lines of one report together. It belongs to a
 * thread, by kernel id, and nests: a crash inside a print on the same thread
 * must not wait for itself. It is no rt_mutex: those need an m. Waiters sleep
 * on a futex; there is no fairness and none is needed. The thread that reports
 * a crash waits a bounded time, then takes the lock: words that may be cut by
 * another's are better than none.
 *
 * A subset of printf: %d %i %u %x %p %s %c %%, with l, ll and z, '#', '0', '-'
 * and a width, precision (also .*) for %s. Anything else is printed as it
 * stands, so a mistake in a message never eats the message. No floats: nobody
 * who is dying needs them.
 */
#include "fault/fault.h"
#include "fault/print_priv.h"

#include "arch/fiber_san.h"
#include "diag/diag.h"
#include "sched/oracle.h"

#include <errno.h>
#include <linux/futex.h>
#include <poll.h>
#include <stdarg.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

struct sink {
	char *buf;
	size_t n, cap;
	bool fd; /* flush to descriptor 2 when full; else drop the rest */
};

/* ---- the lock ---- */

#define PATIENCE_NS 200000000 /* a dying process waits for the lock, */
#define LOOK_NS 20000000      /* looking at the clock so often */

static _Atomic uint32_t lock_owner; /* kernel thread id, 0 free */
static _Atomic uint32_t lock_waiters;
static _Atomic uint32_t lock_depth; /* owner only; atomic because it may be
                                       robbed */
static _Atomic bool capturing;

RT_SAN_OFF static uint32_t
self_tid(void)
{
	return (uint32_t)syscall(SYS_gettid);
}

RT_SAN_OFF bool
rt_print_locked(void)
{
	return atomic_load_explicit(&lock_owner, memory_order_relaxed) ==
	    self_tid();
}

void
rt_printlock(void)
{
	uint32_t me = self_tid(), cur = 0;
	struct timespec look = { .tv_nsec = LOOK_NS };
	bool last_words = rt_crash_is_reporter();
	int64_t t0 = last_words ? rt_nanotime() : 0;

	if (atomic_load_explicit(&lock_owner, memory_order_relaxed) == me) {
		lock_depth++; /* only we can have stored our own id */
		return;
	}
	while (!atomic_compare_exchange_strong(&lock_owner, &cur, me)) {
		atomic_fetch_add(&lock_waiters, 1);
		syscall(SYS_futex, &lock_owner, FUTEX_WAIT_PRIVATE, cur,
		    last_words ? &look : NULL, NULL, 0);
		atomic_fetch_sub(&lock_waiters, 1);
		/* by the clock: signals end each wait early, perhaps all */
		if (last_words && rt_nanotime() - t0 > PATIENCE_NS) {
			/* its owner is stopped, or stuck in a write */
			atomic_store(&lock_owner, me);
			break;
		}
		cur = 0;
	}
	lock_depth = 1;
}

void
rt_printunlock(void)
{
	if (--lock_depth > 0)
		return;
	atomic_store(&lock_owner, 0);
	if (atomic_load(&lock_waiters) > 0)
		syscall(SYS_futex, &lock_owner, FUTEX_WAKE_PRIVATE, 1, NULL,
		    NULL, 0);
}

void
rt_print_capture(bool on)
{
	atomic_store(&capturing, on);
}

/* ---- output ---- */

static void
write_all(const char *p, size_t n)
{
	struct pollfd wait = { .fd = 2, .events = POLLOUT };

	if (atomic_load_explicit(&capturing, memory_order_relaxed))
		rt_telemetry_text(p, n);
	while (n > 0) {
		ssize_t w = write(2, p, n);

		if (w < 0) {
			if (errno == EINTR)
				continue;
			/* a non-blocking pipe is full: wait as others block */
			if (errno == EAGAIN && poll(&wait, 1, -1) >= 0)
				continue;
			return; /* nobody listens; dying goes on */
		}
		p += w;
		n -= (size_t)w;
	}
}

static void
put(struct sink *s, char c)
{
	if (s->n == s->cap) {
		if (!s->fd)
			return;
		write_all(s->buf, s->n);
		s->n = 0;
	}
	s->buf[s->n++] = c;
}

/* ---- collecting: one statement, one write ---- */

static char collected[1024]; /* print lock, as the next */
static size_t ncollected;

void
rt_print_flush(void)
{
	size_t n = ncollected;

	ncollected = 0; /* first: a fault in here must not print it twice */
	if (n > 0)
		write_all(collected, n);
}

void
rt_print_collect(const char *p, size_t n)
{
	if (n > sizeof(collected) - ncollected) {
		rt_print_flush();
		if (n > sizeof(collected)) {
			write_all(p, n);
			return;
		}
	}
	memcpy(collected + ncollected, p, n);
	ncollected += n;
}

/* ---- formats ---- */

struct spec { /* one conversion */
	bool left, zero, alt;
	int width, prec; /* prec < 0: none */
	bool star;       /* prec is an argument */
	int size;        /* 0 int, 1 long and longer */
};

static void
put_padded(struct sink *s, const struct spec *sp, const char *p, size_t n)
{
	size_t w = sp->width > 0 ? (size_t)sp->width : 0;
	char fill = sp->zero && !sp->left ? '0' : ' ';

	for (size_t i = n; !sp->left && i < w; i++)
		put(s, fill);
	for (size_t i = 0; i < n; i++)
		put(s, p[i]);
	for (size_t i = n; sp->left && i < w; i++)
		put(s, ' ');
}

static void
put_number(struct sink *s, const struct spec *sp, uint64_t v, unsigned base,
    bool neg, bool prefix)
{
	char tmp[24];
	size_t i = sizeof(tmp);

	do {
		tmp[--i] = "0123456789abcdef"[v % base];
		v /= base;
	} while (v != 0);
	if (prefix) {
		tmp[--i] = 'x';
		tmp[--i] = '0';
	}
	if (neg)
		tmp[--i] = '-';
	put_padded(s, sp, tmp + i, sizeof(tmp) - i);
}

static const char *
parse_spec(const char *f, struct spec *sp)
{
	*sp = (struct spec){ .prec = -1 };
	for (;; f++) {
		if (*f == '-')
			sp->left = true;
		else if (*f == '0')
			sp->zero = true;
		else if (*f == '#')
			sp->alt = true;
		else
			break;
	}
	for (; *f >= '0' && *f <= '9'; f++)
		sp->width = sp->width * 10 + (*f - '0');
	if (f[0] == '.' && f[1] == '*') {
		sp->star = true;
		f += 2;
	} else if (*f == '.') {
		for (f++, sp->prec = 0; *f >= '0' && *f <= '9'; f++)
			sp->prec = sp->prec * 10 + (*f - '0');
	}
	for (; *f == 'l' || *f == 'z'; f++)
		sp->size = 1;
	return f;
}

static void
put_string(struct sink *s, const struct spec *sp, const char *p)
{
	size_t n;

	if (p == NULL)
		p = "(null)";
	n = sp->prec >= 0 ? strnlen(p, (size_t)sp->prec) : strlen(p);
	put_padded(s, sp, p, n);
}

static void
format(struct sink *s, const char *f, va_list ap)
{
	struct spec sp;
	const char *start;
	int64_t d;

	for (; *f != '\0'; f++) {
		if (*f != '%') {
			put(s, *f);
			continue;
		}
		start = f;
		f = parse_spec(f + 1, &sp);
		if (sp.star)
			sp.prec = va_arg(ap, int);
		switch (*f) {
		case 'd':
		case 'i':
			d = sp.size ? va_arg(ap, long) : va_arg(ap, int);
			put_number(s, &sp,
			    d < 0 ? 0 - (uint64_t)d : (uint64_t)d, 10, d < 0,
			    false);
			break;
		case 'u':
		case 'x':
			put_number(s, &sp,
			    sp.size ? va_arg(ap, unsigned long)
				    : va_arg(ap, unsigned),
			    *f == 'u' ? 10 : 16, false, sp.alt && *f == 'x');
			break;
		case 'p':
			put_number(s, &sp, (uintptr_t)va_arg(ap, void *), 16,
			    false, true);
			break;
		case 's':
			put_string(s, &sp, va_arg(ap, const char *));
			break;
		case 'c':
			put(s, (char)va_arg(ap, int));
			break;
		case '%':
			put(s, '%');
			break;
		default: /* unknown: show it, and stop if the text ended */
			while (start < f)
				put(s, *start++);
			if (*f == '\0')
				return;
			put(s, *f);
		}
	}
}

void
rt_printf(const char *fmt, ...)
{
	char buf[256];
	struct sink s = { .buf = buf, .cap = sizeof(buf), .fd = true };
	int saved = errno; /* a handler must leave errno as it found it */
	va_list ap;

	rt_printlock();
	rt_print_flush();
	va_start(ap, fmt);
	format(&s, fmt, ap);
	va_end(ap);
	write_all(s.buf, s.n);
	rt_printunlock();
	errno = saved;
}

int
rt_snprintf(char *buf, size_t n, const char *fmt, ...)
{
	struct sink s = { .buf = buf, .cap = n > 0 ? n - 1 : 0 };
	va_list ap;

	va_start(ap, fmt);
	format(&s, fmt, ap);
	va_end(ap);
	if (n > 0)
		buf[s.n] = '\0';
	return (int)s.n;
}
