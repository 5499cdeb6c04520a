#!/usr/bin/env python3
"""hostile_ctl.py SOCKET - clients of the control socket that misbehave.

Each case says what it sends and the one answer it must get. After each, and
from another connection, daemon.version must still be answered at once: one bad
client is nobody else's trouble. Prints a line for each failure; exit 1 then.
"""
import json
import os
import socket
import sys

PATH = sys.argv[1]
failures = 0


def fail(what, got):
    global failures
    failures += 1
    print("FAIL: %s: %.300s" % (what, got))


def connect():
    s = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    s.settimeout(10)
    s.connect(PATH)
    return s


def read_line(s):
    buf = b""
    while not buf.endswith(b"\n"):
        b = s.recv(65536)
        if not b:
            break
        buf += b
    return buf


def others_are_served(after):
    """As soon as not all connections of this user are taken."""
    while True:
        s = connect()
        s.sendall(b'{"jsonrpc":"2.0","id":7,"method":"daemon.version"}\n')
        line = read_line(s)
        s.close()
        if b"too many connections" not in line:
            break
    answer = json.loads(line)
    if answer.get("id") != 7 or "version" not in answer.get("result", {}):
        fail("after %s: another client" % after, answer)


def expect(what, data, code, words="", ends=False, id=None):
    """One clear error with this code; ends: the connection is then closed."""
    s = connect()
    try:
        s.sendall(data)
    except (BrokenPipeError, ConnectionResetError):
        pass
    try:
        line = read_line(s)
        answer = json.loads(line)
        e = answer["error"]
        if e["code"] != code or words not in e["message"]:
            fail(what, line)
        if not e["data"]["reason"] or "\n" in e["message"]:
            fail(what + ": reason", line)
        if answer.get("id") != id:
            fail(what + ": id", line)
        if ends:
            try:
                if s.recv(100):
                    fail(what, "more than one answer")
            except ConnectionResetError:
                pass
        else:
            s.sendall(b'{"jsonrpc":"2.0","id":1,"method":"daemon.version"}\n')
            if json.loads(read_line(s)).get("id") != 1:
                fail(what, "the connection did not go on")
    except (OSError, ValueError, KeyError) as e:
        fail(what, repr(e))
    s.close()
    others_are_served(what)


def rpc(method, params=None, id=1):
    m = {"jsonrpc": "2.0", "id": id, "method": method}
    if params is not None:
        m["params"] = params
    return json.dumps(m).encode() + b"\n"


PARSE, REQUEST, METHOD, PARAMS = -32700, -32600, -32601, -32602

# ---- what is no request ----
expect("a line of 1 MiB", b"x" * (1 << 20), REQUEST, "longer than", ends=True)
expect("a line just over the limit", b" " * 65536 + b"1\n", REQUEST,
       "longer than", ends=False)
expect("nesting of 10,000", b"[" * 10000 + b"]" * 10000 + b"\n", REQUEST,
       "nested deeper")
expect("nesting of 10,000, params", b'{"jsonrpc":"2.0","id":1,"method":'
       b'"ps","params":' + b'{"a":' * 5000 + b"1" + b"}" * 5000 + b"}\n",
       REQUEST, "nested deeper")
expect("NUL bytes", b'{"jsonrpc":"2.0","id":1,\0\0"method":"x"}\n', PARSE,
       "NUL")
expect("nothing but NUL", b"\0" * 100 + b"\n", PARSE, "NUL")
expect("an escaped NUL", b'{"jsonrpc":"2.0","id":1,"method":"a\\u0000b"}\n',
       PARSE)
expect("invalid UTF-8", b'{"jsonrpc":"2.0","id":1,"method":"\xff\xfe"}\n',
       PARSE, "byte 0xff")
expect("a lone surrogate", b'{"jsonrpc":"2.0","id":1,"method":"\\ud800"}\n',
       PARSE)
expect("duplicate keys", b'{"jsonrpc":"2.0","id":1,"id":2,"method":"x"}\n',
       PARSE, "uplicate")
