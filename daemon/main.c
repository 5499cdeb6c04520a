/*
 * main.c - one binary, four roles.
 *
 * Without --role this is the keeper's beginning: options and configuration
 * are checked, locks and sockets taken, all with the caller's terminal still
 * at hand, so that what is wrong is said there in one sentence. Then the
 * process detaches, unless it shall stay, and becomes the keeper.
 */
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/config.h"
#include "daemon/keeper.h"
#include "daemon/keeper_held.h"
#include "daemon/keeper_proto.h"
#include "daemon/listen.h"
#include "daemon/log.h"
#include "daemon/options.h"
#include "daemon/role_config.h"
#include "daemon/roles.h"
#include "systemd/listenfds.h"
#include "systemd/notify.h"

static struct options options;
static struct keeper_boot boot = { .self_fd = -1, .control_fd = -1,
	.http_fd = -1, .config_fd = -1, .ready_fd = -1 };

static void __attribute__((noreturn))
refuse(int code, char *cause)
{
	log_error("%s", cause != NULL ? cause : strerror(ENOMEM));
	exit(code);
}

/* A descriptor of ours must not sit where a role expects its link. */
static int
move_up(int fd)
{
	int high;

	if (fd < 0 || fd >= 10)
		return fd;
	high = fcntl(fd, F_DUPFD_CLOEXEC, 10);
	close(fd);
	return high;
}

static int
text_memfd(const char *text)
{
	int fd = memfd_create("gort-config", MFD_CLOEXEC);
	size_t len = strlen(text);

	if (fd >= 0 && write(fd, text, len) != (ssize_t)len) {
		close(fd);
		return -EIO;
	}
	return fd < 0 ? -errno : move_up(fd);
}

/* The keeper's `reread`: bytes only. */
static int
reread_config(void)
{
	char *text = NULL, *file = NULL, *cause = NULL;
	int fd = options_read(&options, &text, &file, &cause);

	if (fd == 0)
		fd = text_memfd(text != NULL ? text : "{}");
	free(text);
	free(file);
	free(cause);
	return fd;
}

struct config *
role_config_from(int fd, char **ret_cause)
{
	char *text = malloc(CONFIG_TEXT_MAX + 1);
	struct config *cfg = malloc(sizeof *cfg);
	ssize_t n = -1;

	if (text != NULL && cfg != NULL)
		n = pread(fd, text, CONFIG_TEXT_MAX, 0);
	if (n >= 0) {
		text[n] = '\0';
		n = options_config(&options, options.file != NULL ?
		    options.file : "gortd.conf", text, cfg, ret_cause);
	}
	free(text);
	if (n < 0) {
		free(cfg);
		return NULL;
	}
	return cfg;
}

static int
start_role(const char *name)
{
	struct config *cfg;
	char *cause = NULL;

	mallopt(M_ARENA_MAX, 1);
	mallopt(M_TRIM_THRESHOLD, 128 * 1024);
	fcntl(KEEPER_LINK_FD, F_SETFD, FD_CLOEXEC);
	fcntl(KEEPER_CONFIG_FD, F_SETFD, FD_CLOEXEC);
	cfg = role_config_from(KEEPER_CONFIG_FD, &cause);
	close(KEEPER_CONFIG_FD);
	if (cfg == NULL)
		refuse(2, cause);
	for (int id = ROLE_SUPERVISOR; id < ROLE_N; id++)
		if (strcmp(name, role_name(id)) == 0)
			return role_main(id, cfg);
	fprintf(stderr, "gortd: no role is called %s\n", name);
	return 2;
}

/* ---- what systemd passed ---- */

static void
on_passed(const char *name, int fd, void *arg)
{
	struct sockaddr_storage ss;
	socklen_t len = sizeof ss;

	fd = move_up(fd);
	if (strcmp(name, "state") == 0 || strcmp(name, "exitpage") == 0 ||
	    strchr(name, '.') != NULL) {
		held_restore(name, fd);
		return;
	}
	if (getsockname(fd, (struct sockaddr *)&ss, &len) < 0) {
		close(fd);
		return;
	}
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
	if ((ss.ss_family != AF_UNIX || strcmp(name, "http") == 0) &&
	    boot.http_fd < 0)
		boot.http_fd = fd;
	else if (ss.ss_family == AF_UNIX && boot.control_fd < 0)
		boot.control_fd = fd;
	else
		close(fd);
}

/* ---- taking what is ours ---- */

