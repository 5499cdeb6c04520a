// os/signal: asked for, ignored, reset; and what a broken pipe does to a
// program that asked for nothing.
package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"sync"
	"syscall"
	"time"
)

func raise(s syscall.Signal) { syscall.Kill(syscall.Getpid(), s) }

func wait(c chan os.Signal) os.Signal {
	select {
	case s := <-c:
		return s
	case <-time.After(5 * time.Second):
		return nil
	}
}

func notify() {
	a, b := make(chan os.Signal, 10), make(chan os.Signal, 10)
	signal.Notify(a, syscall.SIGUSR1, syscall.SIGTERM)
	signal.Notify(b, syscall.SIGUSR1)
	raise(syscall.SIGUSR1)
	fmt.Println(wait(a), wait(b))
	raise(syscall.SIGTERM)
	fmt.Println(wait(a), len(b))
	signal.Stop(a)
	raise(syscall.SIGUSR1)
	fmt.Println(wait(b), len(a))
	signal.Notify(a) // all there are
	for _, s := range []syscall.Signal{syscall.SIGHUP, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGUSR2, syscall.SIGWINCH, syscall.SIGCHLD, 40} {
		raise(s)
		for {
			got := wait(a)
			if got == syscall.SIGURG {
				continue
			}
			fmt.Print(got, "; ")
			break
		}
	}
	fmt.Println()
	signal.Reset()
	fmt.Println(signal.Ignored(syscall.SIGUSR1))
	signal.Ignore(syscall.SIGUSR1, syscall.SIGTERM)
	fmt.Println(signal.Ignored(syscall.SIGUSR1), signal.Ignored(syscall.SIGUSR2))
	raise(syscall.SIGTERM)
	raise(syscall.SIGUSR1)
	signal.Notify(a, syscall.SIGUSR1)
	fmt.Println(signal.Ignored(syscall.SIGUSR1))
	raise(syscall.SIGUSR1)
	fmt.Println(wait(a))
	signal.Reset()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGUSR2)
	raise(syscall.SIGUSR2)
	<-ctx.Done()
	fmt.Println(ctx.Err())
	stop()
}

// After Stop has returned nothing more is sent.
func stops() {
	late := 0
	for i := 0; i < 200; i++ {
		c := make(chan os.Signal, 1)
		signal.Notify(c, syscall.SIGUSR1)
		go raise(syscall.SIGUSR1)
		runtime.Gosched()
		signal.Stop(c)
		select {
		case <-c:
		default:
		}
		runtime.Gosched()
		late += len(c)
	}
	fmt.Println(late, "late")
}

func storm() {
	c := make(chan os.Signal, 1)
	signal.Notify(c, syscall.SIGUSR1)
	var wg sync.WaitGroup
	for g := 0; g < 4; g++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := 0; i < 500; i++ {
				raise(syscall.SIGUSR1)
				b := make([]byte, 100)
				_ = append(b, make([]byte, i)...)
			}
		}()
	}
	wg.Wait()
	fmt.Println(wait(c))
	signal.Stop(c)
}

// The program runs itself with one of these as its argument.
var children = map[string]func(){
	"pipe": func() {
		for {
			if _, err := fmt.Println("x"); err != nil {
				os.Exit(8)
			}
		}
	},
	"pipe-ignored": func() {
		signal.Ignore(syscall.SIGPIPE)
		for {
			if _, err := fmt.Println("x"); err != nil {
				fmt.Fprintln(os.Stderr, err)
				os.Exit(9)
			}
		}
	},
	"pipe-notified": func() {
		c := make(chan os.Signal, 1)
		signal.Notify(c, syscall.SIGPIPE)
		for {
			if _, err := fmt.Println("x"); err != nil {
				fmt.Fprintln(os.Stderr, err, <-c)
				os.Exit(10)
			}
		}
	},
	"pipe-other": func() {
		r, w, _ := os.Pipe()
		r.Close()
		_, err := w.Write([]byte("x"))
		fmt.Fprintln(os.Stderr, err)
		l, _ := net.Listen("tcp", "127.0.0.1:0")
		d, _ := net.Dial("tcp", l.Addr().String())
		s, _ := l.Accept()
		s.Close()
		for err = nil; err == nil; {
			_, err = d.Write([]byte("x"))
		}
		os.Exit(11)
	},
	"term": func() { raise(syscall.SIGTERM); select {} },
	"term-reset": func() {
		c := make(chan os.Signal, 1)
		signal.Notify(c, syscall.SIGTERM)
		signal.Reset(syscall.SIGTERM)
		raise(syscall.SIGTERM)
		time.Sleep(10 * time.Second)
	},
	"ignored": func() {
		signal.Ignore(syscall.SIGTERM)
		raise(syscall.SIGTERM)
		signal.Reset(syscall.SIGTERM) // undoes Notify only
		raise(syscall.SIGTERM)
		os.Exit(13)
	},
	"nohup": func() {
		fmt.Fprintln(os.Stderr, signal.Ignored(syscall.SIGHUP))
		raise(syscall.SIGHUP)
		os.Exit(12)
	},
}

func child(name string, sh string) {
	cmd := exec.Command("/bin/sh", "-c", sh, "sh", os.Args[0], name)
	r, w, _ := os.Pipe()
	r.Close()
	cmd.Stdout = w
	cmd.Stderr = os.Stdout
	err := cmd.Run()
	w.Close()
	fmt.Println(name, err)
}

func main() {
	if len(os.Args) > 1 {
		children[os.Args[1]]()
		return
	}
	notify()
	stops()
	storm()
	for _, name := range []string{"pipe", "pipe-ignored", "pipe-notified", "pipe-other", "term", "term-reset", "ignored"} {
		child(name, `exec "$@"`)
	}
	child("nohup", `trap "" HUP; exec "$@"`)
}
