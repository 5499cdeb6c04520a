// Channels: what each operation does to open, closed, full, empty and nil ones,
// directly, by select and by reflect; who waits is served in order.
package main

import (
	"fmt"
	"reflect"
	"runtime"
	"sync"
	"time"
)

func panicText(f func()) (text string) {
	defer func() {
		if e := recover(); e != nil {
			_, isError := e.(runtime.Error)
			text = fmt.Sprint(e, " ", isError)
		}
	}()
	f()
	return "no panic"
}

func panics() {
	c := make(chan int, 1)
	close(c)
	fmt.Println(panicText(func() { c <- 1 }))
	fmt.Println(panicText(func() { close(c) }))
	fmt.Println(panicText(func() { var n chan int; close(n) }))
	fmt.Println(panicText(func() {
		select {
		case c <- 1:
		default:
		}
	}))
	fmt.Println(panicText(func() {
		select {
		case c <- 1:
		case <-make(chan int):
		}
	}))
	n := -1
	fmt.Println(panicText(func() { _ = make(chan int, n) }))
	fmt.Println(panicText(func() { reflect.ValueOf(c).Send(reflect.ValueOf(1)) }))
	// the wait ends in a panic
	d := make(chan int)
	text := make(chan string)
	go func() { text <- panicText(func() { d <- 1 }) }()
	go func() {
		text <- panicText(func() {
			select {
			case d <- 1:
			case <-make(chan int):
			}
		})
	}()
	time.Sleep(time.Millisecond)
	close(d)
	fmt.Println(<-text)
	fmt.Println(<-text)
}

type big struct {
	a [100]int
	s string
	p *int
}

func values() {
	c := make(chan big, 3)
	for i := 0; i < 3; i++ {
		c <- big{a: [100]int{99: i}, s: fmt.Sprint("s", i), p: new(int)}
	}
	fmt.Println(len(c), cap(c))
	close(c)
	for v := range c {
		fmt.Println(v.a[99], v.s, *v.p)
	}
	v, ok := <-c
	fmt.Println(v.s == "", v.p == nil, ok, len(c))
	e := make(chan struct{}, 2)
	e <- struct{}{}
	fmt.Println(len(e), <-e)
	var n chan int
	fmt.Println(len(n), cap(n))
	select {
	case n <- 1:
	case <-n:
	default:
		fmt.Println("nil is never ready")
	}
	any := make(chan interface{}, 2)
	any <- "x"
	any <- 1.5
	fmt.Println(<-any, <-any)
}

// Waiters are served in the order in which they came.
func order() {
	const n = 50
	c := make(chan int)
	got := make(chan [2]int, n)
	for i := 0; i < n; i++ {
		waiting := make(chan bool)
		go func(i int) {
			waiting <- true
			got <- [2]int{i, <-c}
		}(i)
		<-waiting
		time.Sleep(100 * time.Microsecond)
	}
	for i := 0; i < n; i++ {
		c <- i
	}
	bad := 0
	for i := 0; i < n; i++ {
		if v := <-got; v[0] != v[1] {
			bad++
		}
	}
	fmt.Println("out of order:", bad > n/10)
}

// Each ready case gets its share.
func fairness() {
	var cs [4]chan int
	for i := range cs {
		cs[i] = make(chan int, 1000)
		for len(cs[i]) < 1000 {
			cs[i] <- i
		}
	}
	var n [4]int
	for i := 0; i < 1000; i++ {
		select {
		case v := <-cs[0]:
			n[v]++
		case v := <-cs[1]:
			n[v]++
		case v := <-cs[2]:
			n[v]++
		case v := <-cs[3]:
			n[v]++
		}
	}
	for _, k := range n {
		if k < 150 || k > 350 {
			fmt.Println("unfair:", n)
		}
	}
}

// 200 cases by reflect, sends and receives mixed, a default in the middle.
func reflected() {
	const n = 200
	var cs [n]chan int
	cases := make([]reflect.SelectCase, n)
	for i := range cs {
		cs[i] = make(chan int)
		cases[i].Chan = reflect.ValueOf(cs[i])
		cases[i].Dir = reflect.SelectRecv
		if i%2 == 1 {
			cases[i].Dir = reflect.SelectSend
			cases[i].Send = reflect.ValueOf(i)
		}
	}
	sum := make(chan int)
	for i := range cs {
		go func(i int) {
			if i%2 == 1 {
				sum <- <-cs[i]
			} else {
				cs[i] <- i
				sum <- 0
			}
		}(i)
	}
	total := 0
	for k := 0; k < n; k++ {
		i, v, ok := reflect.Select(cases)
		if cases[i].Dir == reflect.SelectRecv {
			if !ok || int(v.Int()) != i {
				fmt.Println("wrong", i, v, ok)
			}
			total += i
		}
		cases[i].Chan = reflect.Value{}
		cases[i].Send = reflect.Value{}
	}
	for k := 0; k < n; k++ {
		total += <-sum
	}
	fmt.Println(total == n*(n-1)/2)

	some := []reflect.SelectCase{
		{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(cs[0])},
		{Dir: reflect.SelectDefault},
		{Dir: reflect.SelectSend, Chan: reflect.ValueOf(cs[1]), Send: reflect.ValueOf(1)},
	}
	i, _, ok := reflect.Select(some)
	fmt.Println(i, ok)
	close(cs[0])
	i, v, ok := reflect.Select(some)
	fmt.Println(i, v, ok)
	rc := reflect.MakeChan(reflect.TypeOf(cs[0]), 2)
	fmt.Println(rc.TrySend(reflect.ValueOf(7)), rc.Len(), rc.Cap())
	x, ok := rc.TryRecv()
	fmt.Println(x, ok)
	x, ok = rc.TryRecv()
	fmt.Println(x.IsValid(), ok)
	rc.Close()
	x, ok = rc.Recv()
	fmt.Println(x, ok)
}

// Everybody who waits is told of the close, once.
func closing() {
	for round := 0; round < 50; round++ {
		c := make(chan int)
		var wg sync.WaitGroup
		for i := 0; i < 20; i++ {
			wg.Add(1)
			go func(i int) {
				defer wg.Done()
				if i%2 == 0 {
					_, ok := <-c
					if ok {
						fmt.Println("received")
					}
					return
				}
				select {
				case _, ok := <-c:
					if ok {
						fmt.Println("selected")
					}
				case <-make(chan int):
				}
			}(i)
		}
		if round%2 == 0 {
			runtime.Gosched()
		}
		close(c)
		wg.Wait()
	}
}

// Two goroutines that select on each other's channels both ways.
func crossing() {
	a, b := make(chan int), make(chan int)
	done := make(chan int)
	const n = 20000
	run := func(out, in chan int) {
		sent, got := 0, 0
		for sent < n || got < n {
			o, i := out, in
			if sent == n {
				o = nil
			}
			if got == n {
				i = nil
			}
			select {
			case o <- sent:
				sent++
			case v := <-i:
				if v != got {
					fmt.Println("lost", v, got)
				}
				got++
			}
		}
		done <- got
	}
	go run(a, b)
	go run(b, a)
	fmt.Println(<-done, <-done)
}

func main() {
	panics()
	values()
	order()
	fairness()
	reflected()
	closing()
	crossing()
}
