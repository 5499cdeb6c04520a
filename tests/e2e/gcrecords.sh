#!/bin/sh
# gcrecords.sh - one collection, told in many places: gctrace's lines, the rows of
# v_gc, MemStats as the program reads them, and /metrics. Over a thousand cycles
# they must agree: they come from the same record (gc/gc.h, struct rt_gc_cycle).
# The ring keeps 47 cycles; what a recorder that is late did lose it says, and
# what it has must be right.
. "${srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}/tests/e2e/lib.sh"
command -v python3 >/dev/null || skip "python3 is not installed"
command -v curl >/dev/null || skip "curl is not installed"
e2e_begin gcrecords
gortd_start
cycles=$builddir/tests/e2e/cycles

# a sanitizer's own variables are read at each cycle: tens of megabytes
want=1000
[ -z "${GORT_SANITIZED:-}" ] || want=20
check "run" ctl run -d --name c --env GODEBUG=gctrace=1,scavtrace=1 \
	"$cycles" "$dir/stderr" "$dir/stdout" $want
until_ok "the program has its cycles" grep -q '^end$' "$dir/stdout"
told() { sed -n "s/^$1 //p" "$dir/stdout"; }
n=$(told num_gc)
check "as many as asked for" [ "$n" -ge $want ]
check_eq "a line of gctrace for each" "$(grep -c '^gc ' "$dir/stderr")" "$n"
check_eq "and one of scavtrace" "$(grep -c '^scav ' "$dir/stderr")" "$n"
check_eq "forced ones" "$(grep -c '(forced)$' "$dir/stderr")" \
	"$(told num_forced)"

query() { ctl -o json query "$1"; }
one() { query "$1" | tr -d ' {}[]\n' | sed 's/.*://'; }
last() { [ "$(one "select max(cycle) as n from v_gc")" = "$n" ]; }
until_ok "the last cycle is in the store" last
rows=$(one "select count(*) as n from v_gc")
lost=$(one "select coalesce(sum(count), 0) as n from v_loss where stream = 'gc'")
check_eq "rows and lost ones ($lost)" $((rows + lost)) "$n"
check "few are lost" [ "$lost" -lt 100 ]

# each row's line is gctrace's, to the byte
ctl gc c >"$dir/lines"
check_eq "a line for each row" "$(wc -l <"$dir/lines")" "$rows"
grep '^gc ' "$dir/stderr" | sort >"$dir/a"
sort "$dir/lines" >"$dir/b"
check_eq "lines that gctrace did not print" "$(comm -13 "$dir/a" "$dir/b")" ""

# sums: MemStats in the program, rows, metrics
base=$(ctl -o json status | sed -n 's/.*"http": *"\([^"]*\)".*/\1/p' | head -1)
token=$(cat "$dir/http.token" 2>/dev/null ||
	cat "$(dirname "$GORTD_SOCKET")/http.token")
metric() { # NAME: the value for our instance
	curl -sf -H "Authorization: Bearer $token" "${base}metrics" |
		awk -v n="$1" 'index($0, n "{") == 1 && /"c"/ { print $NF }'
}
up_to_date() { [ "$(metric gort_gc_cycles_total)" = "$n" ]; }
until_ok "the counter page is up to date" up_to_date
check_eq "forced ones in /metrics" "$(metric gort_gc_forced_cycles_total)" \
	"$(told num_forced)"
check_eq "the goal in /metrics" "$(metric go_memstats_next_gc_bytes)" \
	"$(told next_gc)"
cat >"$dir/sums.py" <<'END'
import json, sys
rows = json.load(sys.stdin)
pause, metric, n, stopped = sys.argv[1:]
assert float(metric) == int(pause) / 1e9, (metric, pause)
total = sum(r["stw_sweep_ns"] + r["stw_mark_ns"] +
            (r["mark_ns"] if stopped == "1" else 0) for r in rows)
if len(rows) == int(n):
    assert total == int(pause), (total, pause)
else:
    assert total < int(pause), (total, pause)
for r in rows:
    assert r["heap_live"] <= r["heap_end"] + 1024 and r["goal"] > 0, r
END
sums() {
	query "select stw_sweep_ns, mark_ns, stw_mark_ns, heap_end, heap_live,
		goal from v_gc order by cycle limit 100000" |
		python3 "$dir/sums.py" "$(told pause_total_ns)" \
			"$(metric gort_gc_pause_seconds_total)" "$n" 0
}
check "pauses: rows, MemStats and /metrics" sums
check_eq "what scavtrace said last is what is gone" \
	"$(sed -n 's/^scav .* work, \([0-9]*\) KiB total.*/\1/p' \
		"$dir/stderr" | tail -1)" "$(($(told heap_released) / 1024))"
check "stop" ctl stop c
e2e_end
