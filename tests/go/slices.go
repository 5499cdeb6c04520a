// Slices: growth as cap shows it, overlapping copies, make's and append's
// panics, appending a slice to itself, unsafe.Slice.
package main

import (
	"fmt"
	"reflect"
	"strings"
	"unsafe"
)

// caps appends elements of zero's type one by one.
func caps(zero interface{}, n int) string {
	t := reflect.TypeOf(zero)
	s := reflect.Zero(reflect.SliceOf(t))
	var b strings.Builder
	last := -1
	for s.Len() < n {
		s = reflect.Append(s, reflect.Zero(t))
		if s.Cap() != last {
			last = s.Cap()
			fmt.Fprint(&b, last, " ")
		}
	}
	return b.String()
}

func ints(n int) string {
	var s []int
	var b strings.Builder
	last := -1
	for len(s) < n {
		s = append(s, 0)
		if cap(s) != last {
			last = cap(s)
			fmt.Fprint(&b, last, " ")
		}
	}
	return b.String()
}

func bytes(n int) string {
	var s []byte
	var b strings.Builder
	last := -1
	for len(s) < n {
		s = append(s, 0)
		if cap(s) != last {
			last = cap(s)
			fmt.Fprint(&b, last, " ")
		}
	}
	return b.String()
}

func structs(n int) string {
	var s [][5]byte
	var t [][3]string
	var b strings.Builder
	last := -1
	for len(s) < n {
		s = append(s, [5]byte{})
		t = append(t, [3]string{})
		if cap(s) != last {
			last = cap(s)
			fmt.Fprint(&b, last, ",", cap(t), " ")
		}
	}
	return b.String()
}

func try(what string, f func()) {
	defer func() {
		if e := recover(); e != nil {
			fmt.Printf("%s: %v\n", what, e)
		} else {
			fmt.Printf("%s: fine\n", what)
		}
	}()
	f()
}

var sink interface{}
var minus, huge, half = -1, int(^uint(0) >> 1), int(1) << 46

func limits() {
	try("len -1", func() { sink = make([]int, minus) })
	try("len huge", func() { sink = make([]int, huge) })
	try("len 2^46", func() { sink = make([]int, half) })
	try("cap < len", func() { sink = make([]int, 2, -minus) })
	try("cap -1", func() { sink = make([]int, 0, minus) })
	try("cap huge", func() { sink = make([]byte, 5, huge) })
	try("len -1, no bytes", func() { sink = make([]struct{}, minus) })
	try("len huge, no bytes", func() { sink = len(make([]struct{}, huge)) })
	try("append make huge", func() { sink = append([]int{1}, make([]int, huge)...) })
	try("append make -1", func() { sink = append([]int{1}, make([]int, minus)...) })
	try("unsafe -1", func() { sink = unsafe.Slice(&half, minus) })
	try("unsafe huge", func() { sink = unsafe.Slice(&half, huge) })
	try("unsafe nil", func() { sink = unsafe.Slice((*int)(nil), -minus) })
	try("unsafe nil 0", func() { sink = unsafe.Slice((*int)(nil), minus+1) })
}

func main() {
	fmt.Println(ints(5000))
	fmt.Println(bytes(20000))
	fmt.Println(structs(3000))
	fmt.Println(caps("", 2000))
	fmt.Println(len(append([]struct{}{}, make([]struct{}, 100)...)))
	for _, n := range []int{1, 5, 9, 100, 1000, 5000, 33000} {
		fmt.Print(cap(append([]int{1, 2, 3}, make([]int, n)...)), " ",
			cap(append([]byte("abc"), make([]byte, n)...)), " ",
			cap(append([]string{"x"}, make([]string, n)...)), "\n")
	}
	limits()

	s := []string{"a", "b", "c", "d", "e"}
	fmt.Println(copy(s[1:], s), s)
	fmt.Println(copy(s, s[2:]), s)
	s = append(s[:2], s...)
	fmt.Println(len(s), s)
	s = append(s, s...)
	fmt.Println(len(s), s[len(s)-3:])
	var none []int
	fmt.Println(none == nil, append(none) == nil, append([]int{}, none...) == nil, len(append(none, none...)))
	for i := range append(make([]*int, 3, 100), nil)[:100] {
		if append(make([]*int, 3, 100), nil)[:100][i] != nil {
			fmt.Println("not zero:", i)
		}
	}
}
