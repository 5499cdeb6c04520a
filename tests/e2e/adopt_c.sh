#!/bin/sh
# adopt_c.sh - kill -9 of supervisor, recorder and gateway, each in turn, under
# a key-value server with clients at work (adopt.sh has what can be seen with
# plain programs): the clients see no error, the telemetry goes on in one
# series, a foreground run lives through it.
. "${srcdir:-$(dirname "$0")/../..}/tests/e2e/lib.sh"
command -v python3 >/dev/null || skip "python3 is not installed"
e2e_begin adopt_c
gortd_start

replaced() { # ROLE OLDPID
	new=$(role_pid "$1")
	[ -n "$new" ] && [ "$new" != "$2" ]
}
number() { ctl -o json query "$1" | tr -cd 0-9; }
rows() { # VIEW: of kv
	number "select count(*) as n from $1 v join v_instance i on
		i.id = v.instance where i.name = 'kv'"
}

ctl run -d --name kv "$EXAMPLES/kv" --port 0 >/dev/null
until_ok "kv is ready" sh -c "'$GORTCTL' logs kv | grep -q 'ready on'"
port=$(ctl logs kv | sed -n 's/.*ready on .*:\([0-9]*\)$/\1/p')
pid=$(field kv pid)

# four clients that count for as long as the file is there
cat >"$dir/load.py" <<'END'
import os, socket, sys, threading
port, flag, bad = int(sys.argv[1]), sys.argv[2], []
total = [0] * 4

def client(n):
    try:
        s = socket.create_connection(("127.0.0.1", port), 20)
        f = s.makefile("rb")
        while os.path.exists(flag):
            s.sendall(b"*2\r\n$4\r\nINCR\r\n$2\r\nk%d\r\n" % n * 50)
            for _ in range(50):
                total[n] += 1
                line = f.readline()
                if line != b":%d\r\n" % total[n]:
                    bad.append((n, total[n], line))
                    return
    except Exception as e:
        bad.append((n, repr(e)))

ts = [threading.Thread(target=client, args=(n,)) for n in range(4)]
[t.start() for t in ts]
[t.join() for t in ts]
print(sum(total), "commands", bad)
sys.exit(bool(bad) or min(total) == 0)
END
: >"$dir/flag"
python3 "$dir/load.py" "$port" "$dir/flag" >"$dir/load.out" 2>&1 &
load=$!
e2e_pids="$e2e_pids $load"

# one that says numbers, without a pause, in the foreground
ctl run --name counter sh -c 'i=0; while [ -e "$0" ]; do i=$((i+1)); echo $i;
	[ $((i % 50)) -ne 0 ] || sleep 0.01; done; exit 7' "$dir/flag" \
	>"$dir/counter.out" 2>"$dir/counter.err" &
counter=$!
e2e_pids="$e2e_pids $counter"
until_ok "the counter counts" test -s "$dir/counter.out"
# and one that ends while nobody watches
k=0
for role in supervisor recorder gateway; do
	k=$((k + 1))
	ctl run -d --name "gap-$role" sh -c "while ! [ -e '$dir/go$k' ]; do
		sleep 0.02; done; echo last words; exit 4$k" >/dev/null
done

k=0
for role in supervisor recorder gateway; do
	k=$((k + 1))
	check "a collection before" ctl gcnow kv
	logs=$(rows v_log) gcs=$(rows v_gc) scheds=$(rows v_sched)
	old=$(role_pid $role)
	check "$role has a pid" test -n "$old"
	gap=$(field "gap-$role" pid)
	kill -STOP "$old"
	: >"$dir/go$k"
	gone() { ! kill -0 "$gap" 2>/dev/null; }
	until_ok "an end nobody saw ($role)" gone
	kill -9 "$old"
	until_ok "$role is replaced" replaced $role "$old"
	check_eq "same pid after $role" "$(field kv pid)" "$pid"
	check_eq "same run after $role" "$(field kv run)" 1
	check_eq "still running after $role" "$(field kv state)" running
	check "kv's runtime answers after $role" ctl gcnow kv
	check "its goroutines too" ctl goroutines kv
	more() { [ "$(rows v_gc)" -gt "$gcs" ] && [ "$(rows v_sched)" -gt "$scheds" ]; }
	until_ok "telemetry goes on after $role" more
done
codes=''
for role in supervisor recorder gateway; do
	ctl wait "gap-$role"
	codes="$codes $?"
done
check_eq "ends in the gaps are known" "$codes" " 41 42 43"
for role in supervisor recorder gateway; do
	check_eq "and their last words" "$(ctl logs "gap-$role")" "last words"
done

kill -0 "$load" 2>/dev/null
check_eq "the clients are at work" $? 0
rm "$dir/flag"
wait "$load"
check_eq "no client saw an error: $(cut -c1-200 "$dir/load.out")" $? 0
wait "$counter"
check_eq "the foreground run's code" $? 7
check_eq "and it complained of nothing" "$(cat "$dir/counter.err")" ""
last=$(tail -1 "$dir/counter.out")
seq 1 "${last:-1}" >"$dir/want"
check "the foreground run's lines, each once" cmp "$dir/counter.out" "$dir/want"
ctl logs counter >"$dir/kept"
check "the kept lines, each once" cmp "$dir/kept" "$dir/want"

# one series: no number twice, and gaps only where the ledger says so
for view in v_sched v_gc v_log v_boot; do
	split=$([ $view = v_log ] && echo ", stream")
	check_eq "$view: no number twice" "$(number "select count(*) as n from
		(select 1 from $view group by instance, run, seq$split
		having count(*) > 1)")" 0
done
for view in v_sched v_gc; do
	check_eq "$view: gaps are in the ledger" "$(number "select count(*) as n
		from (select instance, run, max(seq) - min(seq) + 1 - count(*)
		as gap from $view group by instance, run) g where gap >
		(select coalesce(sum(x.count), 0) from v_loss x where
		x.instance = g.instance and x.run = g.run and
		x.stream = substr('$view', 3))")" 0
done
cycles=$(number "select count(*) as n from (select cycle from v_gc v join
	v_instance i on i.id = v.instance where i.name = 'kv' group by cycle
	having count(*) > 1)")
check_eq "no collection is told twice" "$cycles" 0
check_eq "each was started once" "$(number "select count(*) as n from v_run
	where run > 1")" 0
check_eq "events have numbers of their own" "$(number "select count(*) as n
	from (select seq from v_event group by seq having count(*) > 1)")" 0
check_eq "one start each" "$(number "select count(*) as n from (select instance
	from v_event where type = 'run.started' group by instance
	having count(*) > 1)")" 0
e2e_end