expect("no JSON", b"GET / HTTP/1.0\n", PARSE, "not JSON")
expect("a huge number", b'{"jsonrpc":"2.0","id":1' + b"0" * 400 +
       b',"method":"x"}\n', PARSE)
expect("a real that is infinite", b'{"jsonrpc":"2.0","id":1e999,"method":'
       b'"x"}\n', PARSE)
expect("a number", b"42\n", PARSE, "expected")
expect("an empty batch", b"[]\n", REQUEST, "batch")
one = {"jsonrpc": "2.0", "id": 1, "method": "daemon.version"}
expect("a batch of 101", json.dumps([one] * 101).encode() + b"\n", REQUEST,
       "batch")
expect("no version", b'{"id":1,"method":"daemon.version"}\n', REQUEST,
       "jsonrpc", id=1)
expect("an id of the wrong type",
       b'{"jsonrpc":"2.0","id":{},"method":"daemon.version"}\n', REQUEST, "id")
expect("a method of the wrong type",
       b'{"jsonrpc":"2.0","id":1,"method":5}\n', REQUEST, "method", id=1)
expect("params of the wrong type",
       b'{"jsonrpc":"2.0","id":1,"method":"daemon.version","params":[]}\n',
       PARAMS, "params", id=1)

# ---- what is a request and asks nonsense ----
expect("an unknown method", rpc("no.such", {}, "x"), METHOD, "no.such",
       id="x")
expect("an unknown param", rpc("instance.list", {"al": True}), PARAMS, '"al"',
       id=1)
expect("a missing param", rpc("instance.get", {}), PARAMS, '"id"', id=1)
expect("a number for an id", rpc("instance.get", {"id": 5}), PARAMS, "id",
       id=1)
for bad in (-1, 0, 10**9, "10", 1.5, True):
    expect("limit %r" % (bad,), rpc("instance.list", {"limit": bad}), PARAMS,
           "limit", id=1)
for bad in ("", "x", "-1", "99999999999999999999", "1;drop", "\n"):
    expect("page_token %r" % bad, rpc("instance.list", {"page_token": bad}),
           PARAMS, "page_token", id=1)
expect("an empty program", rpc("instance.run", {"program": ""}), PARAMS,
       "program", id=1)
expect("a relative program", rpc("instance.run", {"program": "sh"}), -32005,
       "absolute", id=1)
expect("args of numbers", rpc("instance.run", {"program": "/bin/true",
       "args": [1, 2]}), PARAMS, "args", id=1)
expect("env of numbers", rpc("instance.run", {"program": "/bin/true",
       "env": {"A": 1}}), PARAMS, "env", id=1)
expect("an env name with =", rpc("instance.run", {"program": "/bin/true",
       "env": {"A=B": "1"}}), PARAMS, "env", id=1)
for name in ("UPPER", "", "-a", "a/b", "a" * 64, "../x", "a@1", "a b"):
    expect("name %r" % name, rpc("instance.run", {"program": "/bin/true",
           "name": name}), PARAMS, "name", id=1)
for policy in ("", "often", "on-failure:", "on-failure:x", "on-failure:-1"):
    expect("restart %r" % policy, rpc("instance.run", {"program": "/bin/true",
           "restart": policy}), PARAMS, "restart", id=1)
expect("gogc", rpc("instance.run", {"program": "/bin/true", "gogc": "x"}),
       PARAMS, "gogc", id=1)
expect("memlimit", rpc("instance.run", {"program": "/bin/true",
       "memlimit": "10XB"}), PARAMS, "memlimit", id=1)
expect("a relative cwd", rpc("instance.run", {"program": "/bin/true",
       "cwd": "tmp"}), PARAMS, "cwd", id=1)
for sig in (-1, 0, 65, 10**12):
    expect("signal %d" % sig, rpc("instance.kill", {"id": "bystander",
           "signal": sig}), PARAMS, "signal", id=1)
for t in (-1, 10**15):
    expect("timeout %d" % t, rpc("instance.stop", {"id": "bystander",
           "timeout_ms": t}), PARAMS, "timeout_ms", id=1)
