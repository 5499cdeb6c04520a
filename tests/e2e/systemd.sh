#!/bin/sh
# systemd.sh - the units: clean by systemd-analyze, and tried in a real systemd:
# socket activation, readiness, a restart that spares instances, a stop that
# ends them, the socket that stays, groups, the watchdog's kill.
: "${srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
: "${builddir:=$(pwd)}"

# ---- inside: as root of a machine that systemd runs ----
if [ "${1-}" = --inside ]; then
	. "$srcdir/tests/e2e/lib.sh"
	unset GORTD_SOCKET XDG_RUNTIME_DIR
	dir=$(mktemp -d /tmp/gort-e2e.XXXXXX)
	e2e_name=systemd gortd_pid=
	trap 'rm -rf "$dir"' EXIT
	show() { systemctl show -P "$1" gortd.service; }
	active() { [ "$(systemctl is-active "$1")" = "$2" ]; }

	cp "$builddir/gortd" /usr/sbin/gortd
	mkdir -p /usr/lib/sysusers.d
	sed 's|^ExecStart=.*/gortd|ExecStart=/usr/sbin/gortd|' \
		"$builddir/systemd/gortd.service" \
		>/etc/systemd/system/gortd.service
	cp "$srcdir/systemd/gortd.socket" /etc/systemd/system/
	cp "$srcdir/systemd/tmpfiles.d/gort.conf" /usr/lib/tmpfiles.d/
	cp "$srcdir/systemd/sysusers.d/gort.conf" /usr/lib/sysusers.d/
	check "sysusers" systemd-sysusers gort.conf
	check "tmpfiles" systemd-tmpfiles --create gort.conf
	check "the groups are there" getent group gort gort-view
	systemctl daemon-reload
	check "the socket starts" systemctl start gortd.socket
	check "the service waits" active gortd.service inactive

	# the first word starts it
	check "a call starts it" ctl status
	# READY=1 may reach the manager after the first answer
	until_ok "it is active" active gortd.service active
	check_eq "type" "$(show Type)" notify
	main=$(show MainPID)
	check_eq "main process is the keeper" \
		"$(ctl -o json status | sed -n 's/^  "pid": \([0-9]*\).*/\1/p')" \
		"$main"

	id=$(ctl run -d --name long sleep 1000)
	pid=$(ctl -o json inspect long | sed -n 's/^  "pid": \([0-9]*\).*/\1/p')
	check "the instance runs" kill -0 "$pid"

	# a restart spares it, and the socket's file stays
	check "restart" systemctl restart gortd.service
	check "the instance was spared" kill -0 "$pid"
	[ "$(show MainPID)" != "$main" ] || check "a new main process" false
	check "the socket is still there" test -S /run/gortd/control.sock
	until_ok "it answers" ctl status
	same() { [ "$(ctl -o json inspect long |
		sed -n 's/^  "pid": \([0-9]*\).*/\1/p')" = "$pid" ]; }
	until_ok "adopted with its pid" same

	# who may: gort runs as itself, gort-view looks, others nothing
	gid=$(getent group gort | cut -d: -f3)
	vid=$(getent group gort-view | cut -d: -f3)
	as() { g=$1; shift; setpriv --reuid 1234 --regid 1234 --groups "$g" "$@"; }
	chmod 755 "$dir"
	cp "$GORTCTL" "$dir/gortctl"
	check "gort may look" as "$gid" "$dir/gortctl" ps
	check "gort may run" as "$gid" "$dir/gortctl" run -w / true
	check "gort-view may look" as "$vid" "$dir/gortctl" ps
	refused() { ! as "$@"; }
	check "gort-view may not run" refused "$vid" "$dir/gortctl" run -d -w / true
	check "others may not look" refused 1234 "$dir/gortctl" ps
	runs_as() { as "$gid" "$dir/gortctl" run -w / id -u; }
	check_eq "as whom it runs" "$(runs_as)" 1234

	# SIGHUP reloads, kill -9 is survived
	main=$(show MainPID)
	check "reload" systemctl reload gortd.service
	check_eq "reload keeps the process" "$(show MainPID)" "$main"
	kill -9 "$main"
	fresh() { [ "$(show MainPID)" != "$main" ] &&
		active gortd.service active && ctl status; }
	until_ok "kill -9 of the keeper: restarted" fresh
	until_ok "and the instance is known again" same

	# a stop ends what runs; the socket stays and the next call starts anew
	check "stop" systemctl stop gortd.service
	ended() { ! kill -0 "$pid" 2>/dev/null; }
	until_ok "the instance was ended" ended
	check "the socket still listens" active gortd.socket active
	check "a call starts it again" ctl status
	check "no unit has failed" sh -c '! systemctl is-failed --quiet "gortd.*"'
	[ "$e2e_failures" = 0 ] || journalctl -u gortd.service --no-pager | tail -20
	echo "$e2e_name: $e2e_checks checks, $e2e_failures failures"
	[ "$e2e_failures" = 0 ]
	exit $?
fi

# ---- outside: the units' form ----
command -v systemd-analyze >/dev/null || {
	echo "SKIP: systemd-analyze is not installed"
	exit 77
}
stage=$(mktemp -d) || exit 99
trap 'rm -rf "$stage"' EXIT
sed 's|^ExecStart=.*/gortd|ExecStart=/bin/true|' \
	"$builddir/systemd/gortd.service" >"$stage/gortd.service"
cp "$srcdir/systemd/gortd.socket" "$stage/"
# an unknown key is one line on stderr and code 0: so no line is wanted
if ! (cd "$stage" && systemd-analyze verify --man=no ./gortd.service \
	./gortd.socket) 2>"$stage/err" || [ -s "$stage/err" ]; then
	echo "FAIL: systemd-analyze verify:"
	cat "$stage/err"
	exit 1
fi
echo "systemd: the units verify without a line"
for f in "$builddir/gortd" "$builddir/gortctl"; do
	[ -x "$f" ] || { echo "SKIP: $f is not built"; exit 77; }
done
abs=$(cd "$srcdir" && pwd)
WITH_SYSTEMD_EXPOSE="$abs $(cd "$builddir" && pwd)" \
	srcdir=$abs builddir=$(cd "$builddir" && pwd) \
	sh "$abs/tests/e2e/with-systemd.sh" env srcdir="$abs" \
	builddir="$(cd "$builddir" && pwd)" \
	sh "$abs/tests/e2e/systemd.sh" --inside
