// Stacks as text: runtime.Stack and debug.Stack of one and of all goroutines,
// then the report of a panic on a grown stack with GOTRACEBACK=all.
//
//test: build -O2 -g
//test: build -O0 -g
//test: env GOTRACEBACK=all GOMAXPROCS=1
package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"sync"
)

type server struct {
	mu sync.Mutex
	ch chan int
}

//go:noinline
func (s *server) lock() { s.mu.Lock() }

//go:noinline
func (s *server) receive() { <-s.ch }

//go:noinline
func (s *server) choose(other chan int) {
	select {
	case <-s.ch:
	case other <- 1:
	}
}

func (s *server) cleanup() {
	if r := recover(); r != nil {
		fmt.Printf("recovered: %v\n%s", r, debug.Stack())
	}
}

//go:noinline
func (s *server) serve() {
	defer s.cleanup()
	inlined(s)
}

func inlined(s *server) { panic("in serve") }

//go:noinline
func deep(n int, p *int) int {
	var room [64]int
	room[n%64] = n
	if n == 0 {
		return *p
	}
	return deep(n-1, p) + room[(n+1)%64]
}

func main() {
	s := &server{ch: make(chan int)}
	s.serve()
	s.mu.Lock()
	go s.lock()
	go s.receive()
	go s.choose(make(chan int))
	go func() {
		func() { s.receive() }()
	}()
	for i := 0; i < 100; i++ {
		runtime.Gosched() // until all of them are blocked
	}

	small := make([]byte, 30)
	fmt.Printf("%d %q\n", runtime.Stack(small, false), small)
	buf := make([]byte, 1<<16)
	fmt.Printf("%s", buf[:runtime.Stack(buf, true)])
	deep(5000, nil)
}
