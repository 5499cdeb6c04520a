# runtime/: libgort, the same sources as an archive and as a shared object.
# One group of lines a room; keep your own together.
#
# A program of this tree that links the runtime uses
#   prog_LDADD = $(GORT_LIBS)      prog_LDFLAGS = $(GORT_LDFLAGS)
# which takes the archive: the shared object is for others.
lib_LTLIBRARIES += libgort.la
libgort_la_SOURCES =
libgort_la_LDFLAGS = -version-info 0:0:0 $(AM_LDFLAGS)
libgort_la_LIBADD = -lpthread
GORT_LIBS = libgort.la
GORT_LDFLAGS = -static $(AM_LDFLAGS)

# the contract
noinst_HEADERS += runtime/runtime2.h

# arch, lock, sched
libgort_la_SOURCES += runtime/arch/asm_amd64.S

# boot, os

# chan, poll, time

# capi: the public face
include_HEADERS += runtime/gort.h

# mem, gc, types

# fault, diag, capi
libgort_la_LIBADD += libipc.la
