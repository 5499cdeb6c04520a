# runtime/: libgort, the same sources as an archive and as a shared object.
# One group of lines a room; keep your own together.
#
# A program of this tree that links the runtime uses
#   prog_LDADD = $(GORT_LIBS)      prog_LDFLAGS = $(GORT_LINK)
# which takes the archive: the shared object is for others.
lib_LTLIBRARIES += libgort.la
libgort_la_SOURCES =
libgort_la_LDFLAGS = -version-info 0:0:0 $(AM_LDFLAGS)
libgort_la_LIBADD = -lpthread
GORT_LIBS = libgort.la
GORT_LINK = -static $(AM_LDFLAGS)

# the contract
noinst_HEADERS += runtime/runtime2.h

# arch, lock, sched
libgort_la_SOURCES += runtime/arch/asm_amd64.S runtime/arch/arch.h \
	runtime/arch/fiber_san.h \
	runtime/lock/lock.h runtime/lock/lockrank.h runtime/lock/lockrank.c \
	runtime/lock/lock_futex.c runtime/lock/sema.c \
	runtime/lock/leave.h runtime/lock/plock.h \
	runtime/sched/sched.h runtime/sched/sched_priv.h \
	runtime/sched/oracle.h runtime/sched/oracle.c runtime/sched/proc.c \
	runtime/sched/park.c runtime/sched/yield.c runtime/sched/waitprof.c \
	runtime/sched/findrunnable.c \
	runtime/sched/idle.c runtime/sched/clock.c runtime/sched/snapshot.c \
	runtime/sched/prompt.c \
	runtime/sched/stall.h runtime/sched/stall.c \
	runtime/sched/waitprof.h runtime/sched/runq.h \
	runtime/sched/runq.c runtime/sched/fresh.h runtime/sched/fresh.c \
	runtime/sched/newproc.c runtime/sched/gfree.c \
	runtime/sched/mstart.c \
	runtime/sched/handoff.h runtime/sched/handoff.c \
	runtime/sched/execute.h runtime/sched/turn.h \
	runtime/sched/procresize.c runtime/sched/stoptrace.c \
	runtime/sched/entersyscall.c \
	runtime/sched/sysmon.c runtime/sched/preempt.c \
	runtime/sched/preempt.h runtime/sched/preempt_signal.c \
	runtime/sched/slice.c runtime/arch/preempt_amd64.S \
	runtime/sched/mtimer.h runtime/sched/mtimer.c \
	runtime/sched/stack.c runtime/sched/segment.c \
	runtime/sched/extram.c \
	runtime/sched/container.h runtime/sched/container.c \
	runtime/sched/checkdead.c
noinst_HEADERS += runtime/arch/stack_amd64.h runtime/arch/macros_amd64.h

# boot, os, types
libgort_la_SOURCES += \
	runtime/boot/bootlog.c runtime/boot/check.c runtime/boot/cpu.c \
	runtime/boot/libcmain.c runtime/boot/main.c runtime/boot/memclr.c \
	runtime/boot/note.c runtime/boot/packages.c runtime/boot/rt0.c \
	runtime/boot/runtime1.c runtime/boot/schedinit.c \
	runtime/boot/sections.c \
	runtime/os/cgroup_linux.c runtime/os/mem_linux.c \
	runtime/os/fork_linux.c runtime/os/futex_linux.c \
	runtime/os/membarrier_linux.c runtime/os/os_linux.c \
	runtime/os/signal_unix.c \
	runtime/os/sigqueue.c runtime/os/sigtab_linux.c \
	runtime/types/alg.c runtime/types/iface.c runtime/types/slice.c \
	runtime/types/string.c runtime/types/type.c
# maps, hashes
libgort_la_SOURCES += runtime/types/map.c runtime/types/map_grow.c \
	runtime/types/map_iter.c runtime/types/map_type.c \
	runtime/types/typehash.c
noinst_HEADERS += runtime/types/map.h runtime/types/map_table.h
noinst_HEADERS += \
	runtime/boot/boot.h runtime/boot/bootlog.h runtime/boot/mainfn.h \
	runtime/boot/memclr.h runtime/boot/note.h runtime/boot/packages.h \
	runtime/boot/runtime1.h runtime/boot/sections.h \
	runtime/os/os.h runtime/os/sigtab.h \
	runtime/types/copy.h runtime/types/slice.h \
	runtime/types/string.h \
	runtime/types/type.h runtime/types/type_alg.h
EXTRA_DIST += runtime/boot/crt_linux_amd64.S

