#!/usr/bin/env python3
"""disturb.py SOCKET SECONDS COUNT SOAK [CHURN] - hosted programs under fire.

Four instances under the gortd at SOCKET do everything at once and check
themselves (soak.c; churn.go where it was built). COUNT disturbances are spread
over SECONDS, each on an instance at random:

    dump      every goroutine with its stack, asked through the control channel
    procs     SIGUSR1: GOMAXPROCS changes
    stop      SIGSTOP, and SIGCONT up to 20 ms later
    collect   a forced collection
    sched     the scheduler's state in detail
    end       SIGTERM: its last checks, code 0; started anew
    quit      SIGQUIT: Go's dump, code 2; started anew
    kill      SIGKILL; started anew

An instance may end only when it was told to, and only so: anything else is a
failure, shown with its last words. A worker that stands still for a minute ends
its program by itself. When the time is over all get SIGTERM and must pass their
checks. Prints how many of each; exit 1 after a failure.
"""
import json
import random
import signal
import socket
import sys
import threading
import time

PATH, SECONDS, COUNT = sys.argv[1], float(sys.argv[2]), int(sys.argv[3])
PROGRAMS = sys.argv[4:]
INSTANCES = 4
WEIGHTS = {"dump": 30, "procs": 25, "stop": 25, "collect": 7, "sched": 10,
           "end": 0.6, "quit": 0.6, "kill": 1.8}
failures = []
done = {k: 0 for k in WEIGHTS}
lock = threading.Lock()


class Failed(Exception):
    pass


class Client:
    def __init__(self):
        self.s = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.s.settimeout(120)
        self.s.connect(PATH)
        self.f = self.s.makefile("rb")
        self.id = 0

    def call(self, method, **params):
        self.id += 1
        self.s.sendall(json.dumps({"jsonrpc": "2.0", "id": self.id,
                                   "method": method, "params": params}
                                  ).encode() + b"\n")
        line = self.f.readline()
        if not line:
            raise Failed("%s: gortd closed the connection" % method)
        answer = json.loads(line)
        if "error" in answer:
            raise Failed("%s: %s" % (method, answer["error"]["message"]))
        return answer["result"]


class Instance:
    def __init__(self, number):
        self.c = Client()
        self.program = PROGRAMS[number % len(PROGRAMS)]
        self.random = random.Random(number)

    def start(self):
        r = self.c.call("instance.run", program=self.program,
                        args=["1000000"], cwd="/",
                        env={"GOTRACEBACK": "all"})
        self.id = r["id"]
        # told too early it would end as a program without handlers does
        while not self.c.call("telemetry.boot", id=self.id, limit=1000)["items"]:
            pass
        while self.c.call("instance.goroutines", id=self.id,
                          stacks=False, limit=1)["total"] < 14:
            pass

    def signal(self, number):
        self.c.call("instance.kill", id=self.id, signal=number, forward=True)

    def ended(self, code, number):
        r = self.c.call("instance.wait", id=self.id)
        if (r["exit_code"], r["signal"]) != (code, number):
            raise Failed("ended with code %s, signal %s, expected %s, %s" % (
                r["exit_code"], r["signal"], code, number))
        self.c.call("instance.remove", id=self.id)

    def again(self, code, number):
        self.ended(code, number)
        self.start()

    def dump(self):
        self.c.call("instance.goroutines", id=self.id, stacks=True, limit=50)

    def procs(self):
        self.signal(signal.SIGUSR1)

    def stop(self):
        self.signal(signal.SIGSTOP)
        time.sleep(self.random.random() * 0.02)
        self.signal(signal.SIGCONT)

    def collect(self):
        self.c.call("instance.gc", id=self.id)

    def sched(self):
        self.c.call("telemetry.scheddetail", id=self.id)

    def end(self):
        self.c.call("instance.stop", id=self.id, timeout_ms=120000)
        self.again(0, None)

    def quit(self):
        self.signal(signal.SIGQUIT)
        self.again(2, None)

    def kill(self):
        self.signal(signal.SIGKILL)
        self.again(None, int(signal.SIGKILL))

    def last_words(self):
        try:
            why = self.c.call("instance.why", id=self.id)["why"]
            items = self.c.call("instance.logs", id=self.id, tail=80)["items"]
        except (Failed, OSError) as e:
            return str(e)
        return "\n".join([why] + [i["line"] for i in items])


def disturb(number, began):
    """One instance's share of them all."""
    kinds, weights = list(WEIGHTS), list(WEIGHTS.values())
    share = COUNT // INSTANCES
    what, it = "start", None
    try:
        it = Instance(number)
        it.start()
        for i in range(share):
            wait = began + SECONDS * i / share - time.monotonic()
            if wait > 0:
                time.sleep(wait)
            what = it.random.choices(kinds, weights)[0]
            getattr(it, what)()
            with lock:
                done[what] += 1
            if failures:
                return
        what = "the last end"
        it.c.call("instance.stop", id=it.id, timeout_ms=120000)
        it.ended(0, None)
    except (Failed, OSError, KeyError, ValueError) as e:
        words = it.last_words() if it else ""
        with lock:
            failures.append("%s: %s: %s\n%s" % (
                it.program if it else number, what, e, words))


def main():
    began = time.monotonic()
    threads = [threading.Thread(target=disturb, args=(i, began))
               for i in range(INSTANCES)]
    for t in threads:
        t.start()
    tenth = 1
    while any(t.is_alive() for t in threads):
        threads[0].join(0.5)
        for t in threads[1:]:
            t.join(0.1)
        if sum(done.values()) >= COUNT * tenth / 10:
            print("%d of %d after %d s" % (sum(done.values()), COUNT,
                                           time.monotonic() - began), flush=True)
            tenth += 1
    print("disturb: %d in %.0f s: %s" % (
        sum(done.values()), time.monotonic() - began,
        ", ".join("%s %d" % i for i in done.items())))
    for f in failures:
        print("FAIL: " + f)
    return 1 if failures else 0


sys.exit(main())
