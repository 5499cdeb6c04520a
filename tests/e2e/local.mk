# tests/e2e: scripts against a real gortd, and the programs they need
check_PROGRAMS += tests/e2e/scribble
tests_e2e_scribble_SOURCES = tests/e2e/scribble.c
# Never instrumented: it does on purpose what sanitizers report.
tests_e2e_scribble_CFLAGS = $(WARN_CFLAGS) -g -O2
tests_e2e_scribble_LDADD = libipc.la
check_PROGRAMS += tests/e2e/cycles
tests_e2e_cycles_SOURCES = tests/e2e/cycles.c
tests_e2e_cycles_LDADD = $(GORT_PROG_LIBS)
tests_e2e_cycles_LDFLAGS = $(GORT_PROG_LINK)
E2E_CHECKS = tests/e2e/hostile.sh tests/e2e/programs.sh tests/e2e/adopt_c.sh \
	tests/e2e/commands.sh tests/e2e/go.sh tests/e2e/gcrecords.sh
dist_check_SCRIPTS += $(E2E_CHECKS)
EXTRA_DIST += tests/e2e/hostile_ctl.py tests/e2e/hostile_http.py
TESTS += $(E2E_CHECKS)
