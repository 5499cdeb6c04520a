#!/bin/sh
# hostile.sh - clients and programs that mean harm, or are merely broken:
# gortd answers each with one clear line, stays up, serves the others, and its
# memory stays where it was.
. "${srcdir:-$(dirname "$0")/../..}/tests/e2e/lib.sh"
command -v python3 >/dev/null || skip "python3 is not installed"
e2e_begin hostile
gortd_start

roles() { ctl status | awk '$1 ~ /^(supervisor|recorder|gateway)$/ { print $1, $2 }'; }
# PSS of one process, KiB; a sanitizer's shadow is not what is bounded here
pss() { awk '/^Pss:/ { print $2 }' "/proc/$1/smaps_rollup"; }
roles >"$dir/roles"
pss_all() {
	pss "$gortd_pid"
	while read -r role pid; do pss "$pid"; done <"$dir/roles"
}

ctl run -d --name bystander "$EXAMPLES/kv" --port 0 >/dev/null
until_ok "bystander is ready" sh -c \
	"'$GORTCTL' logs bystander | grep -q 'ready on'"
pss_all >"$dir/pss.before"


# ---- clients ----
python3 "$srcdir/tests/e2e/hostile_ctl.py" "$GORTD_SOCKET" >"$dir/out" 2>&1
check_eq "bad clients of the control socket" $? 0
grep FAIL "$dir/out"
at=$(ctl status | sed -n 's,.*http://\([0-9.:]*\)/.*,\1,p' | head -1)
python3 "$srcdir/tests/e2e/hostile_http.py" "$at" "$(cat "$dir/http.token")" \
	"$dir/gortd.log" >"$dir/out" 2>&1
check_eq "bad clients of the gateway" $? 0
grep FAIL "$dir/out"

# ---- programs: the ring ----
scribble=$builddir/tests/e2e/scribble
events_of() { ctl -o json events "$1" 2>/dev/null; }
said() { ctl logs "$1" 2>/dev/null | grep -q "$2"; }
for mode in ring-noise ring-lies ring-shrink; do
	ctl run -d --name $mode "$scribble" $mode >/dev/null
done
until_ok "noise has refused telemetry" sh -c \
	"'$GORTCTL' events ring-noise | grep -q telemetry_refused"
until_ok "lies are told" said ring-lies DONE
until_ok "shrinking is tried" said ring-shrink DONE
check "the size is sealed" said ring-shrink \
	"shrink refused, grow refused, unseal refused"
losses() { # NAME
	ctl -o json query "select count(*) as n from v_loss l join v_instance i
		on i.id = l.instance where i.name = '$1'" |
		tr -cd 0-9
}
lost() { [ "$(losses "$1")" -gt 0 ]; }
until_ok "what the liar lost is in the ledger" lost ring-lies
check_eq "nothing of the bystander is lost" "$(losses bystander)" 0
check "the bystander's boot is whole" sh -c \
	"[ \$('$GORTCTL' boot bystander | wc -l) -ge 30 ]"
for mode in ring-noise ring-lies ring-shrink; do
	case $(ctl inspect $mode) in *running*|*starting*) ;; *) check "$mode is there" false ;; esac
	check "boot of $mode is answered" ctl boot $mode
	check "gc of $mode is answered" ctl gc $mode
	check "sched of $mode is answered" ctl sched $mode
	check "kill of $mode" ctl kill $mode
done

# ---- programs: the control channel ----
supervisor=$(awk '$1 == "supervisor" { print $2 }' "$dir/roles")
ctl run -d --name ctl-half "$scribble" ctl-half >/dev/null
until_ok "half a frame is sent" said ctl-half DONE
ctl ps >/dev/null # it has been round its loop since
until_ok "half a frame costs the supervisor nothing: it sleeps" asleep "$supervisor"
ctl kill ctl-half >/dev/null
for mode in ctl-noise ctl-nonce; do
	ctl run -d --name $mode "$scribble" $mode >/dev/null
	until_ok "$mode is reported" sh -c \
		"'$GORTCTL' events $mode | grep -q control_refused"
	ctl goroutines $mode >/dev/null 2>"$dir/err"
	check_eq "$mode: goroutines can't be asked" $? 1
	check_eq "$mode: one line" "$(cat "$dir/err")" "gortctl: the instance's control channel is closed"
	ctl kill $mode >/dev/null
done
ctl run -d --name ctl-flood "$scribble" ctl-flood >/dev/null
until_ok "frames nobody asked for" said ctl-flood DONE
check "others are served meanwhile" ctl ps
for how in count short pipe nofd type error; do
	ctl run -d --name "ans-$how" "$scribble" "ctl-answer-$how" >/dev/null
	until_ok "ans-$how waits for the question" said "ans-$how" ASK
	ctl goroutines "ans-$how" >"$dir/out" 2>"$dir/err"
	check_eq "a lie ($how) is refused" $? 1
	check_eq "$how: one line" "$(wc -l <"$dir/err")" 1
	ctl kill "ans-$how" >/dev/null
done

# ---- and a flood, past ten that never read ----
cat >"$dir/deaf.py" <<'END'
import signal, socket, sys
held = []
for n in range(10):
    s = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    s.connect(sys.argv[1])
    s.sendall(b'{"jsonrpc":"2.0","id":1,"method":"telemetry.subscribe",'
              b'"params":{"what":["log"],"since":0}}\n')
    held.append(s)
print("held", flush=True)
signal.pause()
END
python3 "$dir/deaf.py" "$GORTD_SOCKET" >"$dir/deaf.out" &
deaf=$!
e2e_pids="$e2e_pids $deaf"
until_ok "ten subscribe and never read" grep -q held "$dir/deaf.out"
timeout 60 "$GORTCTL" run --name flood sh -c 'yes "a line of the flood, which nobody reads" |
	head -c 5000000' >/dev/null
check_eq "the flood comes to its end" $? 0
check "others are served" ctl ps
kill "$deaf" 2>/dev/null

# ---- what it cost ----
roles >"$dir/roles.now"
check "no role was replaced" cmp "$dir/roles" "$dir/roles.now"
pss_all >"$dir/pss.now"
if [ -z "${GORT_SANITIZED:-}" ]; then
	check "memory of every role is bounded" awk '
		NR == FNR { before[FNR] = $1; next }
		$1 > before[FNR] + 12 * 1024 { print "role", FNR, before[FNR],
			"KiB, then", $1; bad = 1 }
		END { exit bad }' "$dir/pss.before" "$dir/pss.now"
fi
[ -z "${E2E_FIGURES:-}" ] || paste "$dir/pss.before" "$dir/pss.now"
check_eq "the bystander is on its first run" "$(ctl -o json inspect bystander |
	tr -d ' \n' | sed 's/.*"run":\([0-9]*\).*/\1/')" 1
e2e_end
