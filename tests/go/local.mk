# tests/go: Go programs on libgort; Go's own tests (README.md)
# The folder goes into the distribution as it is: a program is added by putting
# NAME.go and NAME.out here.
EXTRA_DIST += tests/go
TESTS += tests/go/run.sh tests/go/subset.sh
TESTS_ENVIRONMENT += GCCGO='$(GCCGO)'; export GCCGO;

# All of Go's own tests beside libgo, then the standard packages'; long. What
# was interrupted goes on where it was. CHECK_GO: check.sh's options and names.
.PHONY: check-go
check-go: all
	@srcdir='$(srcdir)' builddir='$(abs_builddir)' \
		SAN_CFLAGS='$(SAN_CFLAGS)' GCCGO='$(GCCGO)' \
		$(SHELL) $(srcdir)/tests/go/check.sh $(CHECK_GO)
