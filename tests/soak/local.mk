# tests/soak: everything at once; by hand, `make soak SECONDS=60`, and
# `make disturb SECONDS=600 COUNT=100000`
EXTRA_PROGRAMS += tests/soak/soak
CLEANFILES += tests/soak/soak
tests_soak_soak_SOURCES = tests/soak/soak.c
tests_soak_soak_LDADD = $(GORT_PROG_LIBS)
tests_soak_soak_LDFLAGS = $(GORT_PROG_LINK)
EXTRA_DIST += tests/soak/run.sh tests/soak/disturb.sh tests/soak/disturb.py \
	tests/soak/churn.go
SECONDS = 60
COUNT = $$(($(SECONDS) * 100000 / 600))
.PHONY: soak disturb
soak: tests/soak/soak
	builddir='$(abs_builddir)' $(srcdir)/tests/soak/run.sh $(SECONDS)
disturb: all
	$(MAKE) $(AM_MAKEFLAGS) tests/soak/soak
	srcdir='$(srcdir)' builddir='$(abs_builddir)' GCCGO='$(GCCGO)' \
		GORT_SANITIZED='$(SAN_CFLAGS)' \
		$(srcdir)/tests/soak/disturb.sh $(SECONDS) $(COUNT)
