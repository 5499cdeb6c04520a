# tests/: Check suites per room, end-to-end scripts, programs that must die.
noinst_HEADERS += tests/suite.h
EXTRA_DIST += tests/peers.sh tests/layers.sh tests/e2e/lib.sh tests/e2e/kv.sh \
	tests/e2e/readme.sh docs/house.md \
	docs/processes.md docs/style.md \
	docs/findings.md docs/benchmarks.md
TESTS += tests/layers.sh tests/e2e/kv.sh tests/e2e/readme.sh
TESTS_ENVIRONMENT += srcdir='$(srcdir)'; export srcdir; \
	builddir='$(abs_builddir)'; export builddir; \
	SAN_CFLAGS='$(SAN_CFLAGS)'; export SAN_CFLAGS; \
	GORT_SANITIZED='$(SAN_CFLAGS)'; export GORT_SANITIZED; \
	TSAN_OPTIONS="atexit_sleep_ms=0:$$TSAN_OPTIONS"; export TSAN_OPTIONS;
# The thread sanitizer sleeps for a second at each exit to let others race with
# it. A suite forks a process a test; ours end by joining or by exit_group.
include $(srcdir)/tests/store/local.mk
include $(srcdir)/tests/client/local.mk
include $(srcdir)/tests/chan/local.mk
include $(srcdir)/tests/boot/local.mk
include $(srcdir)/tests/mem/local.mk
include $(srcdir)/tests/daemon/recorder.mk
include $(srcdir)/tests/capi/local.mk
include $(srcdir)/tests/models/local.mk
include $(srcdir)/tests/soak/local.mk
include $(srcdir)/tests/sched/local.mk
include $(srcdir)/tests/fault/local.mk
include $(srcdir)/tests/daemon/local_gate.mk
include $(srcdir)/tests/daemon/local_super.mk

# Programs that tests talk to are unpacked beside the build (tests/peers.sh).
distclean-local:
	rm -rf peers
include $(srcdir)/tests/e2e/local.mk
include $(srcdir)/tests/go/local.mk
