// Nil pointers in everything that a compiled statement asks of the runtime:
// barriers, copies, maps, strings, channels, comparisons; while objects are
// made and collected.

//test: env GODEBUG=gcstress=13

package main

import (
	"fmt"
	"runtime"
)

type list struct {
	next *list
	s    string
	i    interface{}
	sl   []int
	m    map[int]int
}

var nilList *list
var keep []*list

func try(name string, f func()) {
	defer func() {
		if e := recover(); e == nil {
			fmt.Println(name, "no panic")
		}
	}()
	f()
}
func all() {
	x := &list{}
	try("next", func() { nilList.next = x })
	try("s", func() { nilList.s = fmt.Sprint("a") })
	try("i", func() { nilList.i = x })
	try("sl", func() { nilList.sl = make([]int, 3) })
	try("m", func() { nilList.m = map[int]int{} })
	try("all", func() { *nilList = *x })
	try("mget", func() { _ = nilList.m[3] })
	try("copy", func() { var p *[3]*list; copy(p[:], []*list{x, x}) })
	try("app", func() { nilList.sl = append(nilList.sl, 1) })
	try("str", func() { nilList.s += "x" })
	try("cmp", func() {
		if nilList.s == "abc" {
			panic("x")
		}
	})
	try("cmpi", func() {
		if nilList.i == interface{}(3) {
			panic("x")
		}
	})
	try("range", func() {
		for range nilList.m {
			panic(1)
		}
	})
	try("conv", func() { _ = []byte(nilList.s) })
	try("rune", func() {
		for _, r := range nilList.s {
			panic(r)
		}
	})
	try("chan", func() { var pc *chan int; <-*pc })
	try("send", func() { var pc *chan int; *pc <- 1 })
	try("sendelem", func() { c := make(chan list, 1); c <- *nilList })
	try("recv", func() { c := make(chan list, 1); c <- *x; *nilList = <-c })
	try("sel", func() {
		c := make(chan list, 1)
		c <- *x
		select {
		case *nilList = <-c:
		}
	})
	try("mapset", func() { m := map[int]list{}; m[1] = *nilList })
	try("eq", func() {
		var a, b *[100]string
		if *a == *b {
			panic(1)
		}
	})
	try("method", func() { var t *T; t.V() })
	try("iface", func() { var t *T; var i I = t; i.V() })
}

type T struct{ a [3]int }

func (t T) V() {}

type I interface{ V() }

func main() {
	stop := make(chan bool)
	go func() {
		for {
			select {
			case <-stop:
				return
			default:
				for i := 0; i < 1000; i++ {
					keep = append(keep, &list{})
				}
				if len(keep) > 100000 {
					keep = nil
				}
				runtime.Gosched()
			}
		}
	}()
	for k := 0; k < 300; k++ {
		all()
		if k%50 == 0 {
			runtime.GC()
		}
	}
	close(stop)
	fmt.Println("ok")
}
