// Faults that become panics, wherever the fault is: in loads and stores, in
// what copies for the program, deep in a stack's second piece, on many
// goroutines at once; and addresses that only SetPanicOnFault makes panics.

// test: build -O0
// test: build -O2 -g
// test: build -O3
package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"sync"
	"syscall"
	"unsafe"
)

type small struct{ a, b int }
type words struct {
	p [20]*int
	n int
}
type big struct {
	pad [5000]byte
	n   int
}
type list struct {
	next *list
	n    int
}

var (
	nilSmall *small
	nilWords *words
	nilBig   *big
	nilList  *list
	nilInt   *int
	nilFloat *float64
	nilStr   *string
	nilArr   *[100]int
	nilSlice *[]int
	nilIface *interface{}
	nilFunc  func(int) int
	nilErr   error
	sink     int
	wordsVar words
)

//go:noinline
func use(n int) { sink += n }

func try(name string, f func()) {
	defer func() {
		e := recover()
		if _, ok := e.(runtime.Error); !ok {
			fmt.Printf("%s: not a run-time error: %v\n", name, e)
			return
		}
		fmt.Printf("%s: %v\n", name, e)
	}()
	f()
	fmt.Println(name, "went on")
}

//go:noinline
func deepFault(n int) int {
	var room [64]byte
	room[n%64] = byte(n)
	if n == 0 {
		return nilSmall.b
	}
	return deepFault(n-1) + int(room[n%64])
}

//go:noinline
func recoverAt(n, depth int) (r int) {
	if n == 0 {
		return deepFault(depth)
	}
	if n%1000 == 0 {
		defer func() {
			if e := recover(); e != nil {
				r = n
				if n < 3000 {
					panic(e)
				}
			}
		}()
	}
	return recoverAt(n-1, depth) + 0*n
}

func deep() {
	try("deep fault", func() { use(deepFault(100000)) })
	// handlers half-way: three panic again, the fourth makes it a result
	fmt.Println("half-way:", recoverAt(5000, 20000))
	// from the second piece of the stack back to the first, again and again
	n := 0
	for i := 0; i < 300; i++ {
		func() {
			defer func() {
				if recover() != nil {
					n++
				}
			}()
			use(deepFault(i * 10))
		}()
	}
	fmt.Println("to and fro:", n)
}

func many() {
	var wg sync.WaitGroup
	var mu sync.Mutex
	n := 0
	for i := 0; i < 50; i++ {
		wg.Add(1)
		go func(i int) {
			defer wg.Done()
			for k := 0; k < 40; k++ {
				func() {
					defer func() {
						if recover() != nil {
							mu.Lock()
							n++
							mu.Unlock()
						}
					}()
					if k%8 == 0 {
						runtime.Gosched()
					}
					deepFault(i * 50)
				}()
			}
		}(i)
	}
	wg.Wait()
	fmt.Println("many:", n)
}

type addressed interface {
	runtime.Error
	Addr() uintptr
}

func mapped() {
	page, err := syscall.Mmap(-1, 0, 8192, syscall.PROT_NONE,
		syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		panic(err)
	}
	defer syscall.Munmap(page)
	at := uintptr(unsafe.Pointer(&page[0]))
	touch := func(name string, f func()) {
		defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
		defer func() {
			e, ok := recover().(addressed)
			if !ok {
				fmt.Println(name, "has no address")
				return
			}
			fmt.Printf("%s: %v at +%d\n", name, e, e.Addr()-at)
		}()
		f()
	}
	touch("load", func() { use(int(page[100])) })
	touch("store", func() { page[200] = 1 })
	touch("copy", func() { copy(page[300:], "text") })
	fmt.Println("off:", debug.SetPanicOnFault(false))
}

func main() {
	try("load", func() { use(nilSmall.b) })
	try("store", func() { nilSmall.a = 1 })
	try("load of int", func() { use(*nilInt) })
	try("add to int", func() { *nilInt++ })
	try("float", func() { use(int(*nilFloat)) })
	try("string", func() { use(len(*nilStr)) })
	try("array", func() { use(nilArr[50]) })
	try("slice header", func() { use((*nilSlice)[3]) })
	try("interface", func() { use((*nilIface).(int)) })
	try("list", func() { use(nilList.next.n) })
	try("list's next", func() { l := &list{}; use(l.next.n) })
	try("store words", func() { *nilWords = wordsVar })
	try("load words", func() { wordsVar = *nilWords })
	try("store string", func() { *nilStr = fmt.Sprint("x") })
	try("far field", func() { use(nilBig.n) })
	try("store far", func() { nilBig.n = 3 })
	try("call of nil", func() { use(nilFunc(3)) })
	try("method of nil", func() { use(len(nilErr.Error())) })
	try("range", func() {
		for _, x := range *nilSlice {
			use(x)
		}
	})
	try("bad func", func() {
		f := &struct{ code uintptr }{0}
		g := *(*func())(unsafe.Pointer(&f))
		g()
	})
	deep()
	many()
	mapped()
}
