# bench/: figures, never part of check. `make bench` prints `name value unit`.
EXTRA_PROGRAMS += bench/cbench bench/empty
bench_cbench_SOURCES = bench/cbench.c
bench_cbench_LDADD = $(GORT_PROG_LIBS)
bench_cbench_LDFLAGS = $(GORT_PROG_LINK)
bench_empty_SOURCES = bench/empty.c
bench_empty_LDADD = $(GORT_PROG_LIBS)
bench_empty_LDFLAGS = $(GORT_PROG_LINK)
CLEANFILES += bench/cbench bench/empty
EXTRA_DIST += bench/start.sh bench/redis.sh bench/race.sh bench/gobench.go \
	bench/go/race.sh bench/go/compare.py bench/go/rtbench.go \
	bench/go/httpd.go bench/go/http.sh bench/insns.sh bench/insns.table

bench: all bench/cbench bench/empty
	srcdir='$(srcdir)' builddir='$(abs_builddir)' $(srcdir)/bench/race.sh
	srcdir='$(srcdir)' builddir='$(abs_builddir)' $(srcdir)/bench/start.sh
	srcdir='$(srcdir)' builddir='$(abs_builddir)' $(srcdir)/bench/redis.sh
	srcdir='$(srcdir)' builddir='$(abs_builddir)' CC='$(CC)' \
		$(srcdir)/bench/insns.sh || test $$? = 77

# The same Go source on gc, libgo and libgort; takes minutes.
bench-go: all
	srcdir='$(srcdir)' builddir='$(abs_builddir)' GCCGO='$(GCCGO)' \
		$(srcdir)/bench/go/race.sh
.PHONY: bench bench-go
