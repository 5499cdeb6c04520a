// What runtime.Callers, Caller, CallersFrames and FuncForPC say, built with
// and without optimisation: inlined functions count, what the compiler made
// does not, and no frame of the runtime's inside shows.
//
//test: build -O2 -g
//test: build -O0 -g
//test: build -O3 -g
package main

import (
	"fmt"
	"log"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"sort"
	"strings"
	"sync"
)

func show(what string) {
	fmt.Println("--", what)
	pcs := make([]uintptr, 30)
	k := runtime.Callers(1, pcs)
	fr := runtime.CallersFrames(pcs[:k])
	for {
		f, more := fr.Next()
		if strings.HasPrefix(f.Function, "main.") {
			fmt.Println("  ", f.Function, filepath.Base(f.File), f.Line)
		} else {
			fmt.Println("  ", f.Function)
		}
		if !more {
			break
		}
	}
}

type T struct{ A int }
type Outer struct{ *T }
type Caller interface{ Call_it(s string) }

//go:noinline
func (t *T) Call_it(s string) { show(s) }
func (t T) Val(s string)      { show(s) }

type S []int

func (s S) Len() int           { return len(s) }
func (s S) Less(i, j int) bool { show("less"); return s[i] < s[j] }
func (s S) Swap(i, j int)      {}

//go:noinline
func deferring() { defer show("deferred"); _ = os.Args }

//go:noinline
func panicking() {
	defer func() { show("while panicking"); recover() }()
	panic(1)
}

//go:noinline
func faulting(p *int) {
	defer func() { show("while faulting"); recover() }()
	*p = 1
}

//go:noinline
func recovers() { recover(); show("a function that recovers") }

// Each level asks for the callers above it, one fewer each time.
func outer()  { middle() }
func middle() { inner() }
func inner() {
	for skip := 0; ; skip++ {
		pc, _, line, ok := runtime.Caller(skip)
		if !ok {
			break
		}
		name := runtime.FuncForPC(pc).Name()
		if strings.HasPrefix(name, "main.") {
			fmt.Println("  ", skip, name, line)
		} else {
			fmt.Println("  ", skip, name)
		}
	}
	_, _, _, ok := runtime.Caller(1 << 40)
	fmt.Println("   far away:", ok)
}

// One word alone stands for the function it was taken for.
func single() (string, string) {
	var pcs [1]uintptr
	runtime.Callers(2, pcs[:])
	f, _ := runtime.CallersFrames(pcs[:]).Next()
	return f.Function, runtime.FuncForPC(pcs[0]).Name()
}
func around() (string, string) { return single() }

//go:noinline
func recursion(n int) []uintptr {
	if n > 0 {
		return append(recursion(n-1), 0)
	}
	pcs := make([]uintptr, 10)
	return pcs[:runtime.Callers(1, pcs)]
}

func main() {
	deferring()
	panicking()
	faulting(nil)
	recovers()
	var c Caller = Outer{&T{}}
	c.Call_it("promoted method")
	f := c.Call_it
	f("method value")
	g := (*T).Call_it
	g(&T{}, "method expression")
	reflect.ValueOf(&T{}).Method(0).Call([]reflect.Value{reflect.ValueOf("reflect")})
	var v interface{ Val(string) } = &T{}
	v.Val("value method by pointer")
	sort.Sort(S{2, 1})
	var once sync.Once
	once.Do(func() { show("once") })
	done := make(chan int)
	go func() { show("goroutine"); done <- 1 }()
	<-done
	func() { func() { show("nested") }() }()
	mf := reflect.MakeFunc(reflect.TypeOf(func() {}), func([]reflect.Value) []reflect.Value {
		show("made function")
		return nil
	})
	mf.Interface().(func())()

	fmt.Println("-- callers one by one")
	outer()
	a, b := around()
	fmt.Println("-- single", a, b)
	fr := runtime.CallersFrames(recursion(3)[:5])
	for {
		f, more := fr.Next()
		fmt.Println("  ", f.Function, f.Entry == f.Func.Entry(), f.PC > f.Entry)
		if !more {
			break
		}
	}

	fmt.Println("-- functions")
	for _, x := range []interface{}{main, show, outer, strings.Index} {
		p := reflect.ValueOf(x).Pointer()
		fn := runtime.FuncForPC(p)
		file, line := fn.FileLine(p)
		fmt.Println("  ", fn.Name(), fn.Entry() == p, filepath.Base(file), line > 0, fn == runtime.FuncForPC(p))
	}
	fmt.Println("  ", runtime.FuncForPC(1) == nil, (*runtime.Func)(nil).Name() == "")

	log.SetFlags(log.Lshortfile)
	log.SetOutput(os.Stdout)
	log.Print("here")
	func() { log.Output(2, "caller's") }()
	_, file, _, _ := runtime.Caller(0)
	fmt.Println(filepath.IsAbs(file))
}
