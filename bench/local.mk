# bench/: figures, never part of check. `make bench` prints `name value unit`.
EXTRA_PROGRAMS += bench/cbench bench/empty
bench_cbench_SOURCES = bench/cbench.c
bench_cbench_LDADD = $(GORT_PROG_LIBS)
bench_cbench_LDFLAGS = $(GORT_PROG_LINK)
bench_empty_SOURCES = bench/empty.c
bench_empty_LDADD = $(GORT_PROG_LIBS)
bench_empty_LDFLAGS = $(GORT_PROG_LINK)

# One source for each allocator. mimalloc's library replaces malloc in all that
# is linked with it, so the three can't be one program.
BENCH_CHURN = bench/churn_gort bench/churn_libc
bench_churn_gort_SOURCES = bench/churn.c
bench_churn_gort_CPPFLAGS = $(AM_CPPFLAGS) -DCHURN_GORT
bench_churn_gort_LDADD = $(GORT_PROG_LIBS)
bench_churn_gort_LDFLAGS = $(GORT_PROG_LINK)
bench_churn_libc_SOURCES = bench/churn.c
bench_churn_libc_CPPFLAGS = $(AM_CPPFLAGS) -DCHURN_LIBC
if HAVE_MIMALLOC
BENCH_CHURN += bench/churn_mimalloc
bench_churn_mimalloc_SOURCES = bench/churn.c
bench_churn_mimalloc_CPPFLAGS = $(AM_CPPFLAGS) -DCHURN_MIMALLOC
bench_churn_mimalloc_LDADD = -lmimalloc
endif
EXTRA_PROGRAMS += $(BENCH_CHURN)
CLEANFILES += bench/cbench bench/empty $(BENCH_CHURN)
EXTRA_DIST += bench/churn.sh bench/growth.go bench/median.awk
EXTRA_DIST += bench/start.sh bench/redis.sh bench/race.sh bench/gobench.go \
	bench/go/race.sh bench/go/compare.py bench/go/rtbench.go \
	bench/go/httpd.go bench/go/http.sh bench/insns.sh bench/insns.table

bench: all bench/cbench bench/empty $(BENCH_CHURN)
	srcdir='$(srcdir)' builddir='$(abs_builddir)' $(srcdir)/bench/race.sh
	srcdir='$(srcdir)' builddir='$(abs_builddir)' $(srcdir)/bench/start.sh
	srcdir='$(srcdir)' builddir='$(abs_builddir)' $(srcdir)/bench/redis.sh
	srcdir='$(srcdir)' builddir='$(abs_builddir)' $(srcdir)/bench/churn.sh
	srcdir='$(srcdir)' builddir='$(abs_builddir)' CC='$(CC)' \
		$(srcdir)/bench/insns.sh || test $$? = 77

# The same Go source on gc, libgo and libgort; takes minutes.
bench-go: all
	srcdir='$(srcdir)' builddir='$(abs_builddir)' GCCGO='$(GCCGO)' \
		$(srcdir)/bench/go/race.sh
.PHONY: bench bench-go
