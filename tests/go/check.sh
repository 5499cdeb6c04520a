#!/bin/sh
# check.sh - make check-go: Go's own tests and the standard packages', one summary.
#
#	check.sh [-r gort|libgo|both] [-f] [NAME…]
#
# NAME.go is a test of Go's test folder, any other NAME a package. Without names:
# all of both. Go's tests run on libgo too, as a race (-r gort: they do not); the
# packages' are held against what libgo is known to pass. -f: only those of Go's
# tests that did not pass the last time.
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib.sh"
runtimes=both failed_only=
while getopts r:f opt; do
	case $opt in
	r) runtimes=$OPTARG ;;
	f) failed_only=-f ;;
	*) exit 2 ;;
	esac
done
shift $((OPTIND - 1))
go_setup
tests= packages= parts="gotests pkgtests"
for n; do
	case $n in
	*.go | @*) tests="$tests $n" ;;
	*) packages="$packages $n" ;;
	esac
done
[ $# = 0 ] || parts="${tests:+gotests} ${packages:+pkgtests}"

began=$(date +%s) bad=0 skipped=
rm -f "$builddir/tests/go/dist/summary" "$builddir/tests/go/pkg/summary"
for p in $parts; do
	echo "== $p"
	case $p in
	# shellcheck disable=SC2086
	gotests) "$here/gotests.sh" -r "$runtimes" $failed_only $tests ;;
	# shellcheck disable=SC2086
	pkgtests) "$here/pkgtests.sh" $packages ;;
	esac
	case $? in
	0) ;;
	77) skipped="$skipped $p" ;;
	*) bad=1 ;;
	esac
done
took=$(($(date +%s) - began))
echo "== summary, after $((took / 60)) min $((took % 60)) s"
cat "$builddir/tests/go/dist/summary" "$builddir/tests/go/pkg/summary" 2>/dev/null
[ $bad = 0 ] || { echo "check-go: FAILED"; exit 1; }
[ -z "$skipped" ] || { echo "check-go: SKIPPED$skipped, see above"; exit 77; }
echo "check-go: passed"
