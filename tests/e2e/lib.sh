# lib.sh - what every end-to-end script shares. Sourced, not run.
#
# A script gets a gortd of its own on private paths under a short temporary
# folder, waits for states (never for times), and leaves nothing behind:
# everything it started is ended by pid, also when it fails.
#
#   e2e_begin NAME      paths; GORTD, GORTCTL, EXAMPLES; cleans up on exit
#   gortd_start [ARG…]  a private gortd in the foreground; waits until it answers
#   gortd_stop          SIGTERM and wait
#   ctl ARG…            gortctl on that gortd
#   field ID KEY        one scalar of inspect; state_is ID STATE
#   role_pid NAME       of the role that is up; asleep PID: it runs nothing
#   until_ok WHAT CMD…  poll CMD until it succeeds, at most E2E_WAIT s (20)
#   check WHAT CMD…     one assertion; counts, names the failure, goes on
#   e2e_end             "N checks, M failures"; exit code
#   skip REASON         exit 77, as automake wants
#
# shellcheck shell=sh
# A script that hangs is a failure after E2E_LIMIT seconds (240), not a suite
# that never ends: the first thing it does is to run itself under timeout,
# which signals the whole group, gortd and all.
set -u
if [ -z "${E2E_GUARDED:-}" ] && command -v timeout >/dev/null; then
	E2E_GUARDED=1
	export E2E_GUARDED
	exec timeout -k 15 "${E2E_LIMIT:-240}" sh "$0" "$@"
fi
: "${srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
: "${builddir:=$(pwd)}"
GORTD=${GORTD:-$builddir/gortd}
GORTCTL=${GORTCTL:-$builddir/gortctl}
EXAMPLES=$builddir/examples
E2E_WAIT=${E2E_WAIT:-20}
e2e_checks=0 e2e_failures=0 gortd_pid='' e2e_pids=''

skip() { echo "SKIP: $*"; exit 77; }

e2e_begin() {
	e2e_name=$1
	dir=$(mktemp -d "/tmp/gort-e2e.XXXXXX") || exit 99
	GORTD_SOCKET=$dir/s
	export GORTD_SOCKET
	XDG_CACHE_HOME=$dir/cache XDG_STATE_HOME=$dir/state
	export XDG_CACHE_HOME XDG_STATE_HOME
	trap e2e_cleanup EXIT
	trap 'exit 130' INT TERM HUP
}

e2e_cleanup() {
	gortd_stop
	for p in $e2e_pids; do kill "$p" 2>/dev/null; done
	if [ "$e2e_failures" != 0 ] && [ -f "$dir/gortd.log" ]; then
		echo "--- gortd.log"
		tail -30 "$dir/gortd.log"
	fi
	rm -rf "$dir"
}

until_ok() {
	e2e_what=$1
	shift
	e2e_n=0
	until "$@" >/dev/null 2>&1; do
		e2e_n=$((e2e_n + 1))
		if [ $e2e_n -ge $((E2E_WAIT * 20)) ]; then
			echo "FAIL: $e2e_what: not within $E2E_WAIT s"
			e2e_checks=$((e2e_checks + 1))
			e2e_failures=$((e2e_failures + 1))
			return 1
		fi
		sleep 0.05
	done
}

ctl() { "$GORTCTL" "$@"; }

field() {
	ctl -o json inspect "$1" | tr ',{}' '\n\n\n' |
		sed -n "s/^ *\"$2\": *\"\\{0,1\\}\\([^\"]*\\)\"\\{0,1\\} *$/\\1/p" | head -1
}
state_is() { [ "$(field "$1" state)" = "$2" ]; }
role_pid() {
	ctl status 2>/dev/null |
		awk -v name="$1" '$1 == name && $3 == "up" { print $2 }'
}
asleep() { [ "$(awk '{ print $3 }' "/proc/$1/stat")" = S ]; }

gortd_start() {
	"$GORTD" --foreground --socket "$GORTD_SOCKET" --http 127.0.0.1:0 \
		--db "$dir/gort.db" --state-dir "$dir/state" "$@" \
		2>>"$dir/gortd.log" &
	gortd_pid=$!
	until_ok "gortd answers" ctl status
}

gortd_stop() {
	[ -n "$gortd_pid" ] || return 0
	kill "$gortd_pid" 2>/dev/null
	wait "$gortd_pid" 2>/dev/null
	gortd_code=$?
	gortd_pid=''
	return 0
}

check() {
	what=$1
	shift
	e2e_checks=$((e2e_checks + 1))
	if ! "$@" >"$dir/check.out" 2>&1; then
		e2e_failures=$((e2e_failures + 1))
		echo "FAIL: $what: $*"
		sed 's/^/    /' "$dir/check.out" | head -20
	fi
}

check_eq() { # what got want
	e2e_checks=$((e2e_checks + 1))
	[ "$2" = "$3" ] && return 0
	e2e_failures=$((e2e_failures + 1))
	printf 'FAIL: %s: got "%s", want "%s"\n' "$1" "$2" "$3"
}

e2e_end() {
	echo "$e2e_name: $e2e_checks checks, $e2e_failures failures"
	[ "$e2e_failures" = 0 ]
	exit $?
}
