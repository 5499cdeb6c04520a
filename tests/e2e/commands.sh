#!/bin/sh
# commands.sh - every command of gortctl as a table and as JSON that another
# parser reads, and the three that follow: they begin, go on, and end.
. "${srcdir:-$(dirname "$0")/../..}/tests/e2e/lib.sh"
command -v python3 >/dev/null || skip "python3 is not installed"
e2e_begin commands
gortd_start
kv=$EXAMPLES/kv

json() { # one value, and nothing else
	ctl -o json "$@" >"$dir/json" 2>"$dir/err" </dev/null &&
		python3 -c 'import json, sys; json.load(open(sys.argv[1]))' \
			"$dir/json" && [ ! -s "$dir/err" ]
}
table() { # words, no JSON
	ctl "$@" >"$dir/table" 2>"$dir/err" </dev/null &&
		[ -s "$dir/table" ] && ! head -c 1 "$dir/table" | grep -q '{'
}
both() { check "$* as a table" table "$@"; check "$* as JSON" json "$@"; }

check "run -d as JSON" json run -d --name kv "$kv" --port 0
until_ok "kv is ready" sh -c "'$GORTCTL' logs kv | grep -q 'ready on'"
both gcnow kv
until_ok "a scheduler sample" sh -c "'$GORTCTL' sched kv | grep -q SCHED"
until_ok "a collection" sh -c "'$GORTCTL' gc kv | grep -q '^gc 1 '"
for c in "ps" "ps -a" "inspect kv" "logs kv" "boot kv" "sched kv" \
	"sched --detail kv" "gc kv" "mem kv" "goroutines kv" \
	"goroutines --stacks kv" "debug kv" "why kv" "events" "events kv" \
	"status" "version" "logs -n 1 kv" "logs --since 10m kv" \
	"gc --since 0 kv"; do
	# shellcheck disable=SC2086
	both $c
done
check "-o json after the command" sh -c \
	"'$GORTCTL' ps -o json | python3 -m json.tool"
both query "select count(*) as n, 'a' as text, null as nil from v_run"
both debug kv gctrace=1
both inspect "$kv"
check "ps -q" [ "$(ctl ps -q | wc -l)" = 1 ]
check_eq "a name with SQL in it" "$(ctl -o json query \
	"select name from v_instance where name = 'x''y'")" "[]"
for c in "trace start kv" "profile -o $dir/p kv" "top"; do
	# shellcheck disable=SC2086
	ctl $c >"$dir/out" 2>&1 </dev/null
	code=$?
	check "$c says what it is ($code)" [ $code -ne 0 -a \
		"$(wc -l <"$dir/out")" -ge 1 ]
done

# ---- what follows ----
follow() { # FILE ARG...: in the background, its code in FILE.code
	out=$dir/$1
	shift
	( "$GORTCTL" "$@" >"$out" 2>>"$dir/f.err"; echo $? >"$out.code" ) &
	e2e_pids="$e2e_pids $!"
}
: >"$dir/f.err"
follow f.logs logs -f kv
follow f.sched sched -f kv
follow f.gc gc -f kv
follow f.events events -f kv
follow f.json -o json sched -f kv
until_ok "logs -f begins" grep -q 'ready on' "$dir/f.logs"
until_ok "gc -f begins" grep -q '^gc 1 ' "$dir/f.gc"
until_ok "events -f begins" grep -q run.started "$dir/f.events"
have=$(grep -c '^gc ' "$dir/f.gc")
check "another collection" ctl gcnow kv
more() { [ "$(grep -c "$2" "$1")" -gt "$3" ]; }
until_ok "gc -f goes on" more "$dir/f.gc" '^gc ' "$have"
until_ok "sched -f goes on" more "$dir/f.sched" '^SCHED ' 2
until_ok "sched -f -o json goes on" more "$dir/f.json" gomaxprocs 2
check "one value a line" python3 -c 'import json, sys
for l in open(sys.argv[1]): json.loads(l)' "$dir/f.json"
check "stop" ctl stop kv
for p in logs sched gc events json; do
	until_ok "$p -f ends with the instance" test -s "$dir/f.$p.code"
	check_eq "$p -f leaves with 0" "$(cat "$dir/f.$p.code")" 0
done
check "logs -f had the last words" grep -q 'terminated after' "$dir/f.logs"
check "events -f had the end" grep -q run.ended "$dir/f.events"
check_eq "no complaint" "$(grep -v '^gc ' "$dir/f.err")" ""
check "logs -f of an ended one ends" timeout 10 "$GORTCTL" logs -f kv
both stop kv
both why kv
both boot kv
check "mem of an ended one is refused" sh -c \
	"! '$GORTCTL' mem kv 2>'$dir/err' && [ \$(wc -l <'$dir/err') = 1 ]"
check "wait as JSON" json wait kv
both restart kv
follow f.runs logs -f kv
until_ok "logs -f of the second run" sh -c \
	"[ \$(grep -c 'ready on' '$dir/f.runs') = 1 ]"
both restart kv
until_ok "logs -f goes on with the third" sh -c \
	"[ \$(grep -c 'ready on' '$dir/f.runs') -ge 2 ]"
check "kill" json kill kv
until_ok "logs -f ends" test -s "$dir/f.runs.code"
check "rm" json rm kv
e2e_end
