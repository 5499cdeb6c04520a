// churn.go - soak.c's counterpart in Go: `churn SECONDS`.
//
// A dozen workers, each repeating a round of something and checking an invariant
// of its own after it. One that makes no round for a minute is a lost wake-up, and
// ends the program with everybody's stack. SIGTERM ends it before its time, with
// the same checks; SIGUSR1 changes GOMAXPROCS. disturb.py sends both, among worse.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand"
	"net"
	"os"
	"os/signal"
	"reflect"
	"runtime"
	"runtime/debug"
	"sort"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

const stall = time.Minute

var enough int32

func over() bool { return atomic.LoadInt32(&enough) != 0 }

func must(cond bool, what string) {
	if !cond {
		debug.SetTraceback("all")
		panic("churn: not true: " + what)
	}
}

type worker struct {
	name   string
	round  func(r *rand.Rand)
	rounds uint64
}

// A pipeline of goroutines that add one each: what comes out is what went in, in
// order, and the length on top.
func pipeline(r *rand.Rand) {
	n := 1 + r.Intn(50)
	first := make(chan int, r.Intn(3))
	last := first
	for i := 0; i < n; i++ {
		next := make(chan int, r.Intn(3))
		go func(in <-chan int, out chan<- int) {
			for v := range in {
				out <- v + 1
			}
			close(out)
		}(last, next)
		last = next
	}
	go func() {
		for i := 0; i < 100; i++ {
			first <- i
		}
		close(first)
	}()
	want := n
	for v := range last {
		must(v == want, "a pipeline keeps its order")
		want++
	}
	must(want == n+100, "a pipeline loses nothing")
}

// Many senders, a select with a time-out that never comes, a channel to quit.
func selects(r *rand.Rand) {
	var in [4]chan int
	quit := make(chan bool)
	for i := range in {
		in[i] = make(chan int)
		go func(c chan int) {
			for v := 1; ; v++ {
				select {
				case c <- v:
				case <-quit:
					return
				}
			}
		}(in[i])
	}
	var last [4]int
	late := time.NewTimer(stall)
	for i := 0; i < 200; i++ {
		var k, v int
		select {
		case v = <-in[0]:
			k = 0
		case v = <-in[1]:
			k = 1
		case v = <-in[2]:
			k = 2
		case v = <-in[3]:
			k = 3
		case <-late.C:
			panic("churn: nobody sends")
		}
		must(v == last[k]+1, "a sender's values come in order")
		last[k] = v
	}
	must(late.Stop(), "the timer is pending")
	close(quit)
}

var (
	mu     sync.Mutex
	inside int
	rw     sync.RWMutex
	pair   [2]int
)

func locks(r *rand.Rand) {
	for i := 0; i < 200; i++ {
		mu.Lock()
		inside++
		must(inside == 1, "one holds a mutex")
		if r.Intn(64) == 0 {
			runtime.Gosched()
		}
		inside--
		mu.Unlock()
		if r.Intn(8) == 0 {
			rw.Lock()
			pair[0]++
			pair[1]++
			rw.Unlock()
		} else {
			rw.RLock()
			must(pair[0] == pair[1], "no reader beside a writer")
			rw.RUnlock()
		}
	}
}

// Who waits on a condition is woken.
func conds(r *rand.Rand) {
	var m sync.Mutex
	var wg sync.WaitGroup
	c := sync.NewCond(&m)
	turn, n := 0, 2+r.Intn(6)
	for i := 0; i < n; i++ {
		wg.Add(1)
		go func(me int) {
			defer wg.Done()
			m.Lock()
			defer m.Unlock()
			for k := 0; k < 10; k++ {
				for turn%n != me {
					c.Wait()
				}
				turn++
				c.Broadcast()
			}
		}(i)
	}
	wg.Wait()
	must(turn == 10*n, "everybody had its turns")
}

func timers(r *rand.Rand) {
	var wg sync.WaitGroup
	var fired int32
	n := 20 + r.Intn(50)
	stopped := 0
	for i := 0; i < n; i++ {
		d := time.Duration(r.Intn(2000)) * time.Microsecond
		began := time.Now()
		wg.Add(1)
		t := time.AfterFunc(d, func() {
			must(time.Since(began) >= d, "no timer is early")
			atomic.AddInt32(&fired, 1)
			wg.Done()
		})
		if r.Intn(3) == 0 && t.Stop() {
			stopped++
			wg.Done()
		}
	}
	wg.Wait()
	must(int(atomic.LoadInt32(&fired)) == n-stopped, "each fires or was stopped")
}

var listener net.Listener

func serve() {
	for {
		c, err := listener.Accept()
		if err != nil {
			return
		}
		go func() {
			io.Copy(c, c)
			c.Close()
		}()
	}
}

func network(r *rand.Rand) {
	c, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		must(errors.Is(err, syscall.EADDRNOTAVAIL), err.Error())
		time.Sleep(10 * time.Millisecond) // ports in TIME_WAIT
		return
	}
	defer c.Close()
	out := make([]byte, 1+r.Intn(20000))
	r.Read(out)
	go c.Write(out)
	in := make([]byte, len(out))
	_, err = io.ReadFull(c, in)
	must(err == nil && string(in) == string(out), "an echo is what was said")
}

type node struct {
	left, right *node
	sum         int
}

func tree(depth int, r *rand.Rand) *node {
	if depth == 0 {
		return &node{sum: r.Intn(100)}
	}
	n := &node{left: tree(depth-1, r), right: tree(depth-1, r)}
	n.sum = n.left.sum + n.right.sum
	return n
}

func (n *node) check() {
	if n.left != nil {
		must(n.sum == n.left.sum+n.right.sum, "a tree stays as it was")
		n.left.check()
		n.right.check()
	}
}

