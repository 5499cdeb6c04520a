# examples/: programs one would really run; also what quickstart hosts.
EXAMPLES = examples/kv examples/wordfreq examples/crash
noinst_PROGRAMS += $(EXAMPLES)
examples_kv_SOURCES = examples/kv.c
examples_kv_LDADD = $(GORT_PROG_LIBS)
examples_kv_LDFLAGS = $(GORT_PROG_LINK)
examples_wordfreq_SOURCES = examples/wordfreq.c
examples_wordfreq_LDADD = $(GORT_PROG_LIBS)
examples_wordfreq_LDFLAGS = $(GORT_PROG_LINK)
examples_crash_SOURCES = examples/crash.c
examples_crash_LDADD = $(GORT_PROG_LIBS)
examples_crash_LDFLAGS = $(GORT_PROG_LINK)
# Its faults are the point: the sanitizer must not see them first.
if SANITIZED
examples_crash_CFLAGS = $(AM_CFLAGS) -fno-sanitize=null,integer-divide-by-zero
endif
# built by gortctl, not by make: a Go compiler is not needed to build gort
EXTRA_DIST += examples/sieve.go
