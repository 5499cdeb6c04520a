# daemon/: gortd, one binary with four roles.
#
# libgortd is everything but main.c, so that tests link the file under test
# alone and the linker takes no more than it needs.
noinst_LIBRARIES += libgortd.a
libgortd_a_CPPFLAGS = $(AM_CPPFLAGS) -D_GNU_SOURCE -DHAVE_CONFIG_H \
	$(EVENT_CFLAGS) $(JANSSON_CFLAGS) \
	$(SYSTEMD_CFLAGS)
# the shared half: keeper, supervisor, links
libgortd_a_SOURCES = \
	daemon/adopt.c \
	daemon/backoff.c daemon/backoff.h \
	daemon/call.c daemon/call.h \
	daemon/config.c daemon/config.h \
	daemon/control.c daemon/control.h \
	daemon/declared.c \
	daemon/faultpoint.c daemon/faultpoint.h \
	daemon/handlers.h \
	daemon/inst.c daemon/inst.h \
	daemon/inst_fsm.c daemon/inst_fsm.h \
	daemon/instctl.c daemon/instctl.h \
	daemon/keeper.c daemon/keeper.h \
	daemon/keeper_held.c daemon/keeper_held.h \
	daemon/keeper_link.c daemon/keeper_link.h \
	daemon/keeper_proto.h \
	daemon/keeper_watch.c daemon/keeper_watch.h \
	daemon/keeper_worker.c daemon/keeper_worker.h \
	daemon/kind.c daemon/kind.h \
	daemon/link.c daemon/link.h \
	daemon/listen.c daemon/listen.h \
	daemon/log.c daemon/log.h \
	daemon/m_daemon.c \
	daemon/m_instance.c daemon/m_instance.h \
	daemon/methods.c daemon/methods.h \
	daemon/options.c daemon/options.h \
	daemon/relay.c \
	daemon/role.c daemon/roles.h daemon/role_config.h \
	daemon/rows.c \
	daemon/run.c \
	daemon/spawn.c daemon/spawn.h \
	daemon/spec.c \
	daemon/state.c daemon/state.h \
	daemon/sup_state.c \
	daemon/supervisor.c
# the recorder
libgortd_a_SOURCES += \
	daemon/recorder.c daemon/recorder.h \
	daemon/recorder_inbox.c daemon/recorder_inbox.h \
	daemon/recorder_out.c \
	daemon/recorder_ring.c \
	daemon/recorder_run.c \
	daemon/recorder_sub.c
# the gateway
libgortd_a_SOURCES += \
	daemon/gateway.c daemon/gateway.h daemon/gateway_wait.c \
	daemon/http_api.c \
	daemon/http_auth.c daemon/http_auth.h \
	daemon/http_metrics.c \
	daemon/http_openapi.c \
	daemon/http_page.c \
	daemon/http_reply.c \
	daemon/http_server.c \
	daemon/http_sse.c \
	daemon/metrics.c daemon/metrics.h \
	daemon/reads.c daemon/reads.h
# the program: all roles in one binary
sbin_PROGRAMS += gortd
gortd_SOURCES = daemon/main.c
gortd_CPPFLAGS = $(libgortd_a_CPPFLAGS)
gortd_LDADD = libgortd.a libgort_systemd.a libstore.la libipc_rpc.a libipc.la \
	$(EVENT_LIBS) $(JANSSON_LIBS) $(SQLITE_LIBS) $(SYSTEMD_LIBS) -lelf
man_MANS += daemon/gortd.8 daemon/gortd.conf.5
EXTRA_DIST += daemon/gortd.8 daemon/gortd.conf.5
