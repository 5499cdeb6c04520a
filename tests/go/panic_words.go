// What a program says that dies: the words of panic values, chains of panics,
// faults, fatal errors. Without an argument it runs itself once for each way.

// test: build -O0
// test: build -O2 -g
package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"time"
	"unsafe"
)

type S struct{ a, b int }
type MyInt int
type MyStr string
type MyF float64
type MyB bool
type MyC complex128
type Str struct{}

func (Str) String() string { return "a stringer" }

type Err struct{ n int }

func (e *Err) Error() string { return "an error" }

type BadErr struct{}

func (BadErr) Error() string { panic("in Error") }

type NilErr struct{ n int }

func (e *NilErr) Error() string { return fmt.Sprint(e.n) }

type Both int

func (Both) String() string { return "str" }
func (Both) Error() string  { return "err" }

var cases = []struct {
	name string
	f    func()
}{
	{"string", func() { panic("boom") }},
	{"multiline", func() { panic("a\nb") }},
	{"int", func() { panic(42) }},
	{"neg", func() { panic(int8(-3)) }},
	{"uint", func() { panic(uint64(1 << 63)) }},
	{"rune", func() { panic('x') }},
	{"bool", func() { panic(true) }},
	{"float", func() { panic(4.5) }},
	{"float32", func() { panic(float32(0.25)) }},
	{"complex", func() { panic(complex(1, -2)) }},
	{"nil", func() { panic(nil) }},
	{"myint", func() { panic(MyInt(7)) }},
	{"mystr", func() { panic(MyStr("typed")) }},
	{"myf", func() { panic(MyF(1.5)) }},
	{"myb", func() { panic(MyB(false)) }},
	{"myc", func() { panic(MyC(1i)) }},
	{"struct", func() { panic(S{1, 2}) }},
	{"ptr", func() { panic(&S{1, 2}) }},
	{"slice", func() { panic([]int{1}) }},
	{"func", func() { panic(func() {}) }},
	{"chan", func() { panic(make(chan int)) }},
	{"anon", func() { panic(struct{ x string }{"y"}) }},
	{"uintptr", func() { panic(uintptr(5)) }},
	{"unsafe", func() { panic(unsafe.Pointer(uintptr(0x1000))) }},
	{"stringer", func() { panic(Str{}) }},
	{"stringerp", func() { panic(&Str{}) }},
	{"error", func() { panic(&Err{}) }},
	{"errorsnew", func() { panic(errors.New("new")) }},
	{"wrapped", func() { panic(fmt.Errorf("w: %w", os.ErrNotExist)) }},
	{"both", func() { panic(Both(1)) }},
	{"baderr", func() { panic(BadErr{}) }},
	{"nilerr", func() { panic((*NilErr)(nil)) }},
	{"idx", func() { var s []int; i := 5; fmt.Println(s[i]) }},
	{"nilderef", func() { var p *S; fmt.Println(p.b) }},
	{"map", func() { var m map[int]int; m[1] = 1 }},
	{"repanic", func() { defer func() { panic(fmt.Sprint("again: ", recover())) }(); panic("first") }},
	{"repanicsame", func() { defer func() { panic(recover()) }(); panic("first") }},
	{"double", func() { defer func() { panic("second") }(); panic("first") }},
	{"triple", func() { defer func() { panic("third") }(); defer func() { panic("second") }(); panic("first") }},
	{"recovered2", func() {
		defer func() { defer func() { panic("third") }(); recover(); panic("second") }()
		panic("first")
	}},
	{"goexitpanic", func() { defer func() { panic("in goexit") }(); runtime.Goexit() }},
	{"faultpanic", func() { defer func() { panic("after") }(); var p *S; fmt.Println(p.b) }},
	{"goroutine", func() { go func() { panic("other") }(); time.Sleep(10 * time.Second) }},
	{"deadlock", func() { select {} }},
	{"deadlock2", func() { var mu sync.Mutex; mu.Lock(); mu.Lock() }},
	{"goexitmain", func() { runtime.Goexit() }},
	{"unlock", func() { var mu sync.Mutex; mu.Unlock() }},
	{"runlock", func() { var mu sync.RWMutex; mu.RUnlock() }},
	{"wunlock", func() { var mu sync.RWMutex; mu.Unlock() }},
	{"negwg", func() { var wg sync.WaitGroup; wg.Done() }},
	{"gonil", func() { var f func(); go f(); time.Sleep(time.Second) }},
	{"badaddr", func() { p := (*int)(unsafe.Pointer(uintptr(0xdeadbeef000))); fmt.Println(*p) }},
	{"badaddrdefer", func() {
		defer fmt.Println("deferred must not run")
		defer func() { recover() }()
		p := (*int)(unsafe.Pointer(uintptr(0xdeadbeef000)))
		fmt.Println(*p)
	}},
	{"overflow", func() {
		debug.SetMaxStack(1 << 20)
		var f func(int) int
		f = func(n int) int { return f(n+1) + 1 }
		fmt.Println(f(0))
	}},
	{"exit3", func() { defer fmt.Println("no"); os.Exit(3) }},
	{"mainexits", func() {
		go func() {
			defer func() {
				for {
					runtime.Gosched()
				}
			}()
			panic("slow")
		}()
		time.Sleep(time.Millisecond)
	}},
	{"typeassert", func() { var e interface{} = 1; fmt.Println(e.(string)) }},
	{"custom", func() { type local int; panic(local(3)) }},
}

var number = regexp.MustCompile("0x[0-9a-f]{3,}")

// What c says before the stacks, and how it ends.
func words(name string) string {
	out, err := exec.Command(os.Args[0], name).CombinedOutput()
	text := string(out)
	if i := strings.Index(text, "\ngoroutine "); i >= 0 {
		text = text[:i]
	}
	if err == nil {
		text += "no error\n"
	} else {
		text += err.Error() + "\n"
	}
	return number.ReplaceAllString(text, "0xN")
}

func main() {
	for _, c := range cases {
		if len(os.Args) == 1 {
			fmt.Printf("--- %s\n%s", c.name, words(c.name))
		} else if c.name == os.Args[1] {
			c.f()
		}
	}
}
