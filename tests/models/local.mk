# tests/models: the scheduler's steps in every order (explore.c). Not under
# sanitizers: stacks are copied about below their feet, and there is nothing
# for them to see in one thread.
EXTRA_DIST += tests/models/explore.c tests/models/explore.h \
	tests/models/watched.h tests/models/check_ring.c \
	tests/models/check_lock.c
if !SANITIZED
MODEL_CHECKS = tests/models/check_ring tests/models/check_lock
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
endif
