// Loops without calls share a processor, are stopped by the collector, and lose
// nothing: pointers stored around a call and in a loop whose barrier's flag was
// read before it, numbers in vector registers.
//
//test: build -O2 -g
//test: build -O3
//test: env GODEBUG=preemptstress=1,gcstress=1 GOMAXPROCS=2
package main

import (
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
)

type node struct {
	next *node
	v    int
}

var (
	sinkA, sinkB *node
	table        [512]*node
	stop         uint32
)

//go:noinline
func pure(n int) int {
	s := 0
	for i := 0; i < n; i++ {
		s += i * i
	}
	return s
}

// The flag is tested before A only.
//go:noinline
func around(p, q *node, n int) int {
	sinkA = p
	t := pure(n)
	sinkB = q
	return t
}

// The flag is read once for the loop.
//go:noinline
func hoisted(p *node) {
	for i := range table {
		table[i] = p
	}
}

func list(n int) *node {
	var l *node
	for i := 0; i < n; i++ {
		l = &node{l, i}
	}
	return l
}

func sum(l *node) (s int) {
	for ; l != nil; l = l.next {
		s += l.v
	}
	return
}

//go:noinline
func floats(n int) float64 {
	a, b, c := 0.0, 1.0, 2.0
	for i := 0; i < n; i++ {
		a, b, c = b*0.5+c, c*0.25+a*0.125, a+1
		if a > 1e6 {
			a = 0
		}
	}
	return a + b + c
}

func main() {
	want := floats(2000000)
	var wg sync.WaitGroup
	for g := 0; g < 4; g++ {
		wg.Add(2)
		go func() {
			defer wg.Done()
			for i := 0; i < 300; i++ {
				l := list(50)
				around(l, l.next, 3000)
				hoisted(l)
				for _, p := range table {
					if sum(p) != 1225 {
						panic("a list was lost")
					}
				}
				if s := sum(sinkB); s != 1176 {
					panic(fmt.Sprint("sinkB: ", s))
				}
			}
		}()
		go func() {
			defer wg.Done()
			for i := 0; i < 10; i++ {
				if floats(2000000) != want {
					panic("a number was lost")
				}
			}
		}()
	}
	wg.Wait()
	go func() {
		for atomic.LoadUint32(&stop) == 0 {
		}
	}()
	for i := 0; i < 20; i++ {
		runtime.GC()
		runtime.Gosched()
	}
	atomic.StoreUint32(&stop, 1)
	fmt.Println("nothing was lost")
}
