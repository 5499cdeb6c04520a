#!/usr/bin/env python3
"""hostile_http.py HOST:PORT TOKEN LOG - requests that no browser would send.

Each gets one status and one JSON error (or the connection ends, where there is
nobody to talk to), and /healthz is answered after each. LOG is where gortd
writes. Exit 1 on a failure.
"""
import json
import socket
import sys
import time

host, port = sys.argv[1].split(":")
TOKEN = sys.argv[2]
LOG = sys.argv[3]
AT = (host, int(port))
failures = 0


def fail(what, got):
    global failures
    failures += 1
    print("FAIL: %s: %.300s" % (what, got))


def talk(data, timeout=10):
    """Everything that comes back until the server closes."""
    s = socket.create_connection(AT, timeout)
    got = b""
    try:
        s.sendall(data)
        s.shutdown(socket.SHUT_WR)
        while True:
            b = s.recv(65536)
            if not b:
                break
            got += b
    except OSError:  # it may hang up before it has heard all
        pass
    s.close()
    return got


def request(path, method="GET", headers="", body="", host="%s:%s" % (host,
            port), token=TOKEN):
    head = "%s %s HTTP/1.1\r\n" % (method, path)
    if host is not None:
        head += "Host: %s\r\n" % host
    if token:
        head += "Authorization: Bearer %s\r\n" % token
    return (head + headers + "Connection: close\r\n\r\n" + body).encode(
        "latin-1")


def alive(after):
    got = talk(request("/healthz"))
    if b" 200 " not in got[:20]:
        fail("after %s: /healthz" % after, got)


def until(what, reached, limit=20):
    """Polls for a state; a failure when it does not come."""
    end = time.time() + limit
    while not reached():
        if time.time() > end:
            fail(what, "not within %d s" % limit)
            return
        time.sleep(0.02)


def expect(what, data, *codes, words="", json_error=True):
    got = talk(data)
    code = int(got.split()[1]) if got.startswith(b"HTTP/") else 0
    if code not in codes:
        fail(what, got)
    elif code >= 400 and json_error:
        try:
            e = json.loads(got.split(b"\r\n\r\n", 1)[1])["error"]
            if not e["message"] or not e["reason"] or words not in \
                    e["message"] or "\n" in e["message"]:
                fail(what, e)
        except (ValueError, KeyError, IndexError):
            fail(what + ": no JSON error", got)
    alive(what)


# ---- not HTTP, or too much of it ----
expect("garbage", bytes(range(256)) * 4 + b"\r\n\r\n", 400, 0,
       json_error=False)
expect("NUL bytes", b"GET /\0 HTTP/1.1\r\nHost: x\r\n\r\n", 400, 403, 0,
       json_error=False)
expect("a header of 20 KB", request("/healthz", headers="X: " + "a" * 20000 +
       "\r\n"), 400, 413, 431, 0, json_error=False)
expect("5,000 headers", request("/healthz", headers="X: y\r\n" * 5000), 400,
       413, 431, 0, json_error=False)
expect("a header of 5 MB", b"GET / HTTP/1.1\r\nX: " + b"a" * 5000000, 400,
       413, 431, 0, json_error=False)
expect("an address of 100 KB", request("/" + "a" * 100000), 400, 413, 414, 0,
       json_error=False)
expect("a body of 1 MB", request("/v1/instances", "POST",
       "Content-Length: 1000000\r\n", "x" * 1000000), 405, 413, 0,
       json_error=False)
expect("a body said to be 100 GB", request("/v1/instances", "POST",
       "Content-Length: 100000000000\r\n"), 400, 405, 413, 0,
       json_error=False)
expect("a negative body", request("/v1/instances", "POST",
       "Content-Length: -1\r\n"), 400, 405, 411, 0, json_error=False)
expect("chunks without an end", request("/v1/instances", "POST",
       "Transfer-Encoding: chunked\r\n", "ffffffffffffffff\r\nx"), 400, 405,
       413, 0, json_error=False)
expect("a version of its own", b"GET / HTTP/9.9\r\n\r\n", 400, 505, 403, 401,
       0, json_error=False)