static void
take_places(const struct config *cfg)
{
	unsigned mode = cfg->user_mode ? 0700 : 0755;
	char *cause = NULL, *probe = NULL;
	int rc;

	if (asprintf(&probe, "%s/state", cfg->state_dir) < 0)
		refuse(1, NULL);
	if ((rc = make_parents(cfg->socket_path, mode)) < 0)
		fatal("cannot make the folder of %s: %s", cfg->socket_path,
		    strerror(-rc));
	if ((rc = make_parents(probe, 0700)) < 0)
		fatal("cannot make %s: %s", cfg->state_dir, strerror(-rc));
	if ((rc = make_parents(cfg->db_path, 0700)) < 0)
		fatal("cannot make the folder of %s: %s", cfg->db_path,
		    strerror(-rc));
	if (lock_beside(cfg->socket_path, "socket", &cause) < 0 ||
	    lock_beside(cfg->db_path, "database", &cause) < 0 ||
	    lock_beside(probe, "state", &cause) < 0)
		refuse(1, cause);
	free(probe);
}

static void
take_sockets(const struct config *cfg)
{
	char *cause = NULL;

	if (boot.control_fd < 0)
		boot.control_fd = listen_unix(cfg->socket_path,
		    cfg->user_mode ? 0600 : 0666, &cause);
	if (boot.control_fd < 0)
		refuse(1, cause);
	if (boot.http_fd >= 0 || strcmp(cfg->http, "off") == 0)
		return;
	boot.http_fd = listen_http(cfg->http, &cause);
	if (boot.http_fd == -EADDRINUSE && cfg->http_default) {
		log_warning("HTTP is off: %s", cause);
		free(cause);
		boot.http_fd = -1;
	} else if (boot.http_fd < 0) {
		refuse(1, cause);
	}
}

/* An instance costs six descriptors; take as many as we may. */
static void
raise_nofile(void)
{
	struct rlimit rl;

	if (getrlimit(RLIMIT_NOFILE, &rl) == 0) {
		rl.rlim_cur = rl.rlim_max;
		setrlimit(RLIMIT_NOFILE, &rl);
	}
}

/* ---- leaving the terminal ---- */

/* Print what the daemon wrote to its log since `from`. */
static void
show_log(int fd, off_t from)
{
	char buf[4096];
	ssize_t n;

	while ((n = pread(fd, buf, sizeof buf, from)) > 0) {
		if (write(STDERR_FILENO, buf, n) != n)
			return;
		from += n;
	}
}

/*
 * Fork; the child goes on as the daemon with STATE_DIR/gortd.log for standard
 * error, the parent leaves 0 only when READY came through the pipe.
 */
static void
detach(const struct config *cfg)
{
	int ready[2], log, null = open("/dev/null", O_RDWR | O_CLOEXEC);
	char *path = NULL, byte;
	off_t from;
	pid_t pid;

	if (asprintf(&path, "%s/gortd.log", cfg->state_dir) < 0)
		refuse(1, NULL);
	log = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (log < 0 || null < 0 || pipe2(ready, O_CLOEXEC) < 0)
		fatal("cannot open %s: %s", path, strerror(errno));
	free(path);
	from = lseek(log, 0, SEEK_END);
	pid = fork();
	if (pid < 0)
		fatal("cannot fork: %s", strerror(errno));
	if (pid > 0) {
		close(ready[1]);
		if (read(ready[0], &byte, 1) == 1)
			_exit(0);
		waitpid(pid, NULL, 0);
		show_log(log, from);
		_exit(1);
	}
	setsid();
	lock_sign();
	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	dup2(log, STDERR_FILENO);
	close(null);
	close(log);
	close(ready[0]);
	boot.ready_fd = move_up(ready[1]);
}

/* Standard descriptors must exist, or ours would take their numbers. */
static void
plug_standard(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

int
main(int argc, char **argv)
{
	char *text = NULL, *file = NULL, *cause = NULL;
	struct config cfg;

	plug_standard();
	options_parse(argc, argv, &options);
	log_init("gortd", LOG_LEVEL_NOTICE);
	if (options.role != NULL)
		return start_role(options.role);
	log_init("", LOG_LEVEL_NOTICE);
	if (options_read(&options, &text, &file, &cause) < 0 ||
	    options_config(&options, file, text, &cfg, &cause) < 0)
		refuse(2, cause);
	log_set_level(cfg.log_level);
	listenfds_take(on_passed, NULL);
	notify_init();
	raise_nofile();
	take_places(&cfg);
	take_sockets(&cfg);
	boot.control_fd = move_up(boot.control_fd);
	boot.http_fd = move_up(boot.http_fd);
	boot.config_fd = text_memfd(text != NULL ? text : "{}");
	boot.self_fd = move_up(open("/proc/self/exe", O_PATH | O_CLOEXEC));
	if (boot.config_fd < 0 || boot.self_fd < 0)
		fatal("cannot start: %s", strerror(errno));
	boot.argv = argv;
	boot.foreground = options.foreground;
	boot.reread = reread_config;
	if (!options.foreground && !notify_active())
		detach(&cfg);
	free(text);
	free(file);
	config_fini(&cfg);
	if (held_init() < 0)
		fatal("cannot make the exit page: %s", strerror(errno));
	log_init("keeper", LOG_LEVEL_NOTICE);
	return keeper_main(&boot);
}
