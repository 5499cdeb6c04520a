// Layouts that the collector must know: large arrays (programs), arrays and
// slices of them, types made by reflect, mixed types in one size class,
// pointers in variables of packages, interior pointers.
//
//test: build -O2 -g
//test: build -O0
//test: env GOGC=10
package main

import (
	"fmt"
	"reflect"
	"runtime"
)

type part struct {
	a [100]*int
	b [1000]int
	c [200]struct {
		p *int
		q int
	}
}
type large [30]part

type (
	m1 struct{ p, q *int }
	m2 struct {
		p *int
		n int
	}
	m3 struct {
		n int
		p *int
	}
)

var (
	global  large
	globals struct {
		n [3]uintptr
		p *m1
		s []string
		i interface{}
		f func() int
	}
	arrays []large
	early  = buildEarly()
)

// in a package's initialiser, collections included
func buildEarly() map[int]*int {
	m := map[int]*int{}
	for i := 0; i < 5000; i++ {
		m[i] = ref(i)
		if i%1000 == 0 {
			runtime.GC()
		}
	}
	return m
}

func ref(n int) *int {
	p := new(int)
	*p = n
	return p
}

func (l *large) fill(n int) {
	for i := range l {
		for j := range l[i].a {
			l[i].a[j] = ref(n + i*1000 + j)
		}
		for j := range l[i].c {
			l[i].c[j].p = ref(n - i*1000 - j)
		}
	}
}

func (l *large) ok(n int) bool {
	for i := range l {
		for j := range l[i].a {
			if *l[i].a[j] != n+i*1000+j {
				return false
			}
		}
		for j := range l[i].c {
			if *l[i].c[j].p != n-i*1000-j {
				return false
			}
		}
	}
	return true
}

func churn() {
	var keep [64][]*int
	for i := 0; i < 2000; i++ {
		keep[i%64] = make([]*int, 1+i%500)
		for j := range keep[i%64] {
			keep[i%64][j] = ref(-1)
		}
	}
	runtime.GC()
}

func made() (ok bool) {
	elem := reflect.TypeOf((*int)(nil))
	// small: a bitmap; large: a program; a program repeated
	small := reflect.New(reflect.ArrayOf(37, elem)).Elem()
	big := reflect.New(reflect.ArrayOf(40000, elem)).Elem()
	st := reflect.StructOf([]reflect.StructField{
		{Name: "N", Type: reflect.TypeOf(0)},
		{Name: "P", Type: elem},
		{Name: "L", Type: reflect.ArrayOf(20000, reflect.TypeOf(m2{}))},
	})
	rec := reflect.New(reflect.ArrayOf(3, st)).Elem()
	sl := reflect.MakeSlice(reflect.SliceOf(st), 2, 2)
	mp := reflect.MakeMap(reflect.MapOf(reflect.TypeOf(""), reflect.ArrayOf(3, elem)))
	for i := 0; i < 37; i++ {
		small.Index(i).Set(reflect.ValueOf(ref(i)))
	}
	for i := 0; i < 40000; i += 17 {
		big.Index(i).Set(reflect.ValueOf(ref(i)))
	}
	for i := 0; i < 3; i++ {
		rec.Index(i).Field(1).Set(reflect.ValueOf(ref(i)))
		for j := 0; j < 20000; j += 999 {
			rec.Index(i).Field(2).Index(j).Set(reflect.ValueOf(m2{ref(i + j), j}))
		}
	}
	sl.Index(1).Field(1).Set(reflect.ValueOf(ref(77)))
	for i := 0; i < 100; i++ {
		a := reflect.New(reflect.ArrayOf(3, elem)).Elem()
		a.Index(2).Set(reflect.ValueOf(ref(i)))
		mp.SetMapIndex(reflect.ValueOf(fmt.Sprint(i)), a)
	}
	churn()
	ok = true
	get := func(v reflect.Value, n int) {
		if *v.Interface().(*int) != n {
			ok = false
		}
	}
	for i := 0; i < 37; i++ {
		get(small.Index(i), i)
	}
	for i := 0; i < 40000; i += 17 {
		get(big.Index(i), i)
	}
	for i := 0; i < 3; i++ {
		get(rec.Index(i).Field(1), i)
		for j := 0; j < 20000; j += 999 {
			if m := rec.Index(i).Field(2).Index(j).Interface().(m2); *m.p != i+j || m.n != j {
				ok = false
			}
		}
	}
	get(sl.Index(1).Field(1), 77)
	for i := 0; i < 100; i++ {
		get(mp.MapIndex(reflect.ValueOf(fmt.Sprint(i))).Index(2), i)
	}
	return ok
}

func mixed() bool {
	var a []*m1
	var b []*m2
	var c []*m3
	for i := 0; i < 5000; i++ {
		a = append(a, &m1{ref(i), ref(-i)})
		b = append(b, &m2{ref(i), i})
		c = append(c, &m3{i, ref(i)})
		if i%7 == 0 {
			a[i/2], b[i/2], c[i/2] = nil, nil, nil
		}
	}
	churn()
	for i := range a {
		if a[i] != nil && (*a[i].p != i || *a[i].q != -i || *b[i].p != i || *c[i].p != i || b[i].n != i) {
			return false
		}
	}
	return true
}

func main() {
	global.fill(7)
	globals.p = &m1{ref(1), ref(2)}
	globals.s = []string{fmt.Sprint("a", 1), fmt.Sprint("b", 2)}
	globals.i = &[]int{5, 6}
	n := ref(11)
	globals.f = func() int { return *n }
	one := new(large)
	one.fill(100)
	arrays = make([]large, 2)
	arrays[0].fill(200)
	arrays[1].fill(300)
	arrays = append(arrays, large{})
	arrays[2].fill(400)
	inner := &new(large)[5].c[3].q
	tail := make([]byte, 100000)[99990:]
	copy(tail, "0123456789")
	churn()
	fmt.Println(global.ok(7), one.ok(100), arrays[0].ok(200), arrays[1].ok(300), arrays[2].ok(400))
	fmt.Println(*globals.p.p+*globals.p.q, globals.s, globals.i, globals.f(), *inner, string(tail))
	fmt.Println(made(), mixed())
	sum := 0
	for i, p := range early {
		if *p == i {
			sum++
		}
	}
	fmt.Println(sum)
}
