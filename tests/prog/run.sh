#!/bin/sh
# run.sh - programs that must die, and their last words.
#
#	dies WAY STATUS [VAR=VALUE...] <<'!'
#	pattern
#	!
#
# runs tests/prog/die WAY and compares the exit status as a shell shows it and
# standard error with the patterns, extended regular expressions:
#
#	 REGEX    some later line matches, whole
#	=REGEX    the very next line matches, whole
#	-REGEX    no line matches, whole
#	$         nothing follows the last match
#
# Each case is a fact of the format sheet or of a promise in gort.h.
die=${builddir:-.}/tests/prog/die
tmp=$(mktemp -d) || exit 99
trap 'rm -rf "$tmp"' EXIT
failed=0
count=0
# A sanitizer's runtime would take faults and aborts for itself. Reports of the
# thread sanitizer about malloc in a dying signal handler are right and known.
ASAN_OPTIONS=detect_leaks=0:handle_segv=0:handle_abort=0:handle_sigfpe=0
ASAN_OPTIONS=$ASAN_OPTIONS:detect_stack_use_after_return=0
TSAN_OPTIONS=atexit_sleep_ms=0:handle_segv=0:handle_abort=0:handle_sigfpe=0
TSAN_OPTIONS=$TSAN_OPTIONS:report_signal_unsafe=0
export ASAN_OPTIONS TSAN_OPTIONS
unset GODEBUG GOTRACEBACK GOMAXPROCS GOGC GOMEMLIMIT

match() {
	awk -v patterns="$1" '
	{ line[NR] = $0 }
	END {
		at = 0
		while ((getline p < patterns) > 0) {
			kind = substr(p, 1, 1)
			re = "^(" substr(p, 2) ")$"
			if (kind == "$") {
				if (at != NR) {
					print "text after the end: " line[at + 1]
					exit 1
				}
			} else if (kind == "=") {
				at++
				if (at > NR || line[at] !~ re) {
					print "next line: " line[at]
					print "   wanted: " re
					exit 1
				}
			} else if (kind == "-") {
				for (i = 1; i <= NR; i++)
					if (line[i] ~ re) {
						print "unwanted: " line[i]
						exit 1
					}
			} else {
				for (at++; at <= NR; at++)
					if (line[at] ~ re)
						break
				if (at > NR) {
					print "no line matches: " re
					exit 1
				}
			}
		}
	}' "$2"
}

dies() {
	way=$1 want=$2
	shift 2
	cat >"$tmp/patterns"
	count=$((count + 1))
	(exec env "$@" timeout -k 5 60 "$die" "$way") \
		>"$tmp/out" 2>"$tmp/err"
	got=$?
	if [ "$got" != "$want" ]; then
		echo "FAIL $way $*: exit status $got, not $want"
	elif ! match "$tmp/patterns" "$tmp/err" >"$tmp/why"; then
		echo "FAIL $way $*: $(cat "$tmp/why")"
	else
		return 0
	fi
	sed 's/^/  | /' "$tmp/err" | head -60
	failed=$((failed + 1))
}

prints() { # what standard output of the last case was
	if [ "$(cat "$tmp/out")" != "$1" ]; then
		echo "FAIL $way: printed $(cat "$tmp/out")"
		failed=$((failed + 1))
	fi
}

# ---- panics: first line, empty line, one goroutine, its frames, no more

# The thread sanitizer runs a program's handlers with all signals blocked: a
# fault in one kills without a word.
dies_but_thread() {
	case ${SAN_CFLAGS-} in
	*thread*)
		echo "SKIP $1: the thread sanitizer stands before our handlers"
		cat >/dev/null
		;;
	*) dies "$@" ;;
	esac
}

dies_but_address() {
	case ${SAN_CFLAGS-} in
	*address*)
		echo "SKIP $1: the address sanitizer ends a process in which a" \
			"signal finds it within a change of stacks"
		cat >/dev/null
		;;
	*) dies "$@" ;;
	esac
}

