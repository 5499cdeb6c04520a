// sync.Pool while Ps come and go and collections run: an object is in one
// place at a time. atomic pointers: no update is lost.
package main

import (
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"unsafe"
)

type object struct {
	owners int32
	next   *object
	data   [8]int
}

func pool() {
	var bad, made int32
	p := sync.Pool{New: func() interface{} {
		atomic.AddInt32(&made, 1)
		return new(object)
	}}
	var wg sync.WaitGroup
	stop := make(chan bool)
	for g := 0; g < 16; g++ {
		wg.Add(1)
		go func(g int) {
			defer wg.Done()
			var held [5]*object
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default:
				}
				k := (g + i) % len(held)
				if held[k] == nil {
					o := p.Get().(*object)
					if atomic.AddInt32(&o.owners, 1) != 1 {
						atomic.AddInt32(&bad, 1)
					}
					o.data[k] = g
					held[k] = o
				} else {
					o := held[k]
					held[k] = nil
					if o.data[k] != g || atomic.AddInt32(&o.owners, -1) != 0 {
						atomic.AddInt32(&bad, 1)
					}
					p.Put(o)
				}
				if i%100 == 0 {
					runtime.Gosched()
				}
			}
		}(g)
	}
	old := runtime.GOMAXPROCS(0)
	for i := 0; i < 60; i++ {
		runtime.GOMAXPROCS(i%7 + 1)
		runtime.GC()
		for k := 0; k < 20; k++ {
			runtime.Gosched()
		}
	}
	close(stop)
	wg.Wait()
	runtime.GOMAXPROCS(old)
	fmt.Println(bad, "shared,", made > 0)
}

// What nobody holds any more leaves the pool after two collections.
func cleanup() {
	var p sync.Pool
	dead := make(chan bool, 100)
	for i := 0; i < 100; i++ {
		o := new(object)
		runtime.SetFinalizer(o, func(*object) { dead <- true })
		p.Put(o)
	}
	for i := 0; i < 20 && len(dead) < 90; i++ {
		runtime.GC()
		runtime.Gosched()
	}
	fmt.Println(len(dead) >= 90)
}

func stack() {
	var top unsafe.Pointer
	push := func(o *object) {
		for {
			old := atomic.LoadPointer(&top)
			o.next = (*object)(old)
			if atomic.CompareAndSwapPointer(&top, old, unsafe.Pointer(o)) {
				return
			}
		}
	}
	var wg sync.WaitGroup
	for g := 0; g < 8; g++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := 0; i < 2000; i++ {
				push(new(object))
			}
		}()
	}
	for i := 0; i < 5; i++ {
		runtime.GC()
	}
	wg.Wait()
	n := 0
	for o := (*object)(atomic.SwapPointer(&top, nil)); o != nil; o = o.next {
		n++
	}
	fmt.Println(n, atomic.LoadPointer(&top) == nil)
	var v atomic.Value
	v.Store("a")
	fmt.Println(v.Swap("b"), v.CompareAndSwap("b", "c"), v.Load())
}

func main() {
	pool()
	cleanup()
	stack()
}
