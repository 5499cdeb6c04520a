// Panics in deferred calls, recovered or not, Goexit among them, frames passed:
// who may recover what, in which order, and what is left afterwards.

// test: build -O0
// test: build -O2 -g
package main

import (
	"fmt"
	"runtime"
	"strings"
)

var log []string

func note(format string, args ...interface{}) {
	log = append(log, fmt.Sprintf(format, args...))
}

func recoverAs(name string) {
	note("%s=%v", name, recover()) // called by a deferred function, not deferred
}

func order() {
	for i := 0; i < 3; i++ {
		defer note("loop%d", i)
	}
	defer note("a")
	note("body")
}

func recovered() (r int) {
	defer func() { note("last:%v", recover()) }()
	defer func() { r = 7; note("got:%v", recover()) }()
	defer note("first")
	panic("p")
}

func helperMayNot() {
	defer func() { note("outer:%v", recover()) }()
	defer func() { recoverAs("helper") }()
	panic("p")
}

func deferredRecover() {
	defer func() { note("outer:%v", recover()) }()
	defer recover() // not called by a deferred function: does nothing
	panic("p")
}

func deferredRecoverInDeferred() {
	defer func() { note("outer:%v", recover()) }()
	defer func() {
		defer recover() // this one is
	}()
	panic("p")
}

func replaced() {
	defer func() { note("got:%v", recover()); note("then:%v", recover()) }()
	defer func() { panic("second") }()
	panic("first")
}

func nestedKeepsOuter() {
	defer func() { note("outer:%v", recover()) }()
	defer func() {
		func() {
			defer func() { note("inner:%v", recover()) }()
			panic("in")
		}()
		note("between")
	}()
	panic("out")
}

func recoveredThenPanics() {
	defer func() { note("outer:%v", recover()) }()
	defer func() {
		note("got:%v", recover())
		panic("again")
	}()
	panic("first")
}

func panicAfterRecoverInCaller() {
	defer func() { note("outer:%v", recover()) }()
	func() {
		defer func() { recover() }()
		panic("gone")
	}()
	panic("fresh")
}

func threeDeep() {
	defer func() { note("3:%v", recover()) }()
	defer func() {
		defer func() {
			defer func() { note("1:%v", recover()) }()
			panic("c")
		}()
		panic("b")
	}()
	panic("a")
}

//go:noinline
func deep(n int) int {
	if n == 0 {
		panic("deep")
	}
	return deep(n-1) + 1
}

func throughFrames() {
	defer func() { note("got:%v", recover()) }()
	func() {
		defer note("passed")
		if len(log) > 1000 {
			defer note("never")
		}
		deep(100)
	}()
}

func resultsStay() (a int, b string) {
	defer func() { recover(); b += "!" }()
	a, b = 3, "set"
	deep(3)
	return 4, "not"
}

type T struct{ n int }

func (t T) value()    { note("value%d:%v", t.n, recover()) }
func (t *T) pointer() { note("pointer%d:%v", t.n, recover()) }

type I interface{ value() }

func methods() {
	t := T{4}
	func() { defer t.value(); panic("v") }()
	func() { defer t.pointer(); panic("p") }()
	func() { defer I(t).value(); panic("i") }()
	func() { defer I(&t).value(); panic("ip") }()
	func() { f := t.value; defer f(); panic("mv") }()
}

func inGoroutine(f func()) {
	done := make(chan bool)
	go func() {
		defer close(done)
		f()
		note("returned")
	}()
	<-done
}

func goexit() {
	inGoroutine(func() {
		defer func() { note("nil:%v", recover()) }()
		defer note("d")
		runtime.Goexit()
	})
}

func goexitOvertaken() {
	inGoroutine(func() {
		defer note("end")
		func() {
			defer note("below")
			defer func() { note("got:%v", recover()) }()
			defer func() { panic("p") }()
			runtime.Goexit()
		}()
		note("not reached")
	})
}

func goexitInDeferredOfPanic() {
	inGoroutine(func() {
		defer note("end")
		defer func() { note("nil:%v", recover()) }()
		defer runtime.Goexit()
		panic("lost")
	})
}

func goexitKeepsInnerRecover() {
	inGoroutine(func() {
		defer func() {
			func() {
				defer func() { note("inner:%v", recover()) }()
				panic("in")
			}()
			note("after")
		}()
		runtime.Goexit()
	})
}

func twoGoexits() {
	inGoroutine(func() {
		defer note("end")
		defer runtime.Goexit()
		runtime.Goexit()
	})
}

func nilPanic() {
	defer func() { note("%v", recover() == nil) }()
	panic(nil)
}

func nilFunc() {
	defer func() { note("got:%v", recover()) }()
	var f func()
	defer f()
	note("body")
}

func manyTimes() {
	n := 0
	for i := 0; i < 10000; i++ {
		func() {
			defer func() { n += recover().(int) }()
			defer func() {}()
			panic(1)
		}()
	}
	note("%d", n)
}

func panicInLoop() {
	for i := 0; i < 3; i++ {
		defer func(i int) {
			note("%d:%v", i, recover())
			if i > 0 {
				panic(i)
			}
		}(i)
	}
	panic("go")
}

func main() {
	for _, c := range []struct {
		name string
		f    func()
	}{
		{"order", order},
		{"recovered", func() { note("r=%d", recovered()) }},
		{"helper", helperMayNot},
		{"defer recover()", deferredRecover},
		{"defer recover() in deferred", deferredRecoverInDeferred},
		{"replaced", replaced},
		{"nested", nestedKeepsOuter},
		{"recovered then panics", recoveredThenPanics},
		{"fresh", panicAfterRecoverInCaller},
		{"three deep", threeDeep},
		{"frames", throughFrames},
		{"results", func() { a, b := resultsStay(); note("%d %s", a, b) }},
		{"methods", methods},
		{"goexit", goexit},
		{"goexit overtaken", goexitOvertaken},
		{"goexit in deferred", goexitInDeferredOfPanic},
		{"goexit inner", goexitKeepsInnerRecover},
		{"two goexits", twoGoexits},
		{"nil", nilPanic},
		{"nil func", nilFunc},
		{"many", manyTimes},
		{"loop", panicInLoop},
	} {
		log = nil
		c.f()
		fmt.Printf("%s: %s\n", c.name, strings.Join(log, " "))
	}
}
