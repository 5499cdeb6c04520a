# tests/soak: by hand, each for as long as asked
EXTRA_PROGRAMS += tests/soak/soak tests/soak/memlimit tests/soak/peak
CLEANFILES += tests/soak/soak tests/soak/memlimit tests/soak/peak
tests_soak_soak_SOURCES = tests/soak/soak.c tests/soak/must.h
tests_soak_soak_LDADD = $(GORT_PROG_LIBS)
tests_soak_soak_LDFLAGS = $(GORT_PROG_LINK)
tests_soak_memlimit_SOURCES = tests/soak/memlimit.c tests/soak/must.h
tests_soak_memlimit_LDADD = $(GORT_PROG_LIBS)
tests_soak_memlimit_LDFLAGS = $(GORT_PROG_LINK)
tests_soak_peak_SOURCES = tests/soak/peak.c
tests_soak_peak_LDADD = $(GORT_PROG_LIBS)
tests_soak_peak_LDFLAGS = $(GORT_PROG_LINK)
EXTRA_DIST += tests/soak/run.sh tests/soak/memlimit.sh \
	tests/soak/disturb.sh tests/soak/disturb.py tests/soak/churn.go \
	tests/soak/many.go tests/soak/stress.sh
SECONDS = 60
COUNT = $$(($(SECONDS) * 100000 / 600))
MIB = 1024
.PHONY: soak disturb soak-memlimit soak-peak stress
# Everything at once, in all ways.
soak: tests/soak/soak
	builddir='$(abs_builddir)' $(srcdir)/tests/soak/run.sh $(SECONDS)
# Hosted programs under COUNT kills, stops, dumps and the like.
disturb: all
	$(MAKE) $(AM_MAKEFLAGS) tests/soak/soak
	srcdir='$(srcdir)' builddir='$(abs_builddir)' GCCGO='$(GCCGO)' \
		GORT_SANITIZED='$(SAN_CFLAGS)' \
		$(srcdir)/tests/soak/disturb.sh $(SECONDS) $(COUNT)
# A limit on memory under churn: held, and what it costs.
soak-memlimit: tests/soak/memlimit
	builddir='$(abs_builddir)' $(srcdir)/tests/soak/memlimit.sh $(SECONDS)
# After a peak of MIB megabytes memory goes back.
soak-peak: tests/soak/peak
	tests/soak/peak $(MIB)
# The runtime's suites, interrupted and collected at random.
stress: all
	$(MAKE) $(AM_MAKEFLAGS) check TESTS=
	srcdir='$(srcdir)' builddir='$(abs_builddir)' GCCGO='$(GCCGO)' \
		SAN_CFLAGS='$(SAN_CFLAGS)' \
		$(srcdir)/tests/soak/stress.sh $(SECONDS)
