package main

import (
	"fmt"
	"io"
	"runtime"
	"time"
)

// Finalizers in every shape that SetFinalizer takes.

type node struct {
	name string
	pad  [64]byte
}

func (n *node) Close() error   { return nil }
func (n *node) String() string { return "node " + n.name }

type myptr *node

var got = make(chan string, 100)

type big struct{ a, b, c, d int64 }

//go:noinline
func plain() { runtime.SetFinalizer(&node{name: "plain"}, func(n *node) { got <- "plain " + n.name }) }

//go:noinline
func closure() {
	s := []string{"captured", "by", "closure"}
	runtime.SetFinalizer(&node{name: "closure"}, func(n *node) { got <- fmt.Sprint(s, n.name) })
}

//go:noinline
func iface() {
	runtime.SetFinalizer(&node{name: "iface"}, func(c fmt.Stringer) { got <- "iface " + c.String() })
}

//go:noinline
func closer() {
	runtime.SetFinalizer(&node{name: "closer"}, func(c io.Closer) { got <- fmt.Sprint("closer ", c.Close()) })
}

//go:noinline
func empty() {
	runtime.SetFinalizer(&node{name: "empty"}, func(x interface{}) { got <- fmt.Sprint("empty ", x) })
}

//go:noinline
func named() {
	runtime.SetFinalizer(&node{name: "named"}, func(n myptr) { got <- "named " + n.name })
}

//go:noinline
func results() {
	runtime.SetFinalizer(&node{name: "results"}, func(n *node) (int, string) { got <- "results " + n.name; return 1, "a" })
}

//go:noinline
func bigResult() {
	runtime.SetFinalizer(&node{name: "big"}, func(n *node) big { got <- "big result " + n.name; return big{1, 2, 3, 4} })
}

//go:noinline
func method() {
	runtime.SetFinalizer(&node{name: "method"}, (*node).final)
}
func (n *node) final() { got <- "method " + n.name }

//go:noinline
func removed() {
	n := &node{name: "removed"}
	runtime.SetFinalizer(n, func(n *node) { got <- "removed: no" })
	runtime.SetFinalizer(n, nil)
}

//go:noinline
func tiny() {
	for i := 0; i < 64; i++ {
		x := new(int32)
		*x = int32(i)
		runtime.SetFinalizer(x, func(x *int32) {
			if *x == 7 {
				got <- "tiny"
			}
		})
	}
}

var saved *node

//go:noinline
func again() {
	runtime.SetFinalizer(&node{name: "again"}, func(n *node) {
		saved = n
		got <- "first " + n.name
		runtime.SetFinalizer(n, func(n *node) { got <- "second " + n.name })
	})
}

type pair struct {
	other *pair
	name  string
}

//go:noinline
func chain() {
	a, b := &pair{name: "a"}, &pair{name: "b"}
	a.other = b
	runtime.SetFinalizer(a, func(p *pair) { got <- "chain " + p.name })
	runtime.SetFinalizer(b, func(p *pair) { got <- "chain " + p.name })
}

// overwrite what is left of dead frames
//
//go:noinline
func scrub(n int) int {
	var a [128]int
	for i := range a {
		a[i] = n
	}
	if n > 0 {
		return scrub(n-1) + a[n]
	}
	return a[0]
}

func wait(want string) {
	for i := 0; i < 200; i++ {
		scrub(10)
		runtime.GC()
		select {
		case s := <-got:
			if s != want {
				fmt.Println("FAIL: got", s, "want", want)
			} else {
				fmt.Println(s)
			}
			return
		case <-time.After(10 * time.Millisecond):
		}
	}
	fmt.Println("FAIL: never", want)
}

func try(f func(), want string) {
	done := make(chan bool)
	go func() { f(); scrub(10); done <- true }()
	<-done
	wait(want)
}

func main() {
	try(plain, "plain plain")
	try(closure, "[captured by closure]closure")
	try(iface, "iface node iface")
	try(closer, "closer <nil>")
	try(empty, "empty node empty")
	try(named, "named named")
	try(results, "results results")
	try(bigResult, "big result big")
	try(method, "method method")
	try(tiny, "tiny")
	try(again, "first again")
	saved = nil
	wait("second again")
	try(chain, "chain a")
	wait("chain b")
	removed()
	runtime.SetFinalizer(new(struct{}), func(*struct{}) {}) // no size: ignored
	for i := 0; i < 5; i++ {
		scrub(10)
		runtime.GC()
	}
	select {
	case s := <-got:
		fmt.Println("FAIL:", s)
	case <-time.After(20 * time.Millisecond):
	}
	kept := &node{name: "kept"}
	runtime.SetFinalizer(kept, func(*node) { fmt.Println("FAIL: kept alive") })
	runtime.GC()
	runtime.GC()
	time.Sleep(time.Millisecond)
	runtime.KeepAlive(kept)
	fmt.Println("done")
}
