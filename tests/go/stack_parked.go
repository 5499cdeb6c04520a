// Goroutines that wait far down, on both pieces of their stacks, while the
// collector runs; then they all end, and their memory comes back.
package main

import (
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
)

type node struct {
	next *node
	v    int
}

// Each frame holds an object that nothing else refers to.
//
//go:noinline
func hold(n int, wait func()) int {
	x := &node{v: n}
	if n == 0 {
		wait()
		return x.v
	}
	r := hold(n-1, wait)
	runtime.KeepAlive(x)
	return r + x.v
}

func garbage() {
	var l *node
	for i := 0; i < 100000; i++ {
		l = &node{l, -1}
		if i%100 == 0 {
			l = nil
		}
	}
	runtime.KeepAlive(l)
}

func residentKB() int {
	b, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0
	}
	n, _ := strconv.Atoi(strings.Fields(string(b))[1])
	return n * 4
}

func main() {
	const goroutines, frames = 100, 20000
	var down, up sync.WaitGroup
	before := residentKB()
	release := make(chan bool)
	for i := 0; i < goroutines; i++ {
		down.Add(1)
		up.Add(1)
		go func() {
			defer up.Done()
			n := hold(frames, func() {
				down.Done()
				<-release
			})
			if n != frames*(frames+1)/2 {
				println("an object was lost:", n)
			}
		}()
	}
	down.Wait()
	used := residentKB() - before
	for i := 0; i < 3; i++ {
		garbage()
		runtime.GC()
	}
	close(release)
	up.Wait()
	debug.FreeOSMemory()
	debug.FreeOSMemory()
	if left := residentKB() - before; left > used/3 {
		println("used", used, "KB, left", left, "KB")
	}
	println("ok")
}
