# daemon/: gortd, one binary with four roles.
#
# libgortd is everything but main.c, so that tests link the file under test
# alone and the linker takes no more than it needs.
noinst_LIBRARIES += libgortd.a
libgortd_a_CPPFLAGS = $(AM_CPPFLAGS) -D_GNU_SOURCE $(EVENT_CFLAGS) $(JANSSON_CFLAGS) \
	$(SYSTEMD_CFLAGS)
# the shared half: keeper, supervisor, links
libgortd_a_SOURCES = \
	daemon/config.h \
	daemon/keeper_proto.h \
	daemon/link.c daemon/link.h \
	daemon/log.c daemon/log.h \
	daemon/methods.h \
	daemon/roles.h
