# client/: gortctl. libgortctl is everything but main.c, for the tests.
bin_PROGRAMS += gortctl
noinst_LIBRARIES += libgortctl.a
libgortctl_a_CPPFLAGS = $(AM_CPPFLAGS) -D_GNU_SOURCE -DHAVE_CONFIG_H \
	$(JANSSON_CFLAGS) $(ELFUTILS_CFLAGS)
libgortctl_a_SOURCES = \
	client/build.c client/build.h client/build_priv.h \
	client/build_go.c client/build_gofiles.c \
	client/client.h \
	client/cmd_debug.c \
	client/cmd_goroutines.c \
	client/cmd_life.c \
	client/cmd_latency.c \
	client/cmd_list.c \
	client/cmd_logs.c \
	client/cmd_query.c \
	client/cmd_run.c \
	client/cmd_status.c \
	client/cmd_telemetry.c \
	client/commands.c \
	client/conn.c client/conn.h \
	client/elfinfo.c client/elfinfo.h \
	client/find.c \
	client/follow.c client/follow.h \
	client/gofmt.c client/gofmt.h \
	client/json.c client/json.h \
	client/lines.c client/lines.h \
	client/options.c \
	client/out.c client/out.h \
	client/pcfile.c \
	client/print.c client/print.h \
	client/spec.c client/spec.h \
	client/tree.c client/tree.h \
	client/when.c client/when.h
LIBS_GORTCTL = libgortctl.a $(JANSSON_LIBS) -lelf
gortctl_SOURCES = client/main.c
gortctl_CPPFLAGS = $(libgortctl_a_CPPFLAGS)
gortctl_LDADD = $(LIBS_GORTCTL)
man_MANS += client/gortctl.1
bashcompletiondir = $(datadir)/bash-completion/completions
dist_bashcompletion_DATA = client/completion/gortctl
zshcompletiondir = $(datadir)/zsh/site-functions
dist_zshcompletion_DATA = client/completion/_gortctl
fishcompletiondir = $(datadir)/fish/vendor_completions.d
dist_fishcompletion_DATA = client/completion/gortctl.fish
EXTRA_DIST += client/gortctl.1
