// Memory, stacks and threads run out: Go's words, Go's exit code, and a report
// that names the program's functions although there is no memory left for it.
// The program runs itself, under a limit, once for each way.
package main

import (
	"fmt"
	"os"
	"os/exec"
	"runtime/debug"
	"strings"
	"syscall"
	"time"
)

var (
	arrays [][]byte
	list   *node
	text   = "grow"
	table  = map[int][16]int{}
	huge   = 1 << 46
)

type node struct {
	next *node
	v    [5]int
}

func growArrays() {
	for {
		arrays = append(arrays, make([]byte, 1<<20))
	}
}

func growList() {
	for {
		list = &node{next: list}
	}
}

func growText() {
	for {
		text += text
	}
}

func growTable() {
	for i := 0; ; i++ {
		table[i] = [16]int{i}
	}
}

func growHuge() {
	arrays = append(arrays, make([]byte, huge))
}

func growGoroutines() {
	c := make(chan int)
	for {
		go func() { <-c }()
	}
}

func growStack() {
	var down func(n int) int
	down = func(n int) int { return down(n+1) + n }
	fmt.Println(down(0))
}

// Each blocks in the kernel, so each needs a thread.
func growThreads() {
	debug.SetMaxThreads(20)
	for i := 0; i < 40; i++ {
		go func() {
			var p [2]int
			var b [1]byte
			syscall.Pipe(p[:])
			syscall.Read(p[0], b[:])
		}()
	}
	time.Sleep(time.Hour)
}

func fewThreads() {
	debug.SetMaxThreads(1)
}

func smallStack() {
	debug.SetMaxStack(1 << 20)
	growStack()
}

// More is live than GOMEMLIMIT allows: slow, but no end.
func overLimit() {
	for i := 0; i < 64; i++ {
		arrays = append(arrays, make([]byte, 1<<20))
	}
	fmt.Println("goes on")
}

var ways = []struct {
	name   string
	run    func()
	kbytes int // address space; 0: as much as there is
	shows  string
}{
	{"arrays", growArrays, 300000, "main.growArrays("},
	{"list", growList, 300000, "main.growList("},
	{"text", growText, 300000, "main.growText("},
	{"table", growTable, 300000, "main.growTable("},
	{"huge", growHuge, 0, "main.growHuge("},
	{"huge, limited", growHuge, 300000, "main.growHuge("},
	{"goroutines", growGoroutines, 300000, "main.growGoroutines("},
	{"stack", growStack, 300000, "main.growStack."},
	{"small stack", smallStack, 0, "main.growStack."},
	{"threads", growThreads, 0, ""},
	{"few threads", fewThreads, 0, "main.fewThreads("},
	{"GOMEMLIMIT", overLimit, 0, ""},
}

func main() {
	if len(os.Args) > 1 {
		for _, w := range ways {
			if w.name == os.Args[1] {
				w.run()
			}
		}
		return
	}
	for _, w := range ways {
		script := `exec "$0" "$1"`
		if w.kbytes != 0 {
			script = fmt.Sprintf("ulimit -v %d && %s", w.kbytes, script)
		}
		c := exec.Command("/bin/sh", "-c", script, os.Args[0], w.name)
		c.Env = append(os.Environ(), "GOMEMLIMIT=20MiB")
		out, _ := c.CombinedOutput()
		said := string(out)
		head := said
		if i := strings.Index(said, "\n\n"); i >= 0 {
			head = said[:i+1]
		}
		fmt.Printf("== %s: exit %d\n%s", w.name, c.ProcessState.ExitCode(), head)
		if !strings.Contains(said, w.shows) {
			fmt.Printf("no %q in:\n%s", w.shows, said)
		}
	}
}
