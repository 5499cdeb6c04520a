// Interfaces: assertions and conversions of each shape, what they say when
// they fail, embedded and unexported methods, method values.
package main

import (
	"errors"
	"fmt"
	"io"
)

type small int
type pair struct{ a, b string }
type direct struct{ p *int }
type ptr struct{ n int }

func (s small) String() string   { return fmt.Sprint("small ", int(s)) }
func (p pair) String() string    { return p.a + "+" + p.b }
func (d direct) String() string  { return fmt.Sprint("direct ", *d.p) }
func (p *ptr) String() string    { return fmt.Sprint("ptr ", p.n) }
func (p *ptr) hidden() int       { return p.n }
func (p *ptr) Set(n int)         { p.n = n }
func (small) Extra(int) string   { return "" }
func (pair) WriteTo(string) bool { return true }

type stringer interface{ String() string }
type setter interface {
	stringer
	Set(int)
}
type hider interface {
	hidden() int
	stringer
}
type extra interface{ Extra(string) string }
type none interface{}

func try(what string, f func()) {
	defer func() {
		e := recover()
		if err, ok := e.(error); ok {
			var re interface{ RuntimeError() }
			fmt.Printf("%s: %v (%T, %v)\n", what, err, e, errors.As(err, &re))
		} else if e != nil {
			fmt.Println(what, "other:", e)
		}
	}()
	f()
	fmt.Println(what, "fine")
}

func kind(v interface{}) string {
	switch v := v.(type) {
	case nil:
		return "nil"
	case setter:
		return "setter"
	case small:
		return "small"
	case pair, direct:
		return fmt.Sprintf("pair or direct %v", v)
	case stringer:
		return "stringer"
	case error:
		return "error"
	case []int:
		return fmt.Sprint("ints ", len(v))
	case func() int:
		return fmt.Sprint("func ", v())
	}
	return "?"
}

func main() {
	seven := 7
	all := []interface{}{small(5), pair{"x", "y"}, direct{&seven}, &ptr{3}, nil,
		io.EOF, []int{1}, func() int { return 9 }, 2.5, (*ptr)(nil), struct{}{}}
	for _, v := range all {
		s, ok := v.(stringer)
		h, okh := v.(hider)
		n, okn := v.(none)
		fmt.Println(kind(v), ok, okh, okn, s != nil, h != nil, n != nil)
		if ok && v != (*ptr)(nil) {
			fmt.Println(" ", s.String(), s.(interface{ String() string }) == s)
		}
	}
	p := &ptr{1}
	var st stringer = p
	st.(setter).Set(8)
	f := st.String
	st = small(1)
	fmt.Println(f(), st.String(), p.hidden(), hider(p).hidden())

	var e interface{} = 5
	var nothing interface{}
	var nost stringer
	try("int as string", func() { _ = e.(string) })
	try("int as stringer", func() { _ = e.(stringer) })
	try("nil as int", func() { _ = nothing.(int) })
	try("nil as stringer", func() { _ = nothing.(stringer) })
	try("nil stringer as small", func() { _ = nost.(small) })
	try("nil stringer as setter", func() { _ = nost.(setter) })
	try("small as pair", func() { _ = st.(pair) })
	try("small as setter", func() { _ = st.(setter) })
	try("other signature", func() { _ = st.(extra) })
	try("pair as io", func() { e = pair{}; _ = e.(io.WriterTo) })
	try("value as pointer's", func() { e = ptr{}; _ = e.(stringer) })
	try("call on nil", func() { _ = nost.String() })
	try("method value of nil", func() { _ = nost.String; g := nost.String; g() })

	var big interface{} = [4]string{"a", "b", "c", "d"}
	arr, ok := big.([4]string)
	arr2, ok2 := big.([3]string)
	fmt.Println(arr, ok, arr2, ok2)
	d, ok := interface{}(direct{&seven}).(direct)
	d2, ok2 := interface{}(5).(direct)
	fmt.Println(*d.p, ok, d2.p, ok2)
}
