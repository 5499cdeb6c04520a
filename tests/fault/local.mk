# tests/fault, tests/diag, tests/ipc and the programs that must die
check_PROGRAMS += tests/prog/die
tests_prog_die_SOURCES = tests/prog/die.c
tests_prog_die_LDADD = $(GORT_LIBS)
tests_prog_die_LDFLAGS = $(GORT_LDFLAGS)
TESTS += tests/prog/run.sh
dist_check_SCRIPTS += tests/prog/run.sh