# The start object: the entry and the ELF note, as one relocatable file. No
# sanitizer: it runs before anything is set up. A program whose entry is ours
# (all but the tests with a main of their own) uses
#   prog_LDADD = $(GORT_PROG_LIBS)   prog_LDFLAGS = $(GORT_PROG_LINK)
# and depends on runtime/boot/gort_crt.o.
GORT_CRT = runtime/boot/gort_crt.o
GORT_PROG_LIBS = $(GORT_CRT) $(GORT_LIBS)
GORT_PROG_LINK = $(GORT_LINK) -Wl,-e,_rt0_amd64_linux -Wl,-z,now
gortcrtdir = $(libdir)
gortcrt_DATA = $(GORT_CRT)
GORT_CRT_CC = $(CC) $(DEFS) $(DEFAULT_INCLUDES) $(AM_CPPFLAGS) $(CPPFLAGS) \
	-std=gnu11 -fPIC -g -O2
$(GORT_CRT): runtime/boot/crt_linux_amd64.S runtime/boot/note.c \
		runtime/boot/note.h ipc/note.h ipc/ring.h ipc/ctl.h config.h
	$(AM_V_CC)$(MKDIR_P) runtime/boot && \
	$(GORT_CRT_CC) -c -o runtime/boot/crt_entry.o \
		$(srcdir)/runtime/boot/crt_linux_amd64.S && \
	$(GORT_CRT_CC) -c -o runtime/boot/crt_note.o \
		$(srcdir)/runtime/boot/note.c && \
	$(CC) -r -nostdlib -o $@ runtime/boot/crt_entry.o \
		runtime/boot/crt_note.o
CLEANFILES += $(GORT_CRT) runtime/boot/crt_entry.o runtime/boot/crt_note.o

pkgconfig_DATA += runtime/boot/gort.pc

# chan, poll, time
libgort_la_SOURCES += \
	runtime/chan/chan.c runtime/chan/chan.h \
	runtime/chan/select.c runtime/chan/sudog.c \
	runtime/poll/netpoll.c runtime/poll/netpoll.h \
	runtime/poll/netpoll_epoll.c \
	runtime/sched/time.c runtime/sched/time.h

# capi: the public face
include_HEADERS += runtime/gort.h
man_MANS += runtime/gort.3
EXTRA_DIST += runtime/gort.3 runtime/HACKING.md
libgort_la_SOURCES += \
	runtime/capi/capi.h runtime/capi/addr.c runtime/capi/channels.c \
	runtime/capi/fd.c runtime/capi/file.c runtime/capi/go.c \
	runtime/capi/memory.c runtime/capi/net.c runtime/capi/panics.c \
	runtime/capi/signals.c runtime/capi/strings.c runtime/capi/sync.c \
	runtime/capi/timer.c

# mem, gc
libgort_la_SOURCES += runtime/mem/malloc.c runtime/mem/mcache.c \
	runtime/mem/mcentral.c runtime/mem/mfixalloc.c runtime/mem/mheap.c \
	runtime/mem/mpagealloc.c runtime/mem/mprof.c \
	runtime/mem/mdebug.c runtime/mem/mdecommit.c runtime/mem/mverify.c \
	runtime/mem/mstats.c \
	runtime/gc/mbarrier.c runtime/gc/mbitmap.c runtime/gc/mfinal.c \
	runtime/gc/mgc.c runtime/gc/mgcbg.c runtime/gc/mgccheck.c \
	runtime/gc/mgccpulimit.c runtime/gc/mgchelp.c \
	runtime/gc/mgccycle.c runtime/gc/mgclimit.c runtime/gc/mgcmark.c \
	runtime/gc/mgcpacer.c runtime/gc/mgcscavenge.c \
	runtime/gc/heapdump.c runtime/gc/mgcroots.c runtime/gc/mgcsweep.c runtime/gc/mgctypes.c \
	runtime/gc/mgcwork.c runtime/gc/mleak.c runtime/gc/mspecial.c \
	runtime/gc/mweak.c
noinst_HEADERS += runtime/mem/malloc.h runtime/mem/mheap.h \
	runtime/mem/mpagealloc.h runtime/mem/mprof.h runtime/mem/mdebug.h \
	runtime/mem/sizeclasses.h \
	runtime/gc/gc.h runtime/gc/gcdaemon.h runtime/gc/mgc.h \
	runtime/gc/mgccpulimit.h runtime/gc/mgcpacer.h
# Makes sizeclasses.h; see there. The test compares.
check_PROGRAMS += mksizeclasses
mksizeclasses_SOURCES = runtime/mem/mksizeclasses.c

