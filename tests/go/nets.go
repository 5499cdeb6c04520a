// Sockets, deadlines, and closing what others wait in.
package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"runtime"
	"strings"
	"sync"
	"time"
)

func echo(network, addr string) net.Listener {
	l, err := net.Listen(network, addr)
	if err != nil {
		panic(err)
	}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				io.Copy(c, c)
				c.Close()
			}()
		}
	}()
	return l
}

func many(l net.Listener) {
	var wg sync.WaitGroup
	bad := make(chan error, 100)
	for g := 0; g < 100; g++ {
		wg.Add(1)
		go func(g int) {
			defer wg.Done()
			c, err := net.Dial(l.Addr().Network(), l.Addr().String())
			if err != nil {
				bad <- err
				return
			}
			defer c.Close()
			for i := 0; i < 30; i++ {
				msg := strings.Repeat(fmt.Sprint(g, " ", i, ";"), 1+i*20)
				go io.WriteString(c, msg)
				buf := make([]byte, len(msg))
				if _, err := io.ReadFull(c, buf); err != nil || string(buf) != msg {
					bad <- fmt.Errorf("%d: %v", g, err)
					return
				}
			}
		}(g)
	}
	wg.Wait()
	fmt.Println(l.Addr().Network(), len(bad))
}

func timeout(err error) bool {
	return errors.Is(err, os.ErrDeadlineExceeded)
}

func deadlines() {
	a, b := tcpPair()
	buf := make([]byte, 1)
	t0 := time.Now()
	a.SetReadDeadline(t0.Add(20 * time.Millisecond))
	_, err := a.Read(buf)
	fmt.Println(timeout(err), time.Since(t0) >= 20*time.Millisecond)
	_, err = a.Read(buf)
	fmt.Println(timeout(err))
	a.SetReadDeadline(time.Time{})
	go func() {
		time.Sleep(time.Millisecond)
		b.Write([]byte("x"))
	}()
	_, err = a.Read(buf)
	fmt.Println(err, string(buf))
	// a deadline in the past wakes who waits
	go func() {
		time.Sleep(5 * time.Millisecond)
		a.SetDeadline(time.Unix(1, 0))
	}()
	_, err = a.Read(buf)
	fmt.Println(timeout(err))
	// one that moves does not fire early
	a.SetDeadline(time.Now().Add(10 * time.Millisecond))
	done := make(chan error)
	go func() {
		_, err := a.Read(buf)
		done <- err
	}()
	for i := 0; i < 20; i++ {
		time.Sleep(time.Millisecond)
		a.SetReadDeadline(time.Now().Add(time.Hour))
	}
	b.Write([]byte("y"))
	fmt.Println(<-done, string(buf))
	// the writer's side
	a.SetWriteDeadline(time.Now().Add(20 * time.Millisecond))
	huge := make([]byte, 64<<20)
	n, err := a.Write(huge)
	fmt.Println(timeout(err), n < len(huge))
	a.Close()
	b.Close()
	_, err = a.Read(buf)
	fmt.Println(errors.Is(err, net.ErrClosed))
}

func tcpPair() (net.Conn, net.Conn) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	defer l.Close()
	a, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		panic(err)
	}
	b, err := l.Accept()
	if err != nil {
		panic(err)
	}
	return a, b
}

// A close ends every wait.
func closing() {
	for i := 0; i < 50; i++ {
		a, b := tcpPair()
		done := make(chan error, 2)
		go func() {
			_, err := a.Read(make([]byte, 1))
			done <- err
		}()
		go func() {
			_, err := io.Copy(io.Discard, b)
			done <- err
		}()
		if i%2 == 0 {
			runtime.Gosched()
		}
		a.Close()
		e1, e2 := <-done, <-done
		if e1 == nil {
			e1, e2 = e2, e1
		}
		if !errors.Is(e1, net.ErrClosed) || e2 != nil {
			fmt.Println(e1, e2)
		}
		b.Close()
	}
	r, w, _ := os.Pipe()
	go func() {
		time.Sleep(time.Millisecond)
		r.Close()
	}()
	_, err := r.Read(make([]byte, 1))
	fmt.Println(errors.Is(err, os.ErrClosed))
	w.Close()
	l, _ := net.Listen("tcp", "127.0.0.1:0")
	go func() {
		time.Sleep(time.Millisecond)
		l.Close()
	}()
	_, err = l.Accept()
	fmt.Println(errors.Is(err, net.ErrClosed))
}

func udp() {
	s, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	c, _ := net.Dial("udp", s.LocalAddr().String())
	c.Write([]byte("datagram"))
	buf := make([]byte, 100)
	n, from, err := s.ReadFrom(buf)
	fmt.Println(string(buf[:n]), from.String() == c.LocalAddr().String(), err)
	c.Close()
	s.Close()
}

func web() {
	l, _ := net.Listen("tcp", "127.0.0.1:0")
	mux := http.NewServeMux()
	mux.HandleFunc("/hello", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "hello ", r.FormValue("n")) })
	mux.HandleFunc("/slow", func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	mux.HandleFunc("/panic", func(w http.ResponseWriter, r *http.Request) { panic(http.ErrAbortHandler) })
	srv := &http.Server{Handler: mux, ReadTimeout: time.Minute}
	go srv.Serve(l)
	url := "http://" + l.Addr().String()
	var wg sync.WaitGroup
	bad := make(chan interface{}, 1000)
	for g := 0; g < 20; g++ {
		wg.Add(1)
		go func(g int) {
			defer wg.Done()
			for i := 0; i < 20; i++ {
				r, err := http.Get(fmt.Sprint(url, "/hello?n=", g*i))
				if err != nil {
					bad <- err
					continue
				}
				text, err := io.ReadAll(r.Body)
				r.Body.Close()
				if err != nil || string(text) != fmt.Sprint("hello ", g*i) {
					bad <- string(text)
				}
			}
		}(g)
	}
	wg.Wait()
	fmt.Println("http", len(bad))
	client := http.Client{Timeout: 20 * time.Millisecond}
	_, err := client.Get(url + "/slow")
	var ne net.Error
	fmt.Println(errors.As(err, &ne) && ne.Timeout())
	_, err = http.Get(url + "/panic")
	fmt.Println(err != nil)
	fmt.Println(srv.Close())
	_, err = http.Get(url + "/hello")
	fmt.Println(err != nil)
}

func main() {
	l := echo("tcp", "127.0.0.1:0")
	many(l)
	l.Close()
	dir, _ := os.MkdirTemp("", "gort")
	defer os.RemoveAll(dir)
	l = echo("unix", dir+"/s")
	many(l)
	l.Close()
	deadlines()
	closing()
	udp()
	web()
	_, err := net.Dial("tcp", "127.0.0.1:1")
	fmt.Println(err)
	addrs, err := net.LookupHost("localhost")
	fmt.Println(len(addrs) > 0, err)
}
