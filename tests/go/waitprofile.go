package main

import (
	"bytes"
	"fmt"
	"os"
	"runtime"
	"runtime/pprof"
	"strings"
	"sync"
	"time"
)

// Block and mutex profiles: each kind of wait is counted where it happened, at
// least as long as it was made to last; nothing is counted while they are off.

func check(ok bool, what ...interface{}) {
	if !ok {
		fmt.Println(append([]interface{}{"FAIL"}, what...)...)
	}
}

const long = 3 * time.Millisecond

type profile func([]runtime.BlockProfileRecord) (int, bool)

func by(p profile, name string) (count, ns int64) {
	var r []runtime.BlockProfileRecord
	n, ok := p(nil)
	for !ok {
		r = make([]runtime.BlockProfileRecord, n+10)
		n, ok = p(r)
	}
	for _, b := range r[:n] {
		frames := runtime.CallersFrames(b.Stack())
		for {
			f, more := frames.Next()
			if f.Function == "main."+name {
				count += b.Count
				ns += b.Cycles
				break
			}
			if !more {
				break
			}
		}
	}
	return
}

// Wait until a goroutine stands in the function, then so long.
func until(name string) {
	for buf := make([]byte, 1<<16); ; time.Sleep(time.Millisecond) {
		for _, g := range strings.Split(string(buf[:runtime.Stack(buf, true)]), "\n\n") {
			if strings.Contains(g, "main."+name) && !strings.Contains(g, " [run") {
				time.Sleep(long)
				return
			}
		}
	}
}

var (
	c  = make(chan int)
	mu sync.Mutex
	rw sync.RWMutex
	wg sync.WaitGroup
	co = sync.NewCond(&mu)
)

//go:noinline
func receive() { <-c }

//go:noinline
func send() { c <- 1 }

//go:noinline
func choose() {
	select {
	case <-c:
	case <-make(chan int):
	}
}

//go:noinline
func lock() {
	mu.Lock()
	mu.Unlock()
}

//go:noinline
func rlock() {
	rw.RLock()
	rw.RUnlock()
}

//go:noinline
func wait() { wg.Wait() }

//go:noinline
func condition() {
	mu.Lock()
	co.Wait()
	mu.Unlock()
}

//go:noinline
func unlock() { mu.Unlock() }

//go:noinline
func wunlock() { rw.Unlock() }

// One wait in the function, which `free` ends.
func one(name string, f, free func()) {
	done := make(chan bool)
	go func() {
		f()
		done <- true
	}()
	until(name)
	free()
	<-done
}

func all() {
	one("receive", receive, func() { c <- 1 })
	one("send", send, func() { <-c })
	one("choose", choose, func() { c <- 1 })
	mu.Lock()
	one("lock", lock, unlock)
	rw.Lock()
	one("rlock", rlock, wunlock)
	wg.Add(1)
	one("wait", wait, wg.Done)
	one("condition", condition, func() {
		mu.Lock()
		co.Signal()
		mu.Unlock()
	})
}

var waits = []string{"receive", "send", "choose", "lock", "rlock", "wait", "condition"}

//go:noinline
func nap() { time.Sleep(long) }

func block() {
	all()
	for _, name := range waits {
		n, _ := by(runtime.BlockProfile, name)
		check(n == 0, name, "counted while off")
	}
	runtime.SetBlockProfileRate(1)
	all()
	nap()
	runtime.SetBlockProfileRate(0)
	for _, name := range waits {
		n, ns := by(runtime.BlockProfile, name)
		check(n >= 1 && n <= 3 && ns >= int64(long), name, n, ns)
	}
	n, _ := by(runtime.BlockProfile, "nap")
	check(n == 0, "sleeping counted:", n)
	all()
	n, _ = by(runtime.BlockProfile, "send")
	check(n == 1, "counted when off again:", n)
}

func mutex() {
	n, _ := by(runtime.MutexProfile, "unlock")
	check(n == 0, "counted while off")
	check(runtime.SetMutexProfileFraction(1) == 0, "was off")
	all()
	check(runtime.SetMutexProfileFraction(0) == 1, "was on")
	for _, name := range []string{"unlock", "wunlock"} {
		n, ns := by(runtime.MutexProfile, name)
		check(n == 1 && ns >= int64(long), name, n, ns)
	}
	n, _ = by(runtime.MutexProfile, "send")
	check(n == 0, "a channel is no mutex")
}

// A sampled rate is right in the mean: waits of some microseconds, of which
// one in many is taken, sum up to what they were.
func sampled() {
	const n = 20000
	ping, pong := make(chan int), make(chan int)
	go func() {
		for range ping {
			pong <- 1
		}
	}()
	runtime.SetBlockProfileRate(100000)
	start := time.Now()
	pinger(ping, pong, n)
	took := time.Since(start)
	runtime.SetBlockProfileRate(0)
	close(ping)
	_, ns := by(runtime.BlockProfile, "pinger")
	check(ns > 0 && ns < 3*int64(took)+10e6, "of", took, "waited", time.Duration(ns))
}

//go:noinline
func pinger(ping, pong chan int, n int) {
	for i := 0; i < n; i++ {
		ping <- 1
		<-pong
	}
}

func written() {
	for _, name := range []string{"block", "mutex"} {
		var b bytes.Buffer
		check(pprof.Lookup(name).WriteTo(&b, 1) == nil, name)
		check(strings.Contains(b.String(), "cycles/second=1000000000"), "its head", b.String())
		check(strings.Contains(b.String(), "main."), "its frames")
		check(pprof.Lookup(name).WriteTo(&b, 0) == nil, name)
	}
	if len(os.Args) > 5 {
		pprof.Lookup("block").WriteTo(os.Stdout, 1)
	}
}

func main() {
	block()
	mutex()
	sampled()
	written()
	fmt.Println("done")
}