dies panic_text 2 <<'!'
=panic: boom
=
=goroutine 1 \[running\]:
=boom\(\.\.\.\)
=	.*tests/prog/die\.c:[0-9]+ \+0x[0-9a-f]+
=panic_text\(\.\.\.\)
=	.*tests/prog/die\.c:[0-9]+ \+0x[0-9a-f]+
=gort_main\(\.\.\.\)
=	.*tests/prog/die\.c:[0-9]+ \+0x[0-9a-f]+
$
!
dies panic_int 2 <<'!'
=panic: 42
!
dies panic_error 2 <<'!'
=panic: it went wrong
!
dies panic_pointer 2 <<'!'
=panic: \(unsafe\.Pointer\) 0x1234
!
dies panic_index 2 <<'!'
=panic: runtime error: index out of range \[5\] with length 0
!
dies panic_index_negative 2 <<'!'
=panic: runtime error: index out of range \[-1\]
!
dies nil_fault 2 <<'!'
=panic: runtime error: invalid memory address or nil pointer dereference
=\[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x[0-9a-f]+\]
=
=goroutine 1 \[running\]:
=read_through\(\.\.\.\)
=	.*tests/prog/die\.c:[0-9]+ \+0x[0-9a-f]+
 gort_main\(\.\.\.\)
!
dies nil_call 2 <<'!'
=panic: runtime error: invalid memory address or nil pointer dereference
=\[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x0\]
 nil_call\(\.\.\.\)
!
dies division 2 <<'!'
=panic: runtime error: integer divide by zero
=\[signal SIGFPE: floating-point exception code=0x1 addr=0x[0-9a-f]+ pc=0x[0-9a-f]+\]
=
=goroutine 1 \[running\]:
=divide\(\.\.\.\)
!
dies closed_send 2 <<'!'
=panic: send on closed channel
!
dies closed_close 2 <<'!'
=panic: close of closed channel
!
dies nil_close 2 <<'!'
=panic: close of nil channel
!
dies goroutine_panic 2 <<'!'
=panic: boom
=
=goroutine [0-9]+ \[running\]:
=boom\(\.\.\.\)
 panic_in_goroutine\(\.\.\.\)
=	.*
=created by goroutine_panic
=	.*tests/prog/die\.c:[0-9]+ \+0x[0-9a-f]+
$
!

# ---- those who made it

dies ancestors 2 GODEBUG=tracebackancestors=5 <<'!'
=panic: boom
=
=goroutine [0-9]+ \[running\]:
=boom\(\.\.\.\)
=	.*
=grandchild\(\.\.\.\)
=	.*
=created by has_a_child
=	.*
=\[originating from goroutine [0-9]+\]:
=has_a_child\(\.\.\.\)
=	.*die\.c:[0-9]+ \+0x[0-9a-f]+
=child\(\.\.\.\)
=	.*
=created by ancestors
=	.*
=\[originating from goroutine 1\]:
=ancestors\(\.\.\.\)
=	.*die\.c:[0-9]+ \+0x[0-9a-f]+
=gort_main\(\.\.\.\)
=	.*
$
!
dies ancestors 2 GODEBUG=tracebackancestors=1 <<'!'
=panic: boom
 \[originating from goroutine [0-9]+\]:
 created by ancestors
