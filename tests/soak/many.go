// many.go - very many of one thing: `many timers N`, `many conns N`, `many parked N`.
//
//	timers  N are pending at once, due within three seconds; a third is stopped,
//	        a third is reset by another goroutine. Each of the others fires once,
//	        and never early.
//	conns   N connections at once, at most what the descriptors' limit allows (the
//	        dialing ends are in processes of their own). Each echoes, waits idle
//	        while others talk, echoes again, and meets the end of file.
//	parked  N goroutines wait on one channel; closing it wakes all.
//
// Prints figures as `name value unit`; a broken promise is a panic.
package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math/rand"
	"net"
	"os"
	"os/exec"
	"runtime"
	"sort"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func resident() int {
	text, err := os.ReadFile("/proc/self/statm")
	must(err)
	pages, err := strconv.Atoi(strings.Fields(string(text))[1])
	must(err)
	return pages * os.Getpagesize()
}

// ---- timers ----

func timers(n int) {
	before := resident()
	due := make([]time.Time, n)
	late := make([]time.Duration, n)
	fired := make([]int32, n)
	all := make([]*time.Timer, n)
	var left sync.WaitGroup
	began := time.Now()
	for i := range all {
		i := i
		d := time.Second + time.Duration(rand.Int63n(int64(2*time.Second)))
		left.Add(1)
		due[i] = time.Now().Add(d)
		all[i] = time.AfterFunc(d, func() {
			late[i] = time.Since(due[i])
			if atomic.AddInt32(&fired[i], 1) != 1 || late[i] < 0 {
				panic("a timer fired twice, or early")
			}
			left.Done()
		})
	}
	made := time.Since(began)
	stopped, reset := 0, 0
	changed := make(chan bool)
	go func() { // from another goroutine, hence another P's heap
		for i := range all {
			switch {
			case i%3 == 1 && all[i].Stop():
				stopped++
				left.Done()
			case i%3 == 2 && all[i].Stop():
				reset++
				d := time.Second
				due[i] = time.Now().Add(d)
				all[i].Reset(d)
			}
		}
		changed <- true
	}()
	<-changed
	used := resident() - before
	left.Wait()
	var l []time.Duration
	for i := range late {
		if fired[i] != 0 {
			l = append(l, late[i])
		}
	}
	if len(l) != n-stopped {
		panic("a timer was lost")
	}
	sort.Slice(l, func(a, b int) bool { return l[a] < l[b] })
	fmt.Printf("timers.made %.0f ns\n", float64(made)/float64(n))
	fmt.Printf("timers.resident %d bytes\n", used/n)
	fmt.Printf("timers.stopped %d timers\ntimers.reset %d timers\n", stopped, reset)
	fmt.Printf("timers.late.p50 %d us\n", l[len(l)/2].Microseconds())
	fmt.Printf("timers.late.p99 %d us\n", l[len(l)/100*99].Microseconds())
}

// ---- connections ----

const perDialer = 5000

// dialer: for each line on its standard input one round over all connections.
func dialer(addr string, n int) {
	conns := make([]net.Conn, n)
	for i := range conns {
		var err error
		for {
			conns[i], err = net.Dial("unix", addr)
			if !errors.Is(err, syscall.EAGAIN) {
				break
			}
			runtime.Gosched() // more than the server has accepted yet
		}
		must(err)
	}
	fmt.Println("up")
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		var wg sync.WaitGroup
		for i, c := range conns {
			wg.Add(1)
			go func(i int, c net.Conn) {
				defer wg.Done()
				said := fmt.Sprintf("%8d", i)
				got := make([]byte, len(said))
				_, err := io.WriteString(c, said)
				must(err)
				_, err = io.ReadFull(c, got)
				must(err)
				if string(got) != said {
					panic("an echo is another's")
				}
			}(i, c)
		}
		wg.Wait()
		fmt.Println("done")
	}
	for _, c := range conns {
		c.Close()
	}
}

func conns(n int) {
	var limit syscall.Rlimit
	must(syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit))
	limit.Cur = limit.Max
	must(syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit))
	if most := int(limit.Cur) - 100; n > most {
		n = most
	}
	dir, err := os.MkdirTemp("", "many")
	must(err)
	defer os.RemoveAll(dir)
	l, err := net.Listen("unix", dir+"/s")
	must(err)
	before := resident()
	var open, ended int64
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			atomic.AddInt64(&open, 1)
			go func() {
				io.Copy(c, c)
				c.Close()
				atomic.AddInt64(&ended, 1)
			}()
		}
	}()
	type peer struct {
		cmd *exec.Cmd
		in  io.WriteCloser
		out *bufio.Scanner
	}
	var peers []peer
	answer := func(p peer, want string) {
		if !p.out.Scan() || p.out.Text() != want {
			panic("a dialer says " + p.out.Text())
		}
	}
	for made := 0; made < n; made += perDialer {
		k := n - made
		if k > perDialer {
			k = perDialer
		}
		cmd := exec.Command(os.Args[0], "dialer", dir+"/s", strconv.Itoa(k))
		cmd.Stderr = os.Stderr
		in, err := cmd.StdinPipe()
		must(err)
		out, err := cmd.StdoutPipe()
		must(err)
		must(cmd.Start())
		p := peer{cmd, in, bufio.NewScanner(out)}
		answer(p, "up")
		peers = append(peers, p)
	}
	began := time.Now()
	const rounds = 3
	for i := 0; i < rounds; i++ {
		for _, p := range peers {
			fmt.Fprintln(p.in)
			answer(p, "done")
		}
	}
	took := time.Since(began)
	fmt.Printf("conns.open %d connections\n", atomic.LoadInt64(&open))
	fmt.Printf("conns.resident %d bytes\n", (resident()-before)/n)
	fmt.Printf("conns.echo %.0f ns\n", float64(took)/float64(n*rounds))
	for _, p := range peers {
		p.in.Close()
		must(p.cmd.Wait())
	}
	for atomic.LoadInt64(&ended) < int64(n) {
		runtime.Gosched()
	}
	must(l.Close())
	if open != int64(n) {
		panic("a connection was lost")
	}
}

// ---- goroutines ----

func parked(n int) {
	runtime.GC()
	before := resident()
	gate := make(chan bool)
	var up, down sync.WaitGroup
	up.Add(n)
	down.Add(n)
	for i := 0; i < n; i++ {
		go func() {
			up.Done()
			<-gate
			down.Done()
		}()
	}
	up.Wait()
	for runtime.NumGoroutine() < n {
		runtime.Gosched()
	}
	fmt.Printf("parked.resident %d bytes\n", (resident()-before)/n)
	began := time.Now()
	close(gate)
	down.Wait()
	fmt.Printf("parked.woken %.0f ns\n", float64(time.Since(began))/float64(n))
}

func main() {
	n := 0
	if len(os.Args) > 2 {
		n, _ = strconv.Atoi(os.Args[len(os.Args)-1])
	}
	switch {
	case n > 0 && os.Args[1] == "timers":
		timers(n)
	case n > 0 && os.Args[1] == "conns":
		conns(n)
	case n > 0 && os.Args[1] == "parked":
		parked(n)
	case n > 0 && os.Args[1] == "dialer":
		dialer(os.Args[2], n)
	default:
		fmt.Fprintln(os.Stderr, "usage: many timers|conns|parked N")
		os.Exit(2)
	}
}
