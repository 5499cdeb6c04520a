#!/bin/sh
# start.sh - what it costs to start and to be idle: `name value unit`.
#
#   boot.entry_to_main   from the ELF entry to main.main, as the boot log says
#   boot.whole           exec to exit of a program that does nothing, in ms
#   boot.rss             resident size of that program while it waits
#   gortd.pss.*          proportional size of each role of an idle gortd
#   parked.rss           bytes for each of 100,000 parked goroutines
. "${srcdir:-$(dirname "$0")/..}/tests/e2e/lib.sh"
e2e_begin start-bench
gortd_start

median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
rss_kb() { awk '/^Rss:/ { print $2 }' "/proc/$1/smaps_rollup"; }
pss_kb() { awk '/^Pss:/ { print $2 }' "/proc/$1/smaps_rollup"; }

i=0
while [ $i -lt 11 ]; do
	ctl run "$builddir/bench/empty"
	i=$((i + 1))
done
booted() { # the step rt0_go ends where main.main begins
	ctl query "select start_ns + dur_ns - (select min(start_ns) from v_boot a
		where a.instance = b.instance and a.run = b.run) as ns
		from v_boot b where step = 'rt0_go'" | sed 1d
}
all_booted() { [ "$(booted | grep -c '[0-9]')" -ge 11 ]; }
until_ok "boot rows" all_booted
booted | median | awk '{ printf "boot.entry_to_main %.0f us\n", $1 / 1000 }'

i=0
while [ $i -lt 21 ]; do
	a=$(date +%s%N)
	"$builddir/bench/empty"
	b=$(date +%s%N)
	echo $(((b - a) / 1000))
	i=$((i + 1))
done | median | awk '{ printf "boot.whole %.2f ms\n", $1 / 1000 }'

"$builddir/bench/empty" wait >"$dir/out" &
e2e_pids="$e2e_pids $!"
pid=$!
until_ok "it waits" grep -q waiting "$dir/out"
echo "boot.rss $(rss_kb $pid) KiB"
kill $pid

"$builddir/bench/empty" park 100000 >"$dir/out2" &
e2e_pids="$e2e_pids $!"
pid=$!
until_ok "they are parked" grep -q waiting "$dir/out2"
echo "parked.rss $(($(rss_kb $pid) * 1024 / 100000)) bytes"
kill $pid

sum=0
for p in $gortd_pid $(cat "/proc/$gortd_pid/task/$gortd_pid/children"); do
	role=$(tr '\0' '\n' <"/proc/$p/cmdline" | sed -n 's/^--role=//p')
	kb=$(pss_kb "$p")
	echo "gortd.pss.${role:-keeper} $kb KiB"
	sum=$((sum + kb))
done
echo "gortd.pss.all $sum KiB"
[ "$e2e_failures" = 0 ]
