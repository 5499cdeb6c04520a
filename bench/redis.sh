#!/bin/sh
# redis.sh - examples/kv hosted by gortd beside a real redis-server, in one run.
#
# Rounds alternate between the two, so that a drift of the machine hits both;
# the median of ROUNDS (3) is printed as `name value unit`. redis-server keeps
# nothing on disk here (--save '' --appendonly no), as kv does.
. "${srcdir:-$(dirname "$0")/..}/tests/e2e/lib.sh"

rounds=${ROUNDS:-3} n=${REQUESTS:-100000}
peer=$("$srcdir/tests/peers.sh" redis 2>&1) || { echo "redis.sh: $peer" >&2; exit 1; }
e2e_begin redis-bench
gortd_start
ctl run -d --name kv "$EXAMPLES/kv" --port 0 >/dev/null
until_ok "kv is ready" sh -c "'$GORTCTL' logs kv | grep -q 'ready on'"
kv_port=$(ctl logs kv | sed -n 's/.*ready on .*:\([0-9]*\)$/\1/p')
redis_port=$((20000 + $$ % 20000))
"$peer/run" redis-server --port $redis_port --save '' --appendonly no \
	--bind 127.0.0.1 --dir "$dir" >"$dir/redis.log" 2>&1 &
e2e_pids="$e2e_pids $!"
until_ok "redis-server answers" "$peer/run" redis-cli -p $redis_port ping

for pipe in 1 16; do
	i=0
	while [ $i -lt "$rounds" ]; do
		for who in kv redis; do
			eval port=\$${who}_port
			"$peer/run" redis-benchmark -p "$port" -n "$n" -c 50 \
				-P $pipe -t get,set,incr --csv 2>&1 |
				sed -n "s/^\"\([A-Z]*\)\",\"\([0-9.]*\)\".*/redis.\1.P$pipe.$who \2/p" |
				grep -v 'redis.test' >>"$dir/figures"
		done
		i=$((i + 1))
	done
done
awk -f "$srcdir/bench/median.awk" "$dir/figures" | sort |
	awk '{ printf "%s %.0f req/s\n", $1, $2 }'
[ "$e2e_failures" = 0 ]
