#!/bin/sh
# kv.sh - the real redis-cli and redis-benchmark against examples/kv, hosted by
# a real gortd; then clients that misbehave.
. "${srcdir:-$(dirname "$0")/../..}/tests/e2e/lib.sh"

peer=$("$srcdir/tests/peers.sh" redis 2>&1) || skip "$peer"
e2e_begin kv
gortd_start
"$GORTCTL" run -d --name kv "$EXAMPLES/kv" --port 0 >/dev/null
until_ok "kv is ready" sh -c "'$GORTCTL' logs kv | grep -q 'ready on'"
port=$(ctl logs kv | sed -n 's/.*ready on .*:\([0-9]*\)$/\1/p')
cli() { "$peer/run" redis-cli -p "$port" "$@"; }

check_eq ping "$(cli ping)" PONG
check_eq set "$(cli set a 1)" OK
check_eq get "$(cli get a)" 1
check_eq incr "$(cli incr a)" 2
check_eq "incr of text" "$(cli set t x >/dev/null; cli incr t)" \
	"ERR value is not an integer or out of range"
check_eq "get of nothing" "$(cli get nothing)" ""
check_eq "set nx" "$(cli set a 9 NX)" ""
check_eq del "$(cli del a t nothing)" 2
check_eq expire "$(cli set e 1 >/dev/null; cli expire e 100)" 1
check_eq ttl "$(cli ttl e)" 100
check_eq "pexpire in the past" "$(cli pexpire e 0; cli exists e)" "1
0"
cli set soon 1 PX 30 >/dev/null
until_ok "an expired key leaves without being asked" sh -c \
	"[ \"\$('$peer/run' redis-cli -p $port dbsize)\" = 0 ]"
check "info" sh -c "'$peer/run' redis-cli -p $port info | grep -q '^gc_cycles:'"
check_eq "unknown command" "$(cli frobnicate)" \
	"ERR unknown command 'frobnicate'"
big=$(head -c 100000 /dev/zero | tr '\0' x)
check_eq "a large value" "$(printf %s "$big" | cli -x set big >/dev/null
	cli get big | tr -d '\n' | wc -c)" 100000

bench() { timeout 60 "$peer/run" redis-benchmark -p "$port" -q "$@" 2>&1; }
out=$(bench -n 20000 -c 50 -t get,set,incr)
check_eq "benchmark, no error" "$(echo "$out" | grep -ci error)" 0
check_eq "benchmark, three figures" \
	"$(echo "$out" | grep -c 'requests per second')" 3
out=$(bench -n 50000 -c 50 -P 16 -t get,set,incr)
check_eq "pipelined benchmark, no error" "$(echo "$out" | grep -ci error)" 0
check_eq "pipelined, three figures" \
	"$(echo "$out" | grep -c 'requests per second')" 3

# Clients that misbehave: one clear line, the connection ends, the server stays.
if command -v python3 >/dev/null; then
	check "bad clients" python3 - "$port" <<-'EOF'
	import socket, sys
	port = int(sys.argv[1])
	def talk(data, want, eof=True):
	    s = socket.create_connection(("127.0.0.1", port), 10)
	    s.settimeout(10)
	    s.sendall(data)
	    got = b""
	    try:
	        while want not in got:
	            b = s.recv(65536)
	            if not b:
	                break
	            got += b
	        if want not in got:
	            raise SystemExit("sent %r, got %r, want %r" % (data[:40], got[:80], want))
	        if eof:
	            while s.recv(65536):
	                pass
	    except ConnectionResetError:
	        if want not in got:
	            raise
	    s.close()
	talk(b"*1\r\n+PING\r\n", b"-ERR Protocol error: expected '$'")
	talk(b"*1\r\n$-5\r\n", b"-ERR Protocol error: invalid bulk length")
	talk(b"*1\r\n$99999999999\r\n", b"-ERR Protocol error: invalid bulk length")
	talk(b"*99999999\r\n", b"-ERR Protocol error: invalid multibulk length")
	talk(b"*1\r\n$4\r\nPINGxx", b"-ERR Protocol error: bulk without end")
	talk(b"x" * 70000, b"-ERR Protocol error: too big inline request")
	talk(b"PING\r\n\0\0\0\r\nPING\r\n", b"+PONG\r\n-ERR unknown command '???'\r\n+PONG", eof=False)
	talk(b"GET\r\n", b"-ERR wrong number of arguments", eof=False)
	# half a request, then silence: costs nobody anything
	half = socket.create_connection(("127.0.0.1", port), 10)
	half.sendall(b"*3\r\n$3\r\nSET\r\n$1\r\nk")
	# a client that never reads
	deaf = socket.create_connection(("127.0.0.1", port), 10)
	deaf.setblocking(False)
	try:
	    for _ in range(2000):
	        deaf.send(b"GET big\r\n" * 100)
	except (BlockingIOError, ConnectionError):
	    pass
	talk(b"PING\r\n", b"+PONG", eof=False)
	EOF
fi
check_eq "still up" "$(cli ping)" PONG
check_eq "one run, no restart" \
	"$(ctl -o json inspect kv | tr -d ' \n' | sed 's/.*"run":\([0-9]*\).*/\1/')" 1
check "stop ends it" ctl stop kv
check "its last words are kept" sh -c \
	"'$GORTCTL' logs kv | grep -q 'terminated after'"
e2e_end
