// Maps of compiled Go: every kind of key, elements of no size and of many
// bytes, range while the map changes, literals, reflection, misuse that panics.
//
//test: build -O2 -g
//test: build -O0 -g
package main

import (
	"fmt"
	"math"
	"reflect"
	"runtime"
	"sort"
	"strconv"
)

type pair struct{ a, b int32 }
type tagged struct {
	s string
	v interface{}
}
type padded struct {
	a int8
	_ int32
	f float32
}
type namer interface{ name() string }
type dog struct{ n int }
type cat [3]string

func (d dog) name() string  { return "dog" + strconv.Itoa(d.n) }
func (c *cat) name() string { return c[0] }

func kinds() {
	i8 := map[int8]string{}
	i16 := map[uint16]int{}
	i32 := map[int32]*int{}
	i64 := map[uint64][2]string{}
	str := map[string]int{}
	fl := map[float64]int{}
	cx := map[complex128]int{}
	pr := map[pair]string{}
	tg := map[tagged]int{}
	pd := map[padded]int{}
	in := map[interface{}]int{}
	nm := map[namer]int{}
	ar := map[[5]int16]bool{}
	big := map[[40]int64]int{}
	none := map[struct{}]int{}
	set := map[int]struct{}{}
	ptr := map[*int]int{}
	ch := map[chan int]int{}
	cats := [10]cat{}
	for i := 0; i < 1000; i++ {
		n := i
		i8[int8(i)] = strconv.Itoa(i % 256)
		i16[uint16(i)]++
		i32[int32(i*i)] = &n
		i64[uint64(i)<<40] = [2]string{"x", strconv.Itoa(i)}
		str["key"+strconv.Itoa(i%700)] += i
		fl[float64(i)/4] = i
		cx[complex(float64(i%10), float64(i%7))]++
		pr[pair{int32(i), int32(-i)}] = "p"
		tg[tagged{"t", i % 50}]++
		tg[tagged{"t", strconv.Itoa(i % 50)}]++
		pd[padded{int8(i), int32(i), float32(i % 5)}]++
		in[i%100]++
		in[strconv.Itoa(i%100)]++
		in[pair{int32(i % 100), 0}]++
		in[float64(i%100)]++
		nm[dog{i % 10}]++
		nm[&cats[i%10]]++
		ar[[5]int16{int16(i % 30)}] = true
		big[[40]int64{39: int64(i % 300)}] = i
		none[struct{}{}]++
		set[i%77] = struct{}{}
		ptr[&n] = i
		ch[make(chan int)] = i
	}
	fmt.Println(len(i8), len(i16), len(i32), len(i64), len(str), len(fl), len(cx), len(pr), len(tg),
		len(pd), len(in), len(nm), len(ar), len(big), len(none), len(set), len(ptr), len(ch))
	fmt.Println(i8[7], i16[999], *i32[999*999], i64[999<<40], str["key650"], fl[249.75], cx[3+4i], pr[pair{5, -5}])
	fmt.Println(tg[tagged{"t", 3}], tg[tagged{"t", "3"}], pd[padded{3, 0, 3}], in[5], in["5"], in[pair{5, 0}], in[5.0],
		in[int8(5)], nm[dog{3}], nm[&cats[3]], ar[[5]int16{29}], ar[[5]int16{30}], big[[40]int64{39: 299}], none[struct{}{}])
	for p, v := range ptr {
		if *p != v {
			fmt.Println("pointer key", *p, v)
		}
	}
}

func large() {
	type block [3000]byte
	m := map[string]block{}
	for i := 0; i < 50; i++ {
		var b block
		b[i], b[2999] = 1, byte(i)
		m[strconv.Itoa(i)] = b
	}
	sum := 0
	for _, b := range m {
		sum += int(b[2999])
	}
	b, ok := m["x"]
	fmt.Println(len(m), sum, b == block{}, ok, m["49"][49])
}

func zeroes() {
	m := map[float64]string{}
	zero, neg, nan := 0.0, math.Copysign(0, -1), math.NaN()
	m[zero], m[neg] = "plus", "minus"
	for k := range m {
		fmt.Println(len(m), math.Signbit(k), m[zero])
	}
	for i := 0; i < 100; i++ {
		m[nan] = "nan"
	}
	delete(m, nan)
	n := 0
	for k, v := range m {
		if k != k && v == "nan" {
			n++
			m[float64(n)] = "grows meanwhile"
		}
	}
	_, ok := m[nan]
	fmt.Println(len(m), n, ok)
	for k := range m {
		delete(m, k)
	}
	fmt.Println(len(m))
}

