# tests/go: Go programs on libgort; Go's own tests (make check-go)
# The folder goes into the distribution as it is: a program is added by putting
# NAME.go and NAME.out here.
EXTRA_DIST += tests/go
TESTS += tests/go/run.sh
TESTS_ENVIRONMENT += GCCGO='$(GCCGO)'; export GCCGO;
