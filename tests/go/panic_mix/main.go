// C frames between Go frames: deferred calls of both in one order, panics of
// one recovered by the other, protects that are passed, Goexit through both.

// test: build -O0
// test: build -O2 -g
package main

import (
	"fmt"
	"runtime"
)

//extern mix_call
func mixCall(n int)

//extern mix_catch
func mixCatch(n int) bool

//extern mix_pass
func mixPass(n int) bool

//extern mix_defer
func mixDefer(n int)

//extern mix_around
func mixAround(n int)

//extern mix_recover
func mixRecover()

//extern mix_panic
func mixPanic(kind int)

func say(s string) { fmt.Print(" go:", s) }

func got(name string) {
	r := recover()
	_, isRuntime := r.(runtime.Error)
	_, isError := r.(error)
	fmt.Printf(" go:%s=%T,%v,%v,%v", name, r, r, isError, isRuntime)
}

var zero int

func index(s []int, i int) int { return s[i] }

// What C calls back.
func step(n int) {
	defer say("step")
	switch n {
	case 0:
	case 1:
		panic("text of Go")
	case 2:
		fmt.Println(1 / zero)
	case 3:
		fmt.Println(index(nil, 5))
	case 4:
		panic(fmt.Errorf("error of Go"))
	case 5:
		panic(17)
	case 6:
		panic(struct{ a, b int }{1, 2})
	case 7:
		runtime.Goexit()
	case 8:
		mixCatch(1)
		say("inside")
	case 9:
		defer say("a")
		mixDefer(0)
		defer say("b")
		mixDefer(1)
	case 10:
		defer got("own")
		mixPass(1)
	case 11:
		defer func() {
			defer got("inner")
			mixCatch(4)
			panic("second")
		}()
		panic("first")
	case 12:
		defer func() { mixRecover() }()
		panic("for the helper")
	case 13:
		var e interface{} = 5
		fmt.Println(e.(string))
	}
}

func caught(f func()) {
	defer got("main")
	defer say("on top")
	f()
	say("whole")
}

// In a goroutine of its own: what C defers outside of any protect is the
// goroutine's.
func alone(f func()) {
	done := make(chan bool)
	go func() {
		defer close(done)
		f()
	}()
	<-done
	for runtime.NumGoroutine() > 1 {
		runtime.Gosched()
	}
}

func main() {
	test := func(name string, f func()) {
		fmt.Print(name, ":")
		f()
		fmt.Println()
	}
	test("call", func() { caught(func() { mixCall(0) }) })
	test("through C", func() { caught(func() { mixCall(1) }) })
	for n := 0; n <= 6; n++ {
		test(fmt.Sprint("caught by C ", n), func() {
			fmt.Print(" ", mixCatch(n))
		})
	}
	test("caught by C 13", func() { fmt.Print(" ", mixCatch(13)) })
	test("passed", func() { caught(func() { mixPass(1) }) })
	test("passed twice", func() { caught(func() { mixPass(10); mixPass(3) }) })
	test("catch in catch", func() { fmt.Print(" ", mixCatch(8)) })
	test("both defer", func() { mixAround(9) })
	test("both defer, panic", func() {
		caught(func() {
			mixAround(9)
			defer mixDefer(2)
			mixPanic(0)
		})
	})
	for n := 0; n <= 3; n++ {
		test(fmt.Sprint("panic of C ", n), func() {
			caught(func() { mixPanic(n) })
		})
	}
	test("nested", func() { caught(func() { step(11) }) })
	test("helper", func() { caught(func() { step(12) }) })
	test("goexit", func() {
		alone(func() {
			defer say("first")
			mixCatch(7)
		})
	})
	test("goroutine's own", func() {
		alone(func() {
			mixDefer(0)
			func() {
				defer say("f")
				mixDefer(1)
			}()
			caught(func() { mixPass(1) })
			mixDefer(2)
			say("ends")
		})
	})
}
