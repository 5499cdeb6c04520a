/*
 * log.h - one line a message to standard error.
 *
 * Under systemd (standard error is the journal) lines start with "<N>", which
 * the journal reads as the priority; else with the role's name. Times are the
 * journal's business, and on a terminal nobody wants them.
 */
#ifndef DAEMON_LOG_H
#define DAEMON_LOG_H

enum log_level {
	LOG_LEVEL_ERROR = 3,   /* syslog's numbers */
	LOG_LEVEL_WARNING = 4,
	LOG_LEVEL_NOTICE = 5,
	LOG_LEVEL_INFO = 6,
	LOG_LEVEL_DEBUG = 7,
};

/* name: the role's, kept by pointer. Lines above level are not printed. */
void log_init(const char *name, int level);
void log_set_level(int level);

void log_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_warning(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_notice(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_debug(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/*
 * -err, and the sentence that says why in *ret_cause (NULL: no memory), which
 * the caller owns.
 */
int because(int err, char **ret_cause, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Print and exit 1: only before a loop has started. */
void fatal(const char *fmt, ...)
    __attribute__((format(printf, 1, 2), noreturn));

#endif
