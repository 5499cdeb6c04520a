// On one P, goroutines that never wait but call functions share the time, and
// collections do not wait for them.
package main

import (
	"runtime"
	"sync/atomic"
)

var stop, turns [3]int64

//go:noinline
func turn(i int) { atomic.AddInt64(&turns[i], 1) }

func spin(i int, done chan bool) {
	for atomic.LoadInt64(&stop[i]) == 0 {
		turn(i)
	}
	done <- true
}

func main() {
	runtime.GOMAXPROCS(1)
	done := make(chan bool)
	for i := range stop {
		go spin(i, done)
	}
	for i := range turns {
		for atomic.LoadInt64(&turns[i]) == 0 {
			runtime.Gosched()
		}
	}
	for i := 0; i < 5; i++ {
		runtime.GC()
	}
	runtime.GOMAXPROCS(4)
	for i := 0; i < 100; i++ {
		runtime.GC()
	}
	for i := range stop {
		atomic.StoreInt64(&stop[i], 1)
		<-done
	}
	println("ok")
}