# ---- methods, Host, token ----
for m in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"):
    expect(m, request("/v1/instances", m, "Content-Length: 0\r\n"), 405)
for m in ("CONNECT", "BREW", "get"):
    expect(m, request("/v1/instances", m), 400, 405, 501, 0,
           json_error=False)
for h in ("evil.example", "127.0.0.1.evil.example", "localhost@evil", "",
          "x" * 5000, "[::1"):
    expect("Host %.20r" % h, request("/healthz", host=h), 403, 400)
expect("no Host", request("/v1/instances", host=None), 403, 400)
for t in ("x", TOKEN[:-1], TOKEN + "x", TOKEN.upper() + "A", "\xff" * 20,
          "x" * 5000):
    expect("token %.10r" % t, request("/v1/instances", token=t), 401)
expect("no token", request("/v1/instances", token=None), 401)
expect("an empty token", request("/v1/instances?token=", token=None), 401)
expect("a basic token", request("/v1/instances", token=None, headers=
       "Authorization: Basic %s\r\n" % TOKEN), 401)

# ---- paths and params ----
for p in ("/nothing", "/v1/", "/v1/nothing", "/v1/instances/",
          "/v1/instances/nobody", "/v1/instances/nobody/logs",
          "/v1/instances/bystander/nothing", "/v1/instances/../../etc/passwd",
          "/v1/instances/" + "a" * 1000, "/v1/instances/bystander/logs/x",
          "/v1/instances/bystander@99/logs", "/%2e%2e/etc/passwd",
          "/v1/instances/bystander%00x"):
    expect("path %.40s" % p, request(p), 404, 400)
for tail in ("logs", "sched", "gc", "boot", "events"):
    base = "/v1/instances/bystander/" + tail
    for q in ("limit=0", "limit=-1", "limit=x", "limit=", "limit=1e3",
              "limit=99999999999999999999", "limit=1000000",
              "page_token=x", "page_token=%00", "page_token=%ff",
              "page_token=", "no=1", "=", "limit", "%", "%zz=1"):
        expect("%s?%s" % (tail, q), request(base + "?" + q), 400)
    if tail != "boot":
        for q in ("since=x", "since=-1", "since=1.5", "since=",
                  "from=yesterday", "to=-5"):
            expect("%s?%s" % (tail, q), request(base + "?" + q), 400)
expect("events of nobody", request("/v1/events?id=nobody"), 404, 400)
expect("a stream since x", request("/v1/events?since=x"), 400)
expect("list limit", request("/v1/instances?limit=x"), 400)
expect("list token", request("/v1/instances?page_token=x"), 400)

# ---- halves, and readers that do not read ----
held = []
for n in range(100):
    s = socket.create_connection(AT, 5)
    s.sendall(b"GET /v1/instances HTTP/1.1\r\nHost: loc"[:n % 40])
    held.append(s)
alive("100 halves of a request")
for n in range(20):
    s = socket.create_connection(AT, 5)
    s.sendall(request("/v1/instances", "POST", "Content-Length: 60000\r\n") +
              b"x" * 1000)
    held.append(s)
alive("20 halves of a body")
for n in range(30):
    s = socket.create_connection(AT, 5)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    s.sendall(("GET /v1/events?since=0 HTTP/1.1\r\nHost: %s:%s\r\n"
               "Authorization: Bearer %s\r\n\r\n" % (host, port, TOKEN)
               ).encode())
    held.append(s)
for n in range(30):
    s = socket.create_connection(AT, 5)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    s.settimeout(1)
    try:
        s.sendall(("GET /metrics HTTP/1.1\r\nHost: %s:%s\r\n\r\n" %
                   (host, port)).encode() * 200)
    except OSError:
        pass
    held.append(s)
alive("60 that never read")

# ---- more connections than the gateway has descriptors ----
begin = time.time()
try:
    while len(held) < 1500 and time.time() - begin < 5:
        s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        s.setblocking(False)
        s.connect_ex(AT)
        held.append(s)
except OSError:
    pass
until("gortd says that it has no room", lambda: "some wait" in open(LOG).read())
for s in held:
    s.close()
alive("more connections than there is room for")
sys.exit(failures != 0)
