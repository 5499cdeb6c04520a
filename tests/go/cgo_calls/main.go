// C called by cgo's bracket, and Go called back from it: on the goroutine's
// own thread and on threads that C makes. What cgo would generate is written
// out.
package main

import (
	"runtime"
	"sync/atomic"
)

//extern syscall.Cgocall
func cgocall()

//extern syscall.CgocallDone
func cgocallDone()

//extern cgo_direct
func cgoDirect(n int) int

//extern cgo_threads
func cgoThreads(threads, n int) int

var calls, deeps int64

type node struct {
	next *node
	v    int
}

//go:noinline
func deep(n int) int {
	x := &node{v: n}
	if n == 0 {
		runtime.GC()
		return 0
	}
	r := deep(n-1) + 1
	runtime.KeepAlive(x)
	return r
}

func recovers(n int) (r int) {
	defer func() { r += recover().(int) }()
	panic(n)
}

// Called by C.
func Callback(n int) int {
	atomic.AddInt64(&calls, 1)
	switch n % 5 {
	case 0:
		runtime.Gosched()
	case 1:
		c := make(chan int)
		go func() { c <- n }()
		if <-c != n {
			println("channel")
		}
	case 2:
		if recovers(n) != n {
			println("recover")
		}
	case 3:
		if n%50 == 3 {
			if deep(3000) != 3000 {
				println("deep")
			}
			atomic.AddInt64(&deeps, 1)
		}
	case 4:
		if n < 1000 { // and C again, which calls back
			cgocall()
			r := cgoDirect(n + 1000)
			cgocallDone()
			if r != 2*(n+1000) {
				println("nested", r)
			}
		}
	}
	return 2 * n
}

func main() {
	stop := make(chan bool)
	go func() {
		var l *node
		for {
			select {
			case <-stop:
				stop <- true
				return
			default:
				l = &node{nil, 1}
				runtime.Gosched()
			}
		}
		runtime.KeepAlive(l)
	}()
	for i := 0; i < 300; i++ {
		cgocall()
		r := cgoDirect(i)
		cgocallDone()
		if r != 2*i {
			println("direct", r)
		}
	}
	cgocall()
	r := cgoThreads(8, 200)
	cgocallDone()
	println(r)
	stop <- true
	<-stop
	println(calls, deeps > 0)
	c := make(chan int)
	for i := 0; i < 4; i++ {
		go func() {
			cgocall()
			r := cgoThreads(4, 50)
			cgocallDone()
			c <- r
		}()
	}
	r = 0
	for i := 0; i < 4; i++ {
		r += <-c
	}
	println(r)
}