=	.*
$
!
dies ancestors 2 GODEBUG=tracebackancestors=0 <<'!'
=panic: boom
-\[originating from goroutine .*
!

# ---- chains, recovery

dies double_panic 2 <<'!'
=panic: first
=	panic: second
=
=goroutine 1 \[running\]:
=panic_again\(\.\.\.\)
=	.*
=panic\(\.\.\.\)
=	.*
=panic_first\(\.\.\.\)
!
dies repanic 2 <<'!'
=panic: first \[recovered\]
=	panic: again
=
!
dies recovered 7 <<'!'
$
!
prints "recovered: invalid memory address or nil pointer dereference
whole: 0"
dies recovered_in_main 0 <<'!'
$
!
prints "recovered: boom"
dies deferred_in_main 3 <<'!'
$
!
prints "body
deferred"
dies fault_then_panic 2 <<'!'
=panic: boom
=
-\[signal .*
!

# ---- fatal errors

dies deadlock 2 <<'!'
=fatal error: all goroutines are asleep - deadlock!
=
=goroutine 1 \[chan receive\]:
=deadlock\(\.\.\.\)
!
dies all_asleep 2 <<'!'
=fatal error: all goroutines are asleep - deadlock!
=
=goroutine 1 \[sync\.WaitGroup\.Wait\]:
=all_asleep\(\.\.\.\)
 goroutine [0-9]+ \[chan receive\]:
=wait_for_ever\(\.\.\.\)
=	.*
=created by all_asleep
=	.*
=
=goroutine [0-9]+ \[chan receive \(nil chan\)\]:
=wait_for_ever\(\.\.\.\)
!
dies main_goexit 2 <<'!'
=fatal error: no goroutines \(main called runtime\.Goexit\) - deadlock!
!
dies unlock_unlocked 2 <<'!'
=fatal error: sync: unlock of unlocked mutex
=
=goroutine 1 \[running\]:
=unlock_unlocked\(\.\.\.\)
!
dies fatal 2 <<'!'
=fatal error: no more of this
!
dies thread_limit 2 <<'!'
=runtime: program exceeds 8-thread limit
=fatal error: thread exhaustion
=
=runtime stack:
!
dies wild_fault 2 <<'!'
=unexpected fault address 0x5eadbeef0000
=fatal error: fault
=\[signal SIGSEGV: segmentation violation code=0x[12] addr=0x5eadbeef0000 pc=0x[0-9a-f]+\]
=
=goroutine 1 \[running\]:
=read_through\(\.\.\.\)
=	.* fp=0x[0-9a-f]+ sp=0x[0-9a-f]+ pc=0x[0-9a-f]+
!
dies stack_overflow 2 <<'!'
=runtime: goroutine stack exceeds [0-9]+-byte limit
=runtime: sp=0x[0-9a-f]+ stack=\[0x[0-9a-f]+, 0x[0-9a-f]+\]
=fatal error: stack overflow
 goroutine 1 \[running\]:
=deeper\(\.\.\.\)
 \.\.\.[0-9]+ frames elided\.\.\.
=deeper\(\.\.\.\)
 gort_main\(\.\.\.\)
!
# 151 of panic_at_depth and gort_main, 50 at either end
dies deep_panic 2 <<'!'
=panic: deep
 panic_at_depth\(\.\.\.\)
 \.\.\.52 frames elided\.\.\.
=panic_at_depth\(\.\.\.\)
 gort_main\(\.\.\.\)
=	.*
$
!
if [ "$(grep -c '(\.\.\.)$' "$tmp/err")" != 100 ]; then
	echo "FAIL deep_panic: not 100 frames"
	failed=$((failed + 1))
fi
dies two_panics 2 <<'!'
=panic: one of two
 goroutine [0-9]+ \[running\]:
 panic_now\(\.\.\.\)
!

dies crash_in_crash 2 <<'!'
=panic: .*panic during panic
=SIGSEGV: segmentation violation
=PC=0x[0-9a-f]+ m=[0-9]+ sigcode=1
=
=goroutine 1 \[running\]:
 gort_main\(\.\.\.\)
 gs     0x0
$
!

# ---- those that run, and crashes in what is not prepared for them

dies panic_while_another_runs 2 GOMAXPROCS=2 GOTRACEBACK=all <<'!'
=panic: boom
=
=goroutine 1 \[running\]:
=boom\(\.\.\.\)
 
=goroutine [0-9]+ \[running\]:
=spin\(\.\.\.\)
=	.*die\.c:[0-9]+ \+0x[0-9a-f]+
=spinner\(\.\.\.\)
=	.*die\.c:[0-9]+ \+0x[0-9a-f]+
=created by go_spin
=	.*die\.c:[0-9]+.*
$
!
dies quit_while_another_runs 2 GOMAXPROCS=2 <<'!'
=SIGQUIT: quit
 goroutine [0-9]+ \[running\]:
 spin\(\.\.\.\)
 gs     0x0
$
!
dies panic_while_another_runs 134 GOMAXPROCS=2 GOTRACEBACK=crash <<'!'
=panic: boom
 goroutine 1 \[running\]:
 spin\(\.\.\.\)
=	.*die\.c:[0-9]+ \+0x[0-9a-f]+ fp=0x[0-9a-f]+ sp=0x[0-9a-f]+ pc=0x[0-9a-f]+
!
dies_but_thread crash_in_handler 2 <<'!'
=unexpected fault address 0x0
=fatal error: fault
 goroutine 1 \[running\]:
=bad_handler\(\.\.\.\)
 crash_in_handler\(\.\.\.\)
 gort_main\(\.\.\.\)
!
dies crash_in_runtime_handler 2 <<'!'
=SIGSEGV: segmentation violation
=PC=0x[0-9a-f]+ m=[0-9]+ sigcode=[0-9]+
=
=goroutine 0 \[idle\]:
 crash_in_runtime_handler\(\.\.\.\)
 gort_main\(\.\.\.\)
 gs     0x0
$
!
dies crash_without_thread 139 <<'!'
=runtime: fault in the signal handler, at pc 0x[0-9a-f]+
$
!
dies bad_stack_pointer 2 <<'!'
 fatal error: fault
 goroutine 1 \[running\]:
=	stack unavailable: sp=0x5eadbeef0000 is not on stack \[0x[0-9a-f]+, 0x[0-9a-f]+\]
!
dies foreign_stack_pointer 2 <<'!'
 fatal error: fault
 goroutine 1 \[running\]:
=	stack unavailable: sp=0x[0-9a-f]+ is not on stack \[0x[0-9a-f]+, 0x[0-9a-f]+\]
!
dies crash_in_traceback 4 GOTRACEBACK=all <<'!'
=panic: boom
 goroutine 1 \[running\]:
=boom\(\.\.\.\)
 panic during panic
=SIGSEGV: segmentation violation
 goroutine 0 \[idle\]:
 rt_unwind_begin\(\.\.\.\)
 goroutine 1 \[running\]:
 boom\(\.\.\.\)
 stack trace unavailable
$
!
dies print_lock_held 2 GOMAXPROCS=2 <<'!'
=panic: boom
=
=goroutine 1 \[running\]:
=boom\(\.\.\.\)
!
dies broken_heap 2 <<'!'
=panic: boom
 goroutine 1 \[running\]:
 boom\(\.\.\.\)
=	.* \+0x[0-9a-f]+
 broken_heap\(\.\.\.\)
 gort_main\(\.\.\.\)
!

# ---- GOTRACEBACK

dies panic_with_others 2 GOTRACEBACK=none <<'!'
=panic: boom
$
!
dies panic_with_others 2 GOTRACEBACK=0 <<'!'
=panic: boom
$
!
dies panic_with_others 2 GOTRACEBACK=wer <<'!'
=panic: boom
$
!
dies panic_with_others 2 GOTRACEBACK=single <<'!'
=panic: boom
-goroutine .*sleep.*
!
dies panic_with_others 2 GOTRACEBACK= <<'!'
=panic: boom
-goroutine .*sleep.*
!
for level in all 1; do
	dies panic_with_others 2 GOTRACEBACK=$level <<'!'
=panic: boom
=
=goroutine 1 \[running\]:
 
=goroutine [0-9]+ \[sleep\]:
=sleeper\(\.\.\.\)
=	.*die\.c:[0-9]+ \+0x[0-9a-f]+
=created by go_to_sleep
=	.*die\.c:[0-9]+ \+0x[0-9a-f]+
$
!
done
for level in system 2 7; do
	dies panic_with_others 2 GOTRACEBACK=$level <<'!'
=panic: boom
=
=goroutine 1 \[running\]:
=.*\(\.\.\.\)
=	.* fp=0x[0-9a-f]+ sp=0x[0-9a-f]+ pc=0x[0-9a-f]+
 goroutine [0-9]+ \[GC (sweep|scavenge) wait\]:
!
done
dies panic_with_others 134 GOTRACEBACK=crash <<'!'
=panic: boom
=
=goroutine 1 \[running\]:
!
dies deadlock 2 GOTRACEBACK=none <<'!'
=fatal error: all goroutines are asleep - deadlock!
$
!

# ---- signals

for level in none single; do
	dies sigquit 2 GOTRACEBACK=$level <<'!'
=SIGQUIT: quit
=PC=0x[0-9a-f]+ m=[0-9]+ sigcode=0
=
=goroutine [0-9]+ \[.*\]:
 goroutine [0-9]+ \[sleep\]:
 sleeper\(\.\.\.\)
=	.*die\.c:[0-9]+ .*
=.*
 rax    0x[0-9a-f]+
=rbx    0x[0-9a-f]+
 r8     0x[0-9a-f]+
 rip    0x[0-9a-f]+
=rflags 0x[0-9a-f]+
=cs     0x33
=fs     0x0
=gs     0x0
$
!
done
dies sigabrt 2 <<'!'
=SIGABRT: abort
=PC=0x[0-9a-f]+ m=[0-9]+ sigcode=0
!
dies sigsegv_from_outside 2 <<'!'
=SIGSEGV: segmentation violation
=PC=0x[0-9a-f]+ m=[0-9]+ sigcode=0
-panic: .*
!
# The signal may find another thread than the one in libc. Other threads may
# be anywhere, under the thread sanitizer with a lock of its own.
dies sigquit_in_libc 2 <<'!'
=SIGQUIT: quit
 goroutine 1 \[.*\]:
 gs     0x0
$
!
for way in "dies sigquit_in_malloc" "dies_but_address sigquit_in_scheduler"; do
	$way 2 GOMAXPROCS=4 <<'!'
=SIGQUIT: quit
 goroutine 1 \[.*\]:
 gs     0x0
$
!
done
dies sigterm 143 <<'!'
$
!

echo "$count programs died, $failed not as they should"
[ "$failed" = 0 ]
