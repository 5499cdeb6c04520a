// Timers and tickers: started, stopped and set anew from many goroutines while
// the number of Ps changes; none is early, none is lost, none fires twice.
package main

import (
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

func basics() {
	t0 := time.Now()
	t := time.NewTimer(20 * time.Millisecond)
	<-t.C
	fmt.Println(time.Since(t0) >= 20*time.Millisecond)
	fmt.Println(t.Stop(), t.Reset(time.Hour), t.Stop(), t.Stop())
	fmt.Println(t.Reset(time.Millisecond))
	<-t.C
	fmt.Println(t.Reset(-1))
	<-t.C
	k := time.NewTicker(2 * time.Millisecond)
	t0 = time.Now()
	for i := 0; i < 10; i++ {
		<-k.C
	}
	fmt.Println(time.Since(t0) >= 18*time.Millisecond)
	k.Reset(time.Hour)
	select {
	case <-k.C:
	default:
	}
	k.Reset(time.Millisecond)
	<-k.C
	k.Stop()
	done := make(chan bool)
	f := time.AfterFunc(time.Hour, func() { done <- true })
	f.Reset(0)
	fmt.Println(<-done)
	time.Sleep(0)
	time.Sleep(-1)
	select {
	case <-done:
	case <-time.After(time.Millisecond):
		fmt.Println("after")
	}
}

// A timer that nobody refers to but its own heap.
func forgotten() {
	var n int32
	for i := 0; i < 1000; i++ {
		time.AfterFunc(10*time.Millisecond, func() { atomic.AddInt32(&n, 1) })
	}
	for atomic.LoadInt32(&n) < 1000 {
		runtime.GC()
		time.Sleep(time.Millisecond)
	}
	fmt.Println(n)
}

// Whoever stops it in time has prevented it: stops + firings = starts.
func races() {
	old := runtime.GOMAXPROCS(4)
	defer runtime.GOMAXPROCS(old)
	var fired, stopped int64
	var wg sync.WaitGroup
	const starts = 2000
	for g := 0; g < 8; g++ {
		wg.Add(1)
		go func(g int) {
			defer wg.Done()
			for i := 0; i < starts; i++ {
				d := time.Duration((g*7+i*13)%300) * time.Microsecond
				t := time.AfterFunc(d, func() { atomic.AddInt64(&fired, 1) })
				if i%3 == 0 {
					runtime.Gosched()
				}
				if i%50 == 0 {
					time.Sleep(d)
				}
				if i%2 == 0 && t.Reset(time.Millisecond) {
					atomic.AddInt64(&stopped, 0)
				} else if i%2 == 0 {
					// had fired: it was started once more
					atomic.AddInt64(&stopped, -1)
				}
				if i%4 < 2 && t.Stop() {
					atomic.AddInt64(&stopped, 1)
				}
			}
		}(g)
	}
	stop := make(chan bool)
	go func() {
		for n := 1; ; n = n%6 + 1 {
			select {
			case <-stop:
				stop <- true
				return
			case <-time.After(time.Millisecond):
				runtime.GOMAXPROCS(n)
			}
		}
	}()
	wg.Wait()
	deadline := time.Now().Add(5 * time.Second)
	for atomic.LoadInt64(&fired)+atomic.LoadInt64(&stopped) != 8*starts && time.Now().Before(deadline) {
		time.Sleep(time.Millisecond)
	}
	stop <- true
	<-stop
	fmt.Println(atomic.LoadInt64(&fired)+atomic.LoadInt64(&stopped)-8*starts, "too many")
}

// One timer set and stopped by everybody.
func shared() {
	t := time.NewTimer(time.Hour)
	var wg sync.WaitGroup
	for g := 0; g < 8; g++ {
		wg.Add(1)
		go func(g int) {
			defer wg.Done()
			for i := 0; i < 3000; i++ {
				if (g+i)%3 == 0 {
					t.Stop()
				} else {
					t.Reset(time.Duration(i%200) * time.Microsecond)
				}
				select {
				case <-t.C:
				default:
				}
			}
		}(g)
	}
	wg.Wait()
	t.Stop()
	fmt.Println("shared")
}

func sleepers() {
	var wg sync.WaitGroup
	var early int32
	for i := 0; i < 5000; i++ {
		wg.Add(1)
		go func(i int) {
			defer wg.Done()
			d := time.Duration(i%50) * time.Millisecond
			t := time.Now()
			time.Sleep(d)
			if time.Since(t) < d {
				atomic.AddInt32(&early, 1)
			}
		}(i)
	}
	wg.Wait()
	fmt.Println(early, "early")
}

func main() {
	basics()
	forgotten()
	races()
	shared()
	sleepers()
}
