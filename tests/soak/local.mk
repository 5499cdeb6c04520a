# tests/soak: everything at once; by hand, `make soak SECONDS=60`
EXTRA_PROGRAMS += tests/soak/soak
CLEANFILES += tests/soak/soak
tests_soak_soak_SOURCES = tests/soak/soak.c
tests_soak_soak_LDADD = $(GORT_PROG_LIBS)
tests_soak_soak_LDFLAGS = $(GORT_PROG_LINK)
EXTRA_DIST += tests/soak/run.sh
SECONDS = 60
.PHONY: soak
soak: tests/soak/soak
	builddir='$(abs_builddir)' $(srcdir)/tests/soak/run.sh $(SECONDS)
