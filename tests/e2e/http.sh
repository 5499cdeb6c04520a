#!/bin/sh
# http.sh - the gateway of a real gortd: who gets in, what is told, metrics that
# promtool accepts, streams, and life after kill -9 of the gateway.
. "${srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}/tests/e2e/lib.sh"

command -v curl >/dev/null || skip "curl is not installed"
command -v jq >/dev/null || skip "jq is not installed"
[ -x "$GORTD" ] || skip "gortd is not built"
e2e_begin http
gortd_start

base=$(ctl -o json status | jq -r .http)
token=$(cat "$dir/http.token" 2>/dev/null || cat "$(dirname "$GORTD_SOCKET")/http.token")
auth="Authorization: Bearer $token"
code() { curl -s -o "$dir/body" -w '%{http_code}' "$@"; }
get() { curl -sf -H "$auth" "$base$1"; }

# who gets in
check_eq "healthz is open" "$(code "${base}healthz")" 200
check_eq "readyz is open" "$(code "${base}readyz")" 200
check_eq "v1 wants the token" "$(code "${base}v1/instances")" 401
check_eq "the page wants the token" "$(code "$base")" 401
check_eq "another host is refused" \
	"$(code -H 'Host: evil.example' "${base}healthz")" 403
check_eq "the token opens" "$(code -H "$auth" "${base}v1/instances")" 200
check_eq "first visit leaves a cookie" \
	"$(code -c "$dir/jar" "$base?token=$token")" 303
check_eq "the cookie opens" "$(code -b "$dir/jar" "$base")" 200
check_eq "writing is refused" "$(code -X POST -H "$auth" "${base}v1/instances")" 405
check_eq "token file is private" "$(stat -c %a "$(dirname "$GORTD_SOCKET")/http.token")" 600

# limits
big=$(printf '%20000s' x | tr ' ' a)
case $(code -H "X: $big" "${base}healthz") in
400|431|000) ;;
*) check "a header of 20 KB is refused" false ;;
esac
check_eq "and the gateway lives" "$(code "${base}healthz")" 200

# an instance and what is told of it
if [ -x "$EXAMPLES/kv" ]; then
	id=$(ctl run -d --name kv "$EXAMPLES/kv" -p 0)
	kind=c
else
	id=$(ctl run -d --name kv sleep 1000)
	kind=plain
fi
check_eq "listed" "$(get v1/instances | jq -r '.items[0].name')" kv
check_eq "by name" "$(get v1/instances/kv | jq -r .id)" "$id"
check_eq "its kind" "$(get v1/instances/kv | jq -r .kind)" "$kind"
check_eq "unknown is 404" "$(code -H "$auth" "${base}v1/instances/nosuch")" 404
check_eq "with a reason" "$(jq -r .error.reason <"$dir/body")" not_found
check_eq "unknown param is 400" \
	"$(code -H "$auth" "${base}v1/instances/kv/logs?nosuch=1")" 400
if [ $kind = c ]; then
	booted() { [ "$(get v1/instances/kv/boot | jq '.items | length')" -ge 30 ]; }
	until_ok "30 boot steps" booted
	sampled() { [ "$(get v1/instances/kv/sched | jq '.items | length')" -ge 1 ]; }
	until_ok "a scheduler sample" sampled
	check_eq "goroutines, live" \
		"$(get v1/instances/kv/goroutines | jq '.items | length > 0')" true
	check_eq "mem, live" "$(get v1/instances/kv/mem |
		jq '(.counters // .) | .goroutines > 0')" true
fi
check_eq "events of it" "$(get v1/instances/kv/events |
	jq -r '.items[0].type')" instance.created
check_eq "openapi is made" "$(get v1/openapi.json | jq -r .openapi)" 3.0.3

# a stream: history after 0 and what comes
curl -sN -H "$auth" "${base}v1/events?since=0" >"$dir/stream" &
stream=$!
e2e_pids="$e2e_pids $stream"
until_ok "the stream tells history" grep -q '^event: instance.created' "$dir/stream"
ctl run -d --name late sleep 1000 >/dev/null
until_ok "and what comes" grep -q 'late' "$dir/stream"
kill "$stream" 2>/dev/null

# metrics
curl -s "${base}metrics" >"$dir/metrics"
check "the daemon is in it" grep -q '^gortd_info' "$dir/metrics"
check "the instance is in it" grep -q "instance_id=\"$id\"" "$dir/metrics"
check "one without a runtime of ours has process numbers" \
	grep -q '^process_resident_memory_bytes{.*name="late",kind="plain"' \
	"$dir/metrics"
[ $kind = plain ] ||
	check "with Go's names" grep -q '^go_goroutines{.*name="kv"' "$dir/metrics"
curl -s -H 'Accept: application/openmetrics-text' "${base}metrics" >"$dir/open"
check_eq "OpenMetrics ends so" "$(tail -1 "$dir/open")" "# EOF"
if peer=$(sh "$srcdir/tests/peers.sh" promtool 2>"$dir/peer.err"); then
	lint() { "$peer/run" promtool check metrics <"$dir/metrics"; }
	check "promtool check metrics" lint
else
	echo "SKIP: promtool: $(tail -1 "$dir/peer.err")"
fi

# an ended instance leaves
ctl stop -t 2 kv >/dev/null
gone() { ! curl -s "${base}metrics" | grep -q "instance_id=\"$id\""; }
until_ok "an ended instance leaves /metrics" gone

# kill -9 of the gateway: a new one, same address
old=$(ctl -o json status | jq '.roles[] | select(.role == "gateway") | .pid')
kill -9 "$old"
back() { [ "$(code -H "$auth" "${base}v1/instances")" = 200 ]; }
until_ok "a new gateway answers at the same address" back
e2e_end
