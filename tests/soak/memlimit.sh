#!/bin/sh
# memlimit.sh SECONDS [LIVE_MIB] - does a memory limit hold, and what does it cost?
#
# tests/soak/memlimit for SECONDS under GOMEMLIMIT=64MiB GOGC=off, and before and
# after it for a tenth of that (5 s at least) without a limit, at GOGC=100, for
# comparison. Prints `name value unit`; leaves 1 when more than 70 MiB were ever
# resident, or less than half got done. Timing: on a machine with nothing else
# to do.
#
#	make soak-memlimit SECONDS=600
soak=${builddir:-.}/tests/soak/memlimit
seconds=${1:-60} live=${2:-32}
short=$((seconds / 10))
[ $short -ge 5 ] || short=5
limit=64MiB most=$((70 * 1024))

figure() { echo "$1" | sed -n "s/^$2 //p"; }
before=$(GOGC=100 "$soak" $short "$live") || exit 1
held=$(GOGC=off GOMEMLIMIT=$limit "$soak" "$seconds" "$live") || exit 1
after=$(GOGC=100 "$soak" $short "$live") || exit 1
free=$((($(figure "$before" trees) + $(figure "$after" trees)) / 2))
trees=$(figure "$held" trees)
rss=$(figure "$held" rss.max)
echo "memlimit.free.trees $free 1/s"
echo "memlimit.free.rss.max $(figure "$before" rss.max) KiB"
echo "memlimit.held.trees $trees 1/s"
echo "memlimit.held.rss.max $rss KiB"
echo "memlimit.held.share $((trees * 100 / free)) %"
[ "$rss" -le $most ] || { echo "FAIL: more than $most KiB resident"; exit 1; }
[ $((trees * 2)) -ge $free ] || { echo "FAIL: less than half done"; exit 1; }
