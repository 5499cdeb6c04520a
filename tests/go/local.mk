# tests/go: Go programs on libgort; Go's own tests (README.md)
# The folder goes into the distribution as it is: a program is added by putting
# NAME.go and NAME.out here.
EXTRA_DIST += tests/go
TESTS += tests/go/run.sh tests/go/subset.sh
TESTS_ENVIRONMENT += GCCGO='$(GCCGO)'; export GCCGO;

# All of Go's own tests that libgo passes, and the standard packages'; long.
# Each rerun compiles nothing anew. CHECK_GO=-f: only what failed before.
.PHONY: check-go
check-go: all
	@bad=0; for t in 'gotests.sh $(CHECK_GO)' pkgtests.sh; do \
		srcdir='$(srcdir)' builddir='$(abs_builddir)' \
		SAN_CFLAGS='$(SAN_CFLAGS)' GCCGO='$(GCCGO)' \
		$(SHELL) $(srcdir)/tests/go/$$t; r=$$?; \
		case $$r in 0|77) ;; *) bad=1;; esac; \
	done; exit $$bad
