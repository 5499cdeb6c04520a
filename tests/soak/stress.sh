#!/bin/sh
# stress.sh [SECONDS] - the runtime's Check suites with chance against them: for at
# least SECONDS (60), all of them again and again, by turns
#
#	preemptstress=1                   each goroutine interrupted after 50 to 500 us
#	+ gcverify, gccheckmark           and the heap checked at each collection
#	+ gcstress=N, clobberfree         and collected all the time
#
# and, in a build without sanitizer, Go's own tests of the subset in the same ways.
# A case that sets GODEBUG itself keeps its own. What can't hold under a way (a
# count of collections, say) is named here with its reason and left out of it.
: "${srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
: "${builddir:=$(pwd)}"
seconds=${1:-60}
log=$(mktemp) || exit 99
trap 'rm -f "$log"' EXIT
failed=0 ran=0

# left_out WAY SUITE: is it, and why
left_out() {
	case $2:$1 in
	*/check_mgc:*gcstress* | */check_malloc:*gcstress*)
		why="counts collections, or what each of them frees" ;;
	*/check_weak:*gcstress*)
		why="a case makes 100,000 objects, with a collection at every Nth" ;;
	*) return 1 ;;
	esac
}

one() { # WAY SUITE
	if left_out "$@"; then
		[ $round != 0 ] || echo "SKIP: GODEBUG=$1 $2: $why"
		return
	fi
	ran=$((ran + 1))
	GODEBUG=$1 CK_DEFAULT_TIMEOUT=60 "$2" >"$log" 2>&1 && return
	failed=$((failed + 1))
	echo "FAIL: GODEBUG=$1 $2"
	grep -aE ':[EF]:' "$log" || tail -n 5 "$log"
}

end=$(($(date +%s) + seconds)) round=0
while :; do
	for way in preemptstress=1 \
		preemptstress=1,gcverify=1,gccheckmark=1 \
		preemptstress=1,gcstress=1000,clobberfree=1; do
		for room in boot capi chan diag fault gc lock mem os poll sched \
			types; do
			for suite in "$builddir/tests/$room"/check_*; do
				case ${suite##*/} in
				*.*) ;; # an object, a log
				*) one "$way" "$suite" ;;
				esac
			done
		done
		[ $round != 0 ] || [ -n "${SAN_CFLAGS:-}" ] ||
			"$srcdir/tests/go/gotests.sh" -r gort -e "GODEBUG=$way" \
				@"$srcdir/tests/go/gotests.subset" ||
			[ $? = 77 ] || failed=$((failed + 1))
	done
	round=$((round + 1))
	echo "stress: $ran runs of suites in $round rounds, $failed failures"
	[ "$(date +%s)" -lt $end ] || break
done
[ $failed = 0 ]
