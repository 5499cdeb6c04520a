#!/bin/sh
# run.sh SECONDS - the soak, plain and under what makes it harder. Each way
# gets SECONDS; the first that fails ends it. Ways a build can't go (a scarce
# address space under a sanitizer) are left out with a word.
soak=${builddir:-.}/tests/soak/soak
seconds=${1:-60}
TSAN_OPTIONS="atexit_sleep_ms=0:halt_on_error=1:$TSAN_OPTIONS"
# nil dereferences are part of the soak: they are the runtime's to handle
TSAN_OPTIONS="$TSAN_OPTIONS:handle_segv=0"
ASAN_OPTIONS="handle_segv=0:detect_leaks=0:detect_stack_use_after_return=0"
export TSAN_OPTIONS ASAN_OPTIONS

way() {
	echo "soak: $* for $seconds s"
	env "$@" "$soak" "$seconds" || { echo "FAIL: $*: $?"; exit 1; }
}

way A=plain
way GOMAXPROCS=1
way GOMAXPROCS=64
way GOGC=1
way GODEBUG=gcstress=1000
way GODEBUG=clobberfree=1
command -v taskset >/dev/null && way taskset -c 0
if nm "$soak" 2>/dev/null | grep -q '__[at]san_init'; then
	echo "soak: no scarce address space under a sanitizer"
else
	(ulimit -v 1000000 && way GOMEMLIMIT=200MiB) || exit 1
fi
echo "soak: all ways"
