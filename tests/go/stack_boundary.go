// Whatever happens right where a goroutine's stack goes on in its second
// piece: each function of the chain panic, deferred call, recover is in turn
// the one that crosses.
package main

import "runtime"

//go:noinline
func fine(k int, f func()) int {
	if k == 0 {
		f()
		return 0
	}
	return fine(k-1, f) + 1
}

//go:noinline
func coarse(n, k int, f func()) int {
	var pad [120]int
	pad[n%120] = n
	if n == 0 {
		return fine(k, f)
	}
	return coarse(n-1, k, f) + pad[(n+1)%120]
}

// sweep calls f at many distances from the stack's beginning.
func sweep(f func()) {
	for n := 0; n < 60; n++ {
		for k := 0; k < 40; k++ {
			coarse(n, k, f)
		}
	}
}

func wrong(what string) {
	println("wrong:", what)
}

func simple() {
	defer func() {
		if r := recover(); r != "simple" {
			wrong("simple")
		}
	}()
	panic("simple")
}

var never *[8]int

func fault() {
	defer func() {
		if _, ok := recover().(runtime.Error); !ok {
			wrong("fault")
		}
	}()
	never[3] = 1
}

type method struct{ hit *bool }

func (m method) recovers() {
	if recover() != nil {
		*m.hit = true
	}
}

func byMethod() {
	hit := false
	func() {
		m := method{&hit}
		defer m.recovers()
		panic("method")
	}()
	if !hit {
		wrong("method")
	}
}

func helper() interface{} { return recover() }

// A helper of the deferred function can't recover.
func byHelper() {
	defer func() { recover() }()
	defer func() {
		if helper() != nil {
			wrong("helper")
		}
	}()
	panic("helper")
}

func again() {
	order := ""
	func() {
		defer func() {
			if r := recover(); r != "second" {
				wrong("again")
			}
			order += "c"
		}()
		defer func() {
			order += "b"
			panic("second")
		}()
		defer func() { order += "a" }()
		panic("first")
	}()
	if order != "abc" {
		wrong("order")
	}
}

type wide struct{ a, b, c, d, e, f, g, h, i, j int }

//go:noinline
func byValue(w wide, x float64, s ...string) (wide, float64, string) {
	w.a, w.j = w.j, w.a
	return w, x * 2, s[len(s)-1]
}

// Arguments and results in registers and on the stack.
func values() {
	w, x, s := byValue(wide{a: 1, j: 10, e: 5}, 1.5, "x", "y")
	if w.a != 10 || w.j != 1 || w.e != 5 || x != 3 || s != "y" {
		wrong("values")
	}
	n := 7
	add := func(i int) int { return n + i }
	if add(1) != 8 {
		wrong("closure")
	}
}

func caller() {
	_, file, _, ok := runtime.Caller(0)
	if !ok || len(file) == 0 {
		wrong("caller")
	}
}

func exits() {
	done := make(chan bool)
	go func() {
		defer func() { done <- recover() == nil }()
		runtime.Goexit()
	}()
	if !<-done {
		wrong("goexit")
	}
}

func main() {
	for _, f := range []func(){simple, fault, byMethod, byHelper, again,
		values, caller} {
		sweep(f)
	}
	exits()
	done := make(chan bool)
	for i := 0; i < 50; i++ {
		go func(i int) {
			defer func() { done <- true }()
			coarse(i*2, i, runtime.Goexit)
			wrong("goexit")
		}(i)
	}
	for i := 0; i < 50; i++ {
		<-done
	}
	println("ok")
}
