/* log.c - one line a message to standard error; see log.h. */
#include "daemon/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *log_name = "gortd";
static int log_level = LOG_LEVEL_NOTICE;
static int to_journal;

/*
 * JOURNAL_STREAM holds device and inode of the stream that systemd made; when
 * standard error is another file (a shell redirected it) no prefix is due.
 */
static int
stderr_is_journal(void)
{
	const char *env = getenv("JOURNAL_STREAM");
	unsigned long long dev, ino;
	struct stat st;

	if (env == NULL || sscanf(env, "%llu:%llu", &dev, &ino) != 2)
		return 0;
	return fstat(STDERR_FILENO, &st) == 0 && st.st_dev == dev &&
	    st.st_ino == ino;
}

void
log_init(const char *name, int level)
{
	log_name = name;
	log_level = level;
	to_journal = stderr_is_journal();
}

void
log_set_level(int level)
{
	log_level = level;
}

/*
 * One write, so that lines of several processes do not mix. A newline inside
 * the text (foreign input) would forge a line: it becomes a space.
 */
static void
emit(int level, const char *fmt, va_list ap)
{
	char line[2048];
	int n, err = errno;

	if (level > log_level)
		return;
	if (to_journal)
		n = snprintf(line, sizeof line, "<%d>%s: ", level, log_name);
	else
		n = snprintf(line, sizeof line, "gortd: %s%s%s", log_name,
		    log_name[0] != '\0' ? ": " : "",
		    level == LOG_LEVEL_WARNING ? "warning: " : "");
	n += vsnprintf(line + n, sizeof line - n - 1, fmt, ap);
	if (n > (int)sizeof line - 2)
		n = sizeof line - 2;
	for (int i = 0; i < n; i++)
		if ((unsigned char)line[i] < ' ')
			line[i] = ' ';
	line[n++] = '\n';
	if (write(STDERR_FILENO, line, n) < 0) {
		/* nobody listens; there is no better place to say so */
	}
	errno = err;
}

#define LOG_FN(name, level)                                                    \
	void                                                                   \
	name(const char *fmt, ...)                                             \
	{                                                                      \
		va_list ap;                                                    \
		va_start(ap, fmt);                                             \
		emit(level, fmt, ap);                                          \
		va_end(ap);                                                    \
	}

LOG_FN(log_error, LOG_LEVEL_ERROR)
LOG_FN(log_warning, LOG_LEVEL_WARNING)
LOG_FN(log_notice, LOG_LEVEL_NOTICE)
LOG_FN(log_info, LOG_LEVEL_INFO)
LOG_FN(log_debug, LOG_LEVEL_DEBUG)

void
fatal(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	emit(LOG_LEVEL_ERROR, fmt, ap);
	va_end(ap);
	exit(1);
}

int
because(int err, char **ret_cause, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(ret_cause, fmt, ap) < 0)
		*ret_cause = NULL;
	va_end(ap);
	return -err;
}