func trees(r *rand.Rand) {
	t := tree(10, r)
	for i := 0; i < 50; i++ { // prune and grow: stores while marking
		p := t
		for p.left.left != nil && r.Intn(8) != 0 {
			if r.Intn(2) == 0 {
				p = p.left
			} else {
				p = p.right
			}
		}
		p.left, p.right = p.right, p.left
		t.check()
	}
}

func maps(r *rand.Rand) {
	m := map[string]*int{}
	for i := 0; i < 2000; i++ {
		v := i
		m[strconv.Itoa(i)] = &v
		if k := r.Intn(i + 1); k%3 == 0 {
			delete(m, strconv.Itoa(k))
		}
	}
	for k, v := range m {
		must(k == strconv.Itoa(*v), "a map's values are its keys'")
	}
}

type message struct {
	Name  string
	Items []int
	More  map[string]string
}

func codecs(r *rand.Rand) {
	in := message{Name: "gort", More: map[string]string{}}
	for i := r.Intn(100); i > 0; i-- {
		in.Items = append(in.Items, r.Int())
		in.More[fmt.Sprint(i)] = fmt.Sprintf("%x", r.Int63())
	}
	text, err := json.Marshal(in)
	must(err == nil, "json is written")
	var out message
	must(json.Unmarshal(text, &out) == nil, "json is read")
	must(reflect.DeepEqual(in, out), "json is what it was")
}

func panics(r *rand.Rand) {
	var p *node
	dig := func(how int) (got interface{}) {
		defer func() {
			if e := recover(); e != nil {
				got = e
			}
		}()
		switch how {
		case 0:
			panic("on purpose")
		case 1:
			return p.sum
		case 2:
			return []int{}[r.Intn(1)]
		}
		return recurse(1 + r.Intn(20000)) // a deep stack, and back
	}
	for how := 0; how < 4; how++ {
		got := dig(how)
		_, isError := got.(runtime.Error)
		must(got != nil && isError == (how == 1 || how == 2), "a panic is recovered")
	}
}

func recurse(n int) int {
	if n == 0 {
		return 0
	}
	return recurse(n-1) + 1
}

// A loop that asks nobody: it must be interrupted for anything to go on.
func computes(r *rand.Rand) {
	s := uint64(r.Int63()) | 1
	for i := 0; i < 20000000; i++ {
		s ^= s << 13
		s ^= s >> 7
		s ^= s << 17
	}
	must(s != 0, "xorshift never comes to 0")
	v := r.Perm(5000)
	sort.Ints(v)
	must(sort.IntsAreSorted(v), "a sorted slice is sorted")
}

func pools(r *rand.Rand) {
	var wg sync.WaitGroup
	pool := sync.Pool{New: func() interface{} { return new([64]int) }}
	for i := 0; i < 8; i++ {
		wg.Add(1)
		go func(me int) {
			defer wg.Done()
			for k := 0; k < 100; k++ {
				a := pool.Get().(*[64]int)
				a[k%64] = me
				runtime.Gosched()
				must(a[k%64] == me, "what a pool gave is mine")
				pool.Put(a)
			}
		}(i)
	}
	wg.Wait()
}

func collects(r *rand.Rand) {
	runtime.GC()
	time.Sleep(time.Duration(r.Intn(10)) * time.Millisecond)
}

var workers = []*worker{
	{"pipeline", pipeline, 0}, {"selects", selects, 0}, {"locks", locks, 0},
	{"locks2", locks, 0}, {"conds", conds, 0}, {"timers", timers, 0},
	{"network", network, 0}, {"network2", network, 0}, {"trees", trees, 0},
	{"maps", maps, 0}, {"codecs", codecs, 0}, {"panics", panics, 0},
	{"computes", computes, 0}, {"pools", pools, 0}, {"collects", collects, 0},
}

// watch returns when it is over; it panics when a worker stands still.
func watch(end time.Time) {
	last := make([]uint64, len(workers))
	since := make([]time.Time, len(workers))
	for i := range since {
		since[i] = time.Now()
	}
	for time.Now().Before(end) && !over() {
		time.Sleep(100 * time.Millisecond)
		for i, w := range workers {
			if n := atomic.LoadUint64(&w.rounds); n != last[i] {
				last[i], since[i] = n, time.Now()
			}
			must(time.Since(since[i]) < stall, w.name+" goes on")
		}
	}
}

func main() {
	seconds := 10.0
	if len(os.Args) > 1 {
		seconds, _ = strconv.ParseFloat(os.Args[1], 64)
	}
	c := make(chan os.Signal, 16)
	signal.Notify(c, syscall.SIGTERM, syscall.SIGUSR1)
	go func() {
		r := rand.New(rand.NewSource(time.Now().UnixNano()))
		for s := range c {
			if s == syscall.SIGTERM {
				atomic.StoreInt32(&enough, 1)
			} else {
				runtime.GOMAXPROCS(1 + r.Intn(8))
			}
		}
	}()
	var err error
	listener, err = net.Listen("tcp", "127.0.0.1:0")
	must(err == nil, "a port is to be had")
	go serve()
	var wg sync.WaitGroup
	for i, w := range workers {
		wg.Add(1)
		go func(w *worker, seed int64) {
			defer wg.Done()
			r := rand.New(rand.NewSource(seed))
			for !over() {
				w.round(r)
				atomic.AddUint64(&w.rounds, 1)
			}
		}(w, time.Now().UnixNano()+int64(i))
	}
	watch(time.Now().Add(time.Duration(seconds * float64(time.Second))))
	atomic.StoreInt32(&enough, 1)
	wg.Wait()
	for _, w := range workers {
		fmt.Print(w.name, " ", w.rounds, " ")
	}
	fmt.Println()
}
