// Run-time errors as values: their types, texts and what they implement.

// test: build -O0
// test: build -O2 -g
package main

import (
	"errors"
	"fmt"
	"math/bits"
	"runtime"
)

type I interface{ Foo() }
type J interface {
	Foo()
	Bar()
}
type S struct{ a [100]int }
type M map[interface{}]int

var zero int
var neg = -1
var five = 5
var sl = []int{1, 2}
var str = "ab"
var e interface{}
var np *S
var nm map[string]int
var nc chan int
var nf func()

func try(name string, f func()) {
	defer func() {
		r := recover()
		re, ok := r.(runtime.Error)
		_, isErr := r.(error)
		fmt.Printf("%s: %T %v %v | %v\n", name, r, ok, isErr, r)
		if ok {
			_ = re.Error()
			re.RuntimeError()
		}
		var te *runtime.TypeAssertionError
		if isErr && errors.As(r.(error), &te) {
			fmt.Printf("  TAE %q\n", te.Error())
		}
	}()
	f()
}

func main() {
	try("nil", func() { fmt.Println(np.a[3]) })
	try("div", func() { fmt.Println(5 / zero) })
	try("mod", func() { fmt.Println(5 % zero) })
	try("idx", func() { fmt.Println(sl[five]) })
	try("idxneg", func() { fmt.Println(sl[neg]) })
	try("idxu", func() { fmt.Println(sl[uint(neg)]) })
	try("idxu8", func() { fmt.Println(sl[uint8(neg)]) })
	try("str", func() { fmt.Println(str[five]) })
	try("slice", func() { fmt.Println(sl[five:]) })
	try("slice2", func() { fmt.Println(sl[:five]) })
	try("slice3", func() { fmt.Println(sl[2:zero]) })
	try("slice4", func() { fmt.Println(sl[neg:]) })
	try("slice5", func() { fmt.Println(str[:five]) })
	try("slice6", func() { fmt.Println(str[five:2]) })
	try("conv", func() { fmt.Println((*[4]int)(sl)) })
	try("shift", func() { fmt.Println(1 << neg) })
	try("make", func() { fmt.Println(make([]int, neg)) })
	try("makecap", func() { fmt.Println(make([]int, 0, neg)) })
	try("makechan", func() { fmt.Println(make(chan int, neg)) })
	try("nilmap", func() { nm["a"] = 1 })
	try("closenil", func() { close(nc) })
	try("closeclosed", func() { c := make(chan int); close(c); close(c) })
	try("sendclosed", func() { c := make(chan int); close(c); c <- 1 })
	try("assert1", func() { _ = e.(int) })
	try("assert2", func() { e = "x"; _ = e.(int) })
	try("assert3", func() { e = 5; _ = e.(I) })
	try("assert4", func() { e = nil; _ = e.(I) })
	try("assert5", func() { var i I; _ = i.(J) })
	try("assert6", func() { e = fmt.Errorf("x"); _ = e.(fmt.Stringer) })
	try("assert7", func() { var er error = fmt.Errorf("x"); _ = er.(runtime.Error) })
	try("unhash", func() { M{}[[]int{1}] = 1 })
	try("unhash2", func() { m := M{}; m[map[string]int{}]++ })
	try("uncomp", func() { var a, b interface{} = []int{1}, []int{1}; fmt.Println(a == b) })
	try("uncomp2", func() { type T struct{ f func() }; var a, b interface{} = T{}, T{}; fmt.Println(a == b) })
	try("nilfunc", func() { nf() })
	try("niliface", func() { var i I; i.Foo() })
	try("bits", func() { bits.Div64(1, 2, uint64(zero)) })
	try("bits2", func() { bits.Div64(3, 2, 1) })
	try("custom", func() { panic(fmt.Errorf("custom")) })
	try("str", func() { panic("str") })
	try("nil", func() { panic(nil) })
	type T int
	func() {
		defer func() { fmt.Printf("%v\n", recover()) }()
		var x interface{} = T(3)
		type T string
		_ = x.(T)
	}()
}
