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

Two threads disturb each instance, so that these meet; an end waits for what the
other is about. An instance may end only when it was told to, and only so: anything else is a
failure, shown with its last words. A worker that stands still for a minute ends
its program by itself. When the time is over all get SIGTERM and must pass their
checks. Prints how many of each and how long they took; exit 1 after a failure.
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
WEIGHTS = {"dump": 30, "procs": 25, "stop": 25, "collect": 3, "sched": 14,
           "end": 0.3, "quit": 0.2, "kill": 1.5}
ENDS = ("start", "end", "quit", "kill", "last_end")
failures = []
done = {k: 0 for k in WEIGHTS}
took = {k: 0.0 for k in WEIGHTS}
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
        self.clients = threading.local()
        self.program = PROGRAMS[number % len(PROGRAMS)]
        self.busy = 0  # disturbances that count on its life; under changed
        self.changed = threading.Condition()
        self.id = None  # until it runs

    @property
    def c(self):
        if not hasattr(self.clients, "c"):
            self.clients.c = Client()
        return self.clients.c

    def do(self, what):
        """An end is alone; the others may meet."""
        alone = what in ENDS
        with self.changed:
            while not (self.busy == 0 if alone
                       else self.busy >= 0 and self.id):
                if failures:
                    raise Failed("another failed")
                self.changed.wait(1)
            self.busy += -1 if alone else 1
        try:
            getattr(self, what)()
        finally:
            with self.changed:
                self.busy += 1 if alone else -1
                self.changed.notify_all()

    def start(self):
        r = self.c.call("instance.run", program=self.program,
                        args=["1000000"], cwd="/",
                        env={"GOTRACEBACK": "all"})
        self.id = r["id"]
        # told too early it would end as a program without handlers does
        while self.c.call("instance.goroutines", id=self.id,
                          stacks=False, limit=1)["total"] < 14:
            time.sleep(0.002)

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
        self.c.call("instance.goroutines", id=self.id, stacks=True, limit=20)

    def procs(self):
        self.signal(signal.SIGUSR1)

    def stop(self):
        self.signal(signal.SIGSTOP)
        time.sleep(random.random() * 0.02)
        self.signal(signal.SIGCONT)

    def collect(self):
        self.c.call("instance.gc", id=self.id)

    def sched(self):
        self.c.call("telemetry.scheddetail", id=self.id)

    def end(self):
        self.last_end()
        self.start()

    def quit(self):
        self.signal(signal.SIGQUIT)
        self.again(2, None)

    def kill(self):
        self.signal(signal.SIGKILL)
        self.again(None, int(signal.SIGKILL))

    def last_end(self):
        self.c.call("instance.stop", id=self.id, timeout_ms=120000)
        self.ended(0, None)

    def last_words(self):
        try:
            why = self.c.call("instance.why", id=self.id)["why"]
            items = self.c.call("instance.logs", id=self.id, tail=80)["items"]
        except (Failed, OSError) as e:
            return str(e)
        return "\n".join([why] + [i["line"] for i in items])


def disturb(it, number, began):
    """One thread's share of them all; thread 0 of an instance starts it."""
    chance = random.Random(number)
    kinds, weights = list(WEIGHTS), list(WEIGHTS.values())
    share = COUNT // (2 * INSTANCES)
    what = "start"
    try:
        if number < INSTANCES:
            it.do(what)
        for i in range(share):
            wait = began + SECONDS * i / share - time.monotonic()
            if wait > 0:
                time.sleep(wait)
            what = chance.choices(kinds, weights)[0]
            t = time.monotonic()
            it.do(what)
            with lock:
                done[what] += 1
                took[what] += time.monotonic() - t
            if failures:
                return
    except (Failed, OSError, KeyError, ValueError) as e:
        words = it.last_words()
        with lock:
            failures.append("%s: %s: %s\n%s" % (it.program, what, e, words))


def main():
    began = time.monotonic()
    instances = [Instance(i) for i in range(INSTANCES)]
    threads = [threading.Thread(target=disturb,
                                args=(instances[i % INSTANCES], i, began))
               for i in range(2 * INSTANCES)]
    for t in threads:
        t.start()
    tenth = 1
    while any(t.is_alive() for t in threads):
        time.sleep(0.5)
        if sum(done.values()) >= COUNT * tenth / 10:
            print("%d of %d after %d s" % (sum(done.values()), COUNT,
                                           time.monotonic() - began), flush=True)
            tenth += 1
    for it in instances:
        try:
            if not failures:
                it.do("last_end")
        except (Failed, OSError) as e:
            failures.append("%s: its last end: %s\n%s" % (
                it.program, e, it.last_words()))
    print("disturb: %d in %.0f s: %s" % (
        sum(done.values()), time.monotonic() - began,
        ", ".join("%s %d (%.0f ms)" % (k, n, 1000 * took[k] / max(n, 1))
                  for k, n in done.items())))
    for f in failures:
        print("FAIL: " + f)
    return 1 if failures else 0


sys.exit(main())
