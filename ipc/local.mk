# ipc/: what gortd and an instance share. ring.c, frame.c and channel.c need
# libc only and go into libgort as well; event.c (libevent) and rpc.c (jansson)
# belong to the daemon's side alone.
noinst_LTLIBRARIES += libipc.la
libipc_la_SOURCES = ipc/ring.c ipc/ring.h ipc/ctl.h ipc/note.h \
	ipc/frame.c ipc/frame.h ipc/channel.c ipc/channel.h ipc/out.h

noinst_LIBRARIES += libipc_rpc.a
libipc_rpc_a_CPPFLAGS = $(AM_CPPFLAGS) $(JANSSON_CFLAGS)
libipc_rpc_a_SOURCES = ipc/rpc.c ipc/rpc.h