# fault, diag, capi
libgort_la_LIBADD += libipc.la
noinst_HEADERS += runtime/fault/fault.h runtime/fault/crash.h \
	runtime/fault/print_go.h runtime/fault/print_priv.h \
	runtime/diag/diag.h
libgort_la_SOURCES += runtime/fault/catch_amd64.S runtime/fault/crash.c \
	runtime/fault/ancestors.c runtime/fault/hold.c \
	runtime/fault/lines.c runtime/fault/panic.c \
	runtime/fault/panic.h runtime/fault/panicerr.c \
	runtime/fault/panicval.c runtime/fault/print.c \
	runtime/fault/print_go.c \
	runtime/fault/sigpanic.c runtime/fault/symtab.c \
	runtime/fault/traceback.c
noinst_HEADERS += runtime/diag/control.h runtime/diag/prof.h \
	runtime/diag/trace.h
libgort_la_SOURCES += runtime/diag/control.c runtime/diag/cpuprof.c \
	runtime/diag/debugvars.c runtime/diag/gcpacertrace.c \
	runtime/diag/gctrace.c \
	runtime/diag/goroutines.c\
	runtime/diag/schedtrace.c runtime/diag/stacks.c \
	runtime/diag/telemetry.c runtime/diag/timehist.c \
	runtime/diag/timehist.h runtime/diag/trace.c

# fault: stacks, symbols, lines
noinst_HEADERS += runtime/fault/unwind.h runtime/fault/dwarf.h \
	runtime/fault/symbols.h runtime/fault/callers.h
libgort_la_SOURCES += runtime/fault/callers.c \
	runtime/fault/cfi.c runtime/fault/unwind.c \
	runtime/fault/stopplace.c \
	runtime/fault/dwarf.c runtime/fault/dwline.c runtime/fault/goname.c \
	runtime/fault/sigpanic_amd64.S

# gccgo: the face for compiled Go, and libgort with it, as one relocatable
# object (gccgo.h and gort_go.ld say why). Needs no gccgo to build. A Go program
# links   prog.o gort_crt.o gort_go.o, then libgo.a
noinst_LIBRARIES += libgort_go.a
libgort_go_a_SOURCES = runtime/gccgo/gccgo.h runtime/gccgo/main.c \
	runtime/arch/morestack_amd64.S runtime/arch/barrier_amd64.S \
	runtime/arch/syscall_amd64.S
libgort_go_a_SOURCES += runtime/gccgo/proc.c runtime/gccgo/chan.c \
	runtime/gccgo/sync.c runtime/gccgo/time.c runtime/gccgo/poll.c \
	runtime/gccgo/os.c runtime/gccgo/signal.c runtime/gccgo/syscall.c \
	runtime/gccgo/cpu.c
libgort_go_a_SOURCES += runtime/gccgo/defer.c runtime/gccgo/errors.c \
	runtime/gccgo/errors.h
# objects, slices, strings, interfaces, types, print
libgort_go_a_SOURCES += runtime/gccgo/alloc.c runtime/gccgo/iface.c \
	runtime/gccgo/print.c runtime/gccgo/slice.c runtime/gccgo/string.c \
	runtime/gccgo/types.c
libgort_go_a_SOURCES += runtime/gccgo/memstats.c runtime/gccgo/reflect.c \
	runtime/gccgo/reflect_amd64.S \
	runtime/gccgo/debug.c runtime/gccgo/metrics.c runtime/gccgo/pprof.c \
	runtime/gccgo/trace.c runtime/gccgo/publictypes.c \
	runtime/gccgo/publictypes_amd64.S runtime/gccgo/note.c
EXTRA_DIST += runtime/gccgo/mktypes.sh runtime/gccgo/publictypes.go.in
libgort_go_a_SOURCES += runtime/gccgo/alg.c runtime/gccgo/map.c
GORT_GO = runtime/gccgo/gort_go.o
gortcrt_DATA += $(GORT_GO)
EXTRA_DIST += runtime/gccgo/gort_go.ld
$(GORT_GO): libgort_go.a libgort.la runtime/gccgo/gort_go.ld
	$(AM_V_CCLD)$(MKDIR_P) runtime/gccgo && \
	$(CC) -r -nostdlib -o $@ -Wl,-T,$(srcdir)/runtime/gccgo/gort_go.ld \
		-Wl,--whole-archive libgort_go.a .libs/libgort.a \
		-Wl,--no-whole-archive
CLEANFILES += $(GORT_GO)
libgort_go_a_SOURCES += runtime/gccgo/callers.c
