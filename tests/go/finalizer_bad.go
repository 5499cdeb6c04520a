package main

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
)

// What SetFinalizer refuses, and in which words.

type T struct {
	a *int
	b [4]int
}

var global T

var bad = []func(){
	func() { runtime.SetFinalizer(nil, nil) },
	func() { runtime.SetFinalizer(T{}, func(T) {}) },
	func() { runtime.SetFinalizer((*T)(nil), func(*T) {}) },
	func() { runtime.SetFinalizer(new(T), 3) },
	func() { runtime.SetFinalizer(new(T), func() {}) },
	func() { runtime.SetFinalizer(new(T), func(*int) {}) },
	func() { runtime.SetFinalizer(new(T), func(fmt.Stringer) {}) },
	func() { runtime.SetFinalizer(new(T), func(...*T) {}) },
	func() { t := new(T); runtime.SetFinalizer(&t.b, func(*[4]int) {}) },
	func() {
		t := new(T)
		runtime.SetFinalizer(t, func(*T) {})
		runtime.SetFinalizer(t, func(*T) {})
	},
}

func main() {
	if len(os.Args) > 1 {
		var i int
		fmt.Sscan(os.Args[1], &i)
		bad[i]()
		return
	}
	runtime.SetFinalizer(&global, func(*T) {}) // never runs, is no mistake
	for i := range bad {
		out, err := exec.Command(os.Args[0], fmt.Sprint(i)).CombinedOutput()
		fmt.Println(strings.SplitN(string(out), "\n", 2)[0], "/", err)
	}
}
