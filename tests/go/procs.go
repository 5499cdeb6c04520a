// GOMAXPROCS up and down while everything that depends on a P is busy; threads
// that belong to one goroutine; the counts that programs read.
package main

import (
	"fmt"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

var sink []byte

func busy() {
	var wg sync.WaitGroup
	var stop int32
	var ops [4]int64
	work := []func(){
		func() {
			for i := 0; i < 100; i++ {
				sink = make([]byte, 300)
			}
			runtime.Gosched()
		},
		func() { time.Sleep(20 * time.Microsecond) },
		func() { runtime.Gosched() },
		func() {
			r, w, err := os.Pipe()
			if err != nil {
				panic(err)
			}
			go func() {
				w.Write([]byte("x"))
				w.Close()
			}()
			r.Read(make([]byte, 10))
			r.Close()
		},
	}
	for k, f := range work {
		for i := 0; i < 4; i++ {
			wg.Add(1)
			go func(k int, f func()) {
				defer wg.Done()
				for atomic.LoadInt32(&stop) == 0 {
					f()
					atomic.AddInt64(&ops[k], 1)
				}
			}(k, f)
		}
	}
	old := runtime.GOMAXPROCS(0)
	last := old
	for i := 0; i < 60; i++ {
		n := i*7%16 + 1
		if was := runtime.GOMAXPROCS(n); was != last {
			fmt.Println("was", was, "wanted", last)
		}
		last = n
		if runtime.GOMAXPROCS(-1) != n || runtime.GOMAXPROCS(0) != n {
			fmt.Println("not set")
		}
		for k := range ops {
			for was := atomic.LoadInt64(&ops[k]); atomic.LoadInt64(&ops[k]) == was; {
				runtime.Gosched()
			}
		}
	}
	atomic.StoreInt32(&stop, 1)
	wg.Wait()
	runtime.GOMAXPROCS(old)
	fmt.Println("all went on")
}

func locked() {
	c := make(chan bool)
	for i := 0; i < 10; i++ {
		go func() {
			runtime.LockOSThread()
			runtime.LockOSThread()
			tid := syscall.Gettid()
			ok := true
			for k := 0; k < 100; k++ {
				switch k % 4 {
				case 0:
					runtime.Gosched()
				case 1:
					time.Sleep(10 * time.Microsecond)
				case 2:
					syscall.Getppid()
				case 3:
					d := make(chan bool)
					go func() { d <- true }()
					<-d
				}
				ok = ok && syscall.Gettid() == tid
				if k == 50 {
					runtime.UnlockOSThread()
				}
			}
			if tid%2 == 0 {
				runtime.UnlockOSThread()
			}
			c <- ok
		}()
	}
	ok := true
	for i := 0; i < 10; i++ {
		ok = <-c && ok
	}
	fmt.Println("locked", ok)
}

func counts() {
	fmt.Println(runtime.NumCPU() > 0, runtime.NumGoroutine() >= 1)
	for runtime.NumGoroutine() > 1 {
		time.Sleep(time.Millisecond)
	}
	stop := make(chan bool)
	for i := 0; i < 100; i++ {
		go func() { <-stop }()
	}
	fmt.Println(runtime.NumGoroutine())
	close(stop)
	for runtime.NumGoroutine() > 1 {
		runtime.Gosched()
	}
	f := []func() int{runtime.NumGoroutine, runtime.NumCPU}
	fmt.Println(f[0](), f[1]() == runtime.NumCPU())
	g := runtime.Gosched
	g()
	lock, unlock := runtime.LockOSThread, runtime.UnlockOSThread
	lock()
	unlock()
}

func goexits() {
	c := make(chan string, 2)
	go func() {
		defer func() { c <- fmt.Sprint("deferred ", recover()) }()
		runtime.Goexit()
	}()
	fmt.Println(<-c)
}

func main() {
	counts()
	busy()
	locked()
	goexits()
}
