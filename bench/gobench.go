// gobench.go - the cases of cbench.c in Go, for a race on one machine.
//
//	go build -o gobench bench/gobench.go && ./gobench [-n SCALE] [CASE...]
//
// Same shapes, same counts, same rounds, same `name value unit` lines; the
// names end in .gc so that both lists can be joined. bench/race.sh alternates
// the two programs.
package main

import (
	"fmt"
	"os"
	"runtime"
	"sort"
	"strconv"
	"sync"
	"time"
)

const rounds = 5

func spawn(n int) {
	var wg sync.WaitGroup
	for n > 0 {
		batch := 100
		if n < batch {
			batch = n
		}
		wg.Add(batch)
		for i := 0; i < batch; i++ {
			go wg.Done()
		}
		wg.Wait()
		n -= batch
	}
}

func yield2(n int) {
	var wg sync.WaitGroup
	wg.Add(1)
	spin := func() {
		for i := 0; i < n/2; i++ {
			runtime.Gosched()
		}
	}
	go func() { spin(); wg.Done() }()
	spin()
	wg.Wait()
}

func pingpong(n int) {
	a, b := make(chan int), make(chan int)
	go func() {
		for v := range a {
			b <- v
		}
		close(b)
	}()
	for i := 0; i < n; i++ {
		a <- 1
		<-b
	}
	close(a)
	<-b
}

func buffered(n int) {
	c := make(chan int, 128)
	go func() {
		for i := 0; i < n; i++ {
			c <- i
		}
		close(c)
	}()
	for range c {
	}
}

func select4(n int) {
	var c [4]chan int
	for i := range c {
		c[i] = make(chan int)
	}
	go func() {
		for i := 0; i < n; i++ {
			c[i&3] <- i
		}
		close(c[0])
	}()
	for ok := true; ok; {
		select {
		case _, ok = <-c[0]:
		case _, ok = <-c[1]:
		case _, ok = <-c[2]:
		case _, ok = <-c[3]:
		}
	}
}

func mutex8(n int) {
	var mu sync.Mutex
	var wg sync.WaitGroup
	count := 0
	wg.Add(8)
	for g := 0; g < 8; g++ {
		go func() {
			for i := 0; i < n/8; i++ {
				mu.Lock()
				count++
				mu.Unlock()
			}
			wg.Done()
		}()
	}
	wg.Wait()
}

func timerStartStop(n int) {
	t := time.NewTimer(time.Hour)
	for i := 0; i < n; i++ {
		t.Reset(time.Hour)
		t.Stop()
	}
}

type node struct{ left, right *node }

var sink *node
var sinkN *[2]uint64
var sink1k *[128]*byte

func alloc16p(n int) {
	for i := 0; i < n; i++ {
		sink = new(node)
	}
}

func alloc16n(n int) {
	for i := 0; i < n; i++ {
		sinkN = new([2]uint64)
	}
}

func alloc1k(n int) {
	for i := 0; i < n; i++ {
		sink1k = new([128]*byte)
	}
}

func tree(depth int) *node {
	t := new(node)
	if depth > 0 {
		t.left = tree(depth - 1)
		t.right = tree(depth - 1)
	}
	return t
}

func trees(n int) {
	keep := tree(16)
	for ; n > 0; n -= 1 << 14 {
		sink = tree(13)
	}
	runtime.KeepAlive(keep)
}

var table = []struct {
	name     string
	procs, n int
	run      func(int)
}{
	{"spawn1", 1, 1000000, spawn},
	{"spawn", 0, 1000000, spawn},
	{"yield1", 1, 4000000, yield2},
	{"pingpong1", 1, 1000000, pingpong},
	{"pingpong", 0, 500000, pingpong},
	{"buffered1", 1, 4000000, buffered},
	{"buffered", 0, 4000000, buffered},
	{"select4_1", 1, 500000, select4},
	{"select4", 0, 500000, select4},
	{"mutex8_1", 1, 4000000, mutex8},
	{"mutex8", 0, 4000000, mutex8},
	{"timer.startstop1", 1, 1000000, timerStartStop},
	{"alloc16p1", 1, 4000000, alloc16p},
	{"alloc16n1", 1, 4000000, alloc16n},
	{"alloc1k1", 1, 1000000, alloc1k},
	{"alloc16p", 0, 4000000, alloc16p},
	{"alloc1k", 0, 1000000, alloc1k},
	{"trees", 0, 1 << 20, trees},
}

func main() {
	scale, args := 1.0, os.Args[1:]
	if len(args) > 1 && args[0] == "-n" {
		scale, _ = strconv.ParseFloat(args[1], 64)
		args = args[2:]
	}
	for _, b := range table {
		want := len(args) == 0
		for _, a := range args {
			want = want || a == b.name
		}
		if !want {
			continue
		}
		n := int(float64(b.n)*scale) + 1
		old := runtime.GOMAXPROCS(b.procs)
		b.run(n/10 + 1)
		var ns []float64
		for i := 0; i < rounds; i++ {
			t0 := time.Now()
			b.run(n)
			ns = append(ns, float64(time.Since(t0).Nanoseconds())/float64(n))
		}
		runtime.GOMAXPROCS(old)
		sort.Float64s(ns)
		fmt.Printf("%s.gc %.1f ns\n", b.name, ns[rounds/2])
	}
}
