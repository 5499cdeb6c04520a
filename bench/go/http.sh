#!/bin/sh
# http.sh - httpd.go under load: requests a second, errors, and memory by second.
#
#	GO=/path/to/go SECONDS_EACH=30 bench/go/http.sh [gort|gc|libgo…]
#
# For each runtime (default: gort) one server, and wrk -t2 -c256 on /hello, then
# on /json, on the same machine. Resident memory is read each second from
# /proc/PID/status. Prints `name value unit`:
#
#	http.PATH.RUNTIME        requests a second
#	http.PATH.RUNTIME.rss5   resident after 5 s
#	http.PATH.RUNTIME.rss    resident in the last second; .max: the largest
#	http.PATH.RUNTIME.slope  line through all readings after 5 s
#
# Leaves 1 when wrk met an error, or when gort's memory grew: when the last ten
# seconds' mean is more than a tenth above that of seconds 5 to 15.
set -eu
: "${srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
: "${builddir:=$(pwd)}"
secs=${SECONDS_EACH:-30}
[ $# -gt 0 ] || set -- gort
missing() {
	echo "http.sh: no $1 (Debian: apt-get install $2)" >&2
	exit 77
}
gccgo=${GCCGO:-gccgo-12}
command -v wrk >/dev/null || missing wrk wrk
command -v "$gccgo" >/dev/null || missing gccgo-12 gccgo-12
tmp=$(mktemp -d) server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null; rm -rf "$tmp"' EXIT
src=$srcdir/bench/go/httpd.go

build() { # RUNTIME: $tmp/RUNTIME
	case $1 in
	gort) "$builddir/gortctl" build -o "$tmp/gort" "$src" -- -O2 ;;
	libgo) "$gccgo" -O2 -o "$tmp/libgo" "$src" ;;
	gc)
		cp "$src" "$tmp/main.go"
		(cd "$tmp" && GO111MODULE=off GOCACHE=$tmp/cache \
			"${GO:-go}" build -o gc main.go)
		;;
	*)
		echo "http.sh: no such runtime: $1" >&2
		return 1
		;;
	esac
}

start() { # RUNTIME: sets server and address
	"$tmp/$1" -addr 127.0.0.1:0 >"$tmp/said" 2>&1 &
	server=$!
	tries=0
	until address=$(sed -n 's/^listening on //p' "$tmp/said") &&
		[ -n "$address" ]; do
		tries=$((tries + 1))
		[ $tries -lt 100 ] || { cat "$tmp/said" >&2; return 1; }
		sleep 0.1
	done
}

# rss UNTIL_GONE: a line a second, in KiB, as long as that process lives
rss() {
	while kill -0 "$1" 2>/dev/null; do
		sleep 1
		awk '/^VmRSS:/ { print $2 }' "/proc/$server/status" || return 0
	done
}

# report RUNTIME PATH: of $tmp/wrk and $tmp/rss
report() {
	awk -v name="http.$2.$1" -v strict="$1" '
	FILENAME ~ /wrk$/ && /^Requests\/sec/ { print name, $2, "/s" }
	FILENAME ~ /wrk$/ && /Socket errors|Non-2xx/ { print name ": " $0; bad = 1 }
	FILENAME ~ /rss$/ {
		v[++n] = $1
		if ($1 > max) max = $1
	}
	function mean(from, to,  i, s) {
		for (i = from; i <= to; i++) s += v[i]
		return s / (to - from + 1)
	}
	END {
		if (n < 6) { print name ": only " n " readings"; exit 1 }
		for (i = 5; i <= n; i++) {
			x = i - (5 + n) / 2
			sxy += x * v[i]; sxx += x * x
		}
		print name ".rss5", v[5], "KiB"
		print name ".rss", v[n], "KiB"
		print name ".max", max, "KiB"
		printf "%s.slope %.1f KiB/s\n", name, sxy / sxx
		if (n >= 25 && strict == "gort" &&
		    mean(n - 9, n) > 1.1 * mean(5, 14)) {
			print name ": memory grew"
			bad = 1
		}
		exit bad
	}' "$tmp/wrk" "$tmp/rss"
}

bad=0
for r; do build "$r"; done
for r; do
	start "$r"
	for path in hello json; do
		wrk -t2 -c256 -d"${secs}s" "http://$address/$path" >"$tmp/wrk" &
		load=$!
		rss $load >"$tmp/rss"
		wait $load || bad=1
		report "$r" "$path" || bad=1
		[ -z "${VERBOSE:-}" ] || paste -s -d ' ' "$tmp/rss"
	done
	kill "$server"
	wait "$server" || { cat "$tmp/said" >&2; bad=1; }
	server=
done
exit $bad