// Deleted entries are not seen, others once, whatever grows meanwhile.
func changing() {
	for round := 0; round < 20; round++ {
		m := map[int]int{}
		for i := 0; i < 500; i++ {
			m[i] = i
		}
		deleted, seen := map[int]bool{}, map[int]bool{}
		for k, v := range m {
			if seen[k] || deleted[k] || v != k {
				fmt.Println("range gave", k, v, seen[k], deleted[k])
			}
			seen[k] = true
			if d := (k * 7) % 500; k%2 == 0 && !seen[d] {
				delete(m, d)
				deleted[d] = true
			}
			if len(m) < 20000 {
				for j := 0; j < 40; j++ {
					m[1000+k*100+j] = 1000 + k*100 + j
				}
			}
		}
		for i := 0; i < 500; i++ {
			if seen[i] == deleted[i] {
				fmt.Println("entry", i, "seen", seen[i], "deleted", deleted[i])
			}
		}
	}
	m := map[int]int{}
	for i := 0; i < 3000; i++ {
		m[i] = i
	}
	n := 0
	for range m {
		if n++; n == 100 {
			for k := range m {
				delete(m, k)
			}
		}
	}
	fmt.Println(n, len(m))
}

func reflected() {
	t := reflect.MapOf(reflect.TypeOf(pair{}), reflect.TypeOf(""))
	m := reflect.MakeMap(t)
	for i := 0; i < 100; i++ {
		m.SetMapIndex(reflect.ValueOf(pair{int32(i), 1}), reflect.ValueOf(strconv.Itoa(i)))
	}
	m.SetMapIndex(reflect.ValueOf(pair{3, 1}), reflect.Value{})
	runtime.GC()
	fmt.Println(m.Len(), m.MapIndex(reflect.ValueOf(pair{99, 1})), m.MapIndex(reflect.ValueOf(pair{3, 1})).IsValid())
	real := m.Interface().(map[pair]string)
	fmt.Println(len(real), real[pair{42, 1}])
	keys := []int{}
	for it := m.MapRange(); it.Next(); {
		if strconv.Itoa(int(it.Key().Field(0).Int())) != it.Value().String() {
			fmt.Println("reflection", it.Key(), it.Value())
		}
		keys = append(keys, int(it.Key().Field(0).Int()))
	}
	sort.Ints(keys)
	fmt.Println(len(keys), keys[0], keys[98])
	// a type that no compiled code names
	at := reflect.MapOf(reflect.ArrayOf(3, reflect.TypeOf("")), reflect.TypeOf(0))
	am := reflect.MakeMapWithSize(at, 2000)
	for i := 0; i < 2000; i++ {
		k := reflect.New(at.Key()).Elem()
		k.Index(2).SetString(strconv.Itoa(i))
		am.SetMapIndex(k, reflect.ValueOf(i))
	}
	runtime.GC()
	k := reflect.New(at.Key()).Elem()
	k.Index(2).SetString("1234")
	fmt.Println(am.Len(), am.MapIndex(k))
}

func try(what string, f func()) {
	defer func() {
		r := recover()
		_, isError := r.(runtime.Error)
		fmt.Println(what+":", r, isError)
	}()
	f()
}

func misuse() {
	var none map[string]int
	fmt.Println(none["a"], len(none))
	delete(none, "a")
	for range none {
		fmt.Println("an entry of a nil map")
	}
	in := map[interface{}]int{1: 1}
	var empty map[interface{}]int
	f := func() {}
	try("nil", func() { none["a"] = 1 })
	try("assign", func() { in[f] = 1 })
	try("access", func() { _ = in[[]int{1}] })
	try("empty", func() { _ = empty[map[int]int{}] })
	try("delete", func() { delete(in, interface{}(tagged{"x", f})) })
	try("struct", func() { in[struct{ f func() }{f}] = 1 })
	try("compare", func() {
		var a, b interface{} = f, f
		fmt.Println(a == b)
	})
	in[2] = 2 // nothing is left half done
	fmt.Println(len(in), in[2])
}

func main() {
	kinds()
	large()
	zeroes()
	changing()
	reflected()
	misuse()
}