expect("no such instance", rpc("instance.get", {"id": "nobody"}), -32000,
       "nobody", id=1)
expect("no such run", rpc("instance.get", {"id": "bystander@99"}), -32000,
       "99", id=1)
for bad in ("bystander@", "bystander@x", "bystander@0", "bystander@-1",
            "a" * 5000):
    expect("id %.20r" % bad, rpc("instance.get", {"id": bad}), PARAMS, "",
           id=1)
expect("a run of nobody", rpc("instance.get", {"id": "@1"}), -32000, id=1)
expect("writing SQL", rpc("store.query", {"sql": "delete from v_log"}),
       PARAMS, "", id=1)
expect("an inner table", rpc("store.query", {"sql":
       "select * from sqlite_master"}), -32002, "", id=1)
expect("two statements", rpc("store.query", {"sql":
       "select 1; select 2"}), PARAMS, "", id=1)
expect("a pragma", rpc("store.query", {"sql": "pragma journal_mode=delete"}),
       -32002, "", id=1)
expect("an attach", rpc("store.query", {"sql": "attach '/tmp/x' as x"}),
       -32002, "", id=1)
expect("no SQL", rpc("store.query", {"sql": "selec"}), PARAMS, "", id=1)
expect("SQL without an end", rpc("store.query", {"sql": "with recursive c(x) "
       "as (select 1 union all select x+1 from c) select sum(x) from c"}),
       -32003, "", id=1)
expect("an unknown stream", rpc("telemetry.subscribe", {"what": ["x"]}),
       PARAMS, "what", id=1)
for since in ("x", -1, 1.5, 10**30):
    expect("since %r" % since, rpc("instance.logs", {"id": "bystander",
           "since": since}), PARSE if since == 10**30 else PARAMS, "",
           id=None if since == 10**30 else 1)

# ---- a batch that is half good ----
s = connect()
s.sendall(json.dumps([one, 5, {"jsonrpc": "2.0", "id": 2, "method": "no"},
                      {"jsonrpc": "2.0", "method": "daemon.version"}]).encode()
          + b"\n")
got = json.loads(read_line(s))
if len(got) != 3 or sum("result" in g for g in got) != 1:
    fail("a mixed batch", got)
s.close()

# ---- clients that stop in the middle ----
half = [connect() for _ in range(50)]
for n, s in enumerate(half):
    s.sendall(b'{"jsonrpc":"2.0","id":1,"meth' + b"x" * 1000 * n)
others_are_served("50 halves of a request")
for s in half[:25]:
    s.close()
others_are_served("25 of them left")

# ---- clients that never read ----
deaf = [connect() for _ in range(10)]
for n, s in enumerate(deaf):
    s.sendall(rpc("telemetry.subscribe", {"what": ["log"], "since": 0}))
    s.setblocking(False)
    try:
        while n % 2:
            s.send(rpc("system.describe") * 50)
    except (BlockingIOError, BrokenPipeError, ConnectionResetError):
        pass
others_are_served("10 that never read")

# ---- too many ----
many = []
said = b""
for _ in range(450):
    try:
        s = connect()
        many.append(s)
    except OSError:
        break
for s in reversed(many):
    s.settimeout(0.2)
    try:
        said = s.recv(1000)
        if b"too many connections" in said:
            break
    except OSError:
        continue
if b"too many connections" not in said:
    fail("450 connections", "nobody was told that they are too many")
for s in many + half:
    s.close()
others_are_served("450 connections")

# ---- descriptors that nobody asked for ----
s = connect()
r, w = os.pipe()
for _ in range(20):
    socket.send_fds(s, [b" "], [r] * 50)
socket.send_fds(s, [rpc("daemon.version")], [w])
if json.loads(read_line(s)).get("id") != 1:
    fail("descriptors nobody asked for", "no answer")
s.close()
others_are_served("descriptors nobody asked for")

# deaf ones stay until the flood (which hostile.sh runs) has passed them by
print("READY", flush=True)
if len(sys.argv) > 2:
    sys.stdin.read()
sys.exit(failures != 0)
