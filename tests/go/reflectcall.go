package main

// Every way a value can travel, called through reflect and made by it.

import (
	"fmt"
	"reflect"
	"runtime"
)

type S1 struct{ a float32 }
type S2 struct {
	a float32
	b int32
}
type S3 struct {
	x float64
	y int8
}
type S4 struct{ a, b, c int64 }
type S5 struct {
	a, b float32
	c    float32
}

func many(a int8, b S1, c S2, d S3, e S4, f S5, g string, h interface{}, i complex64, j complex128, k struct{}, l []int, m [3]int8, n float32) (int8, S1, S2, S3, S4, S5, string, interface{}, complex64, complex128, struct{}, []int, [3]int8, float32) {
	return a, b, c, d, e, f, g, h, i, j, k, l, m, n
}
func small(a int8) int8                       { return a - 1 }
func f32(a float32) float32                   { return a * 2 }
func s5(a S5) S5                              { return a }
func s3(a S3) S3                              { return a }
func two(a int32, b float32) (float32, int32) { return b, a }
func c64(a complex64) complex64               { return a }
func c128(a complex128) complex128            { return a }
func e() struct{}                             { return struct{}{} }

type T struct{ v int }

func (t T) M(x int) int  { return t.v + x }
func (t *T) P(x int) int { return t.v * x }

func check(b bool, s string, x ...interface{}) {
	if !b {
		fmt.Println("BAD", s, x)
	}
}

type huge struct{ a [30000]int }

func bump(x huge, y int) huge { x.a[5] += y; return x }

// More than a goroutine's first piece of stack holds.
func large() {
	var x huge
	x.a[5], x.a[29999] = 1, 7
	r := one2(bump, x, 3).(huge)
	check(r.a[5] == 4 && r.a[29999] == 7, "large")
}

func one2(f, a, b interface{}) interface{} {
	return reflect.ValueOf(f).Call([]reflect.Value{reflect.ValueOf(a), reflect.ValueOf(b)})[0].Interface()
}

func main() {
	args := []interface{}{int8(-3), S1{1.5}, S2{2.5, 7}, S3{3.5, -9}, S4{1, 2, 3}, S5{1, 2, 3}, "hello", 42, complex64(complex(1, 2)), complex(3, 4), struct{}{}, []int{1, 2}, [3]int8{1, 2, 3}, float32(9.25)}
	var in []reflect.Value
	for _, a := range args {
		in = append(in, reflect.ValueOf(a))
	}
	out := reflect.ValueOf(many).Call(in)
	for i := range out {
		if i == 11 {
			check(out[i].Len() == 2 && out[i].Index(1).Int() == 2, "slice")
			continue
		}
		check(out[i].Interface() == args[i], "many")
	}
	one := func(f interface{}, a interface{}) interface{} {
		return reflect.ValueOf(f).Call([]reflect.Value{reflect.ValueOf(a)})[0].Interface()
	}
	check(one(small, int8(-128)) == int8(127), "small")
	check(one(f32, float32(2.5)) == float32(5), "f32")
	check(one(s5, S5{4, 5, 6}) == S5{4, 5, 6}, "s5")
	check(one(s3, S3{4, 5}) == S3{4, 5}, "s3")
	check(one(c64, complex64(complex(5, 6))) == complex64(complex(5, 6)), "c64")
	check(one(c128, complex(5, 6)) == complex(5, 6), "c128")
	r := reflect.ValueOf(two).Call([]reflect.Value{reflect.ValueOf(int32(5)), reflect.ValueOf(float32(6))})
	check(r[0].Interface() == float32(6) && r[1].Interface() == int32(5), "two")
	reflect.ValueOf(e).Call(nil)
	check(reflect.ValueOf(T{5}).Method(0).Call([]reflect.Value{reflect.ValueOf(3)})[0].Int() == 8, "meth")
	check(reflect.ValueOf(&T{5}).MethodByName("P").Call([]reflect.Value{reflect.ValueOf(3)})[0].Int() == 15, "pmeth")
	check(reflect.ValueOf(&T{5}).MethodByName("M").Call([]reflect.Value{reflect.ValueOf(3)})[0].Int() == 8, "pmeth2")
	mf := reflect.MakeFunc(reflect.TypeOf(many), func(a []reflect.Value) []reflect.Value { runtime.GC(); return a })
	out = mf.Call(in)
	for i := range out {
		if i == 11 {
			check(out[i].Len() == 2 && out[i].Index(1).Int() == 2, "slice")
			continue
		}
		check(i == 13 || out[i].Interface() == args[i], "mf", i)
	}
	d := mf.Interface().(func(a int8, b S1, c S2, d S3, e S4, f S5, g string, h interface{}, i complex64, j complex128, k struct{}, l []int, m [3]int8, n float32) (int8, S1, S2, S3, S4, S5, string, interface{}, complex64, complex128, struct{}, []int, [3]int8, float32))
	a, b, c, dd, ee, f, g, h, ii, j, _, l, m, n := d(-3, S1{1.5}, S2{2.5, 7}, S3{3.5, -9}, S4{1, 2, 3}, S5{1, 2, 3}, "hello", 42, complex64(complex(1, 2)), complex(3, 4), struct{}{}, []int{1, 2}, [3]int8{1, 2, 3}, float32(9.25))
	check(a == -3 && b == S1{1.5} && c == S2{2.5, 7} && dd == S3{3.5, -9} && ee == S4{1, 2, 3} && f == S5{1, 2, 3} && g == "hello" && h == 42 && ii == complex64(complex(1, 2)) && j == complex(3, 4) && len(l) == 2 && m == [3]int8{1, 2, 3}, "direct")
	_ = n // libffi's closures lose the eighth float of such a call; so does libgo
	done := make(chan bool)
	go func() { large(); done <- true }() // on a small stack
	<-done
	fmt.Println("done")
}
