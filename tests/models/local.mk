# tests/models: the scheduler's steps in every order (explore.c). Not under
# sanitizers: stacks are copied about below their feet, and there is nothing
# for them to see in one thread.
EXTRA_DIST += tests/models/explore.c tests/models/explore.h \
	tests/models/watched.h tests/models/suite.h \
	tests/models/lock_here.h \
	tests/models/check_ring.c \
	tests/models/check_lock.c tests/models/check_idle.c \
	tests/models/check_chan.c
if !SANITIZED
MODEL_CHECKS = tests/models/check_ring tests/models/check_lock \
	tests/models/check_idle tests/models/check_chan
check_PROGRAMS += $(MODEL_CHECKS)
TESTS += $(MODEL_CHECKS)
MODEL_CFLAGS = $(AM_CFLAGS) -O2 -ffunction-sections -Wno-shadow \
	-Wno-unused-function
MODEL_LDFLAGS = -Wl,--gc-sections

tests_models_check_ring_SOURCES = tests/models/check_ring.c \
	tests/models/explore.c
tests_models_check_ring_CFLAGS = $(MODEL_CFLAGS)
tests_models_check_ring_LDFLAGS = $(MODEL_LDFLAGS)
tests_models_check_ring_LDADD = $(CHECK_LIBS)

tests_models_check_lock_SOURCES = tests/models/check_lock.c \
	tests/models/explore.c
tests_models_check_lock_CFLAGS = $(MODEL_CFLAGS)
tests_models_check_lock_LDFLAGS = $(MODEL_LDFLAGS)
tests_models_check_lock_LDADD = $(CHECK_LIBS)

tests_models_check_chan_SOURCES = tests/models/check_chan.c \
	tests/models/explore.c
tests_models_check_chan_CFLAGS = $(MODEL_CFLAGS) -fno-pie
tests_models_check_chan_LDFLAGS = $(MODEL_LDFLAGS) -no-pie \
	-Wl,--unresolved-symbols=ignore-all
tests_models_check_chan_LDADD = $(CHECK_LIBS)

# The runtime's files as they are, compiled for the explorer. What they call
# beyond the model is left unresolved: it must not be reached.
tests_models_check_idle_SOURCES = tests/models/check_idle.c \
	tests/models/explore.c runtime/sched/idle.c \
	runtime/sched/findrunnable.c runtime/sched/mstart.c \
	runtime/sched/procresize.c runtime/sched/runq.c runtime/sched/fresh.c
tests_models_check_idle_CFLAGS = $(MODEL_CFLAGS) -fno-pie \
	-DRT_RUNQ_LEN=4 -DRT_FRESH_LEN=4 \
	-include $(top_srcdir)/tests/models/watched.h
tests_models_check_idle_LDFLAGS = $(MODEL_LDFLAGS) -no-pie \
	-Wl,--unresolved-symbols=ignore-all
tests_models_check_idle_LDADD = $(CHECK_LIBS)
endif
