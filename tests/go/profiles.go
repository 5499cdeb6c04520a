package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"runtime/trace"
	"strings"
	"time"
)

// Profiles, traces and the debug knobs: what works says the truth, what is not
// there yet answers as when it is off.

func check(ok bool, what string) {
	if !ok {
		fmt.Println("FAIL", what)
	}
}

func parked(c chan bool) { <-c }

func profile(name string, level int) string {
	var b bytes.Buffer
	check(pprof.Lookup(name).WriteTo(&b, level) == nil, name)
	return b.String()
}

func goroutines() {
	c := make(chan bool)
	pprof.Do(context.Background(), pprof.Labels("job", "wait"), func(context.Context) {
		for i := 0; i < 3; i++ {
			go parked(c)
		}
	})
	for strings.Count(profile("goroutine", 2), "main.parked") < 3 {
		time.Sleep(time.Millisecond)
	}
	text := profile("goroutine", 1)
	check(strings.Contains(text, "goroutine profile: total "), "its head")
	check(strings.Contains(text, "main.parked"), "its frames")
	check(strings.Contains(text, `# labels: {"job":"wait"}`), "its labels")
	r := make([]runtime.StackRecord, 100)
	n, ok := runtime.GoroutineProfile(r)
	check(ok && n == runtime.NumGoroutine(), "as many as NumGoroutine")
	_, ok = runtime.GoroutineProfile(r[:1])
	check(!ok, "too few records")
	check(len(r[0].Stack()) > 0, "a stack")
	n, ok = runtime.ThreadCreateProfile(nil)
	check(n > 0 && !ok, "threads")
	close(c)
}

func cpu() {
	var b bytes.Buffer
	check(pprof.StartCPUProfile(&b) == nil, "StartCPUProfile")
	check(pprof.StartCPUProfile(&b) != nil, "twice")
	time.Sleep(120 * time.Millisecond)
	pprof.StopCPUProfile()
	z, err := gzip.NewReader(&b)
	check(err == nil, "a gzip")
	if err == nil {
		d, err := io.ReadAll(z)
		check(err == nil && len(d) > 0, "a profile")
	}
	check(pprof.StartCPUProfile(io.Discard) == nil, "again")
	pprof.StopCPUProfile()
}

func traces() {
	err := trace.Start(io.Discard)
	check(err != nil, "trace.Start")
	check(!trace.IsEnabled(), "not enabled")
	ctx, task := trace.NewTask(context.Background(), "task")
	trace.WithRegion(ctx, "region", func() { trace.Log(ctx, "a", "b") })
	task.End()
	trace.Stop()
}

func knobs() {
	check(debug.SetGCPercent(50) == 100, "SetGCPercent")
	check(debug.SetGCPercent(-1) == 50 && debug.SetGCPercent(100) == -1, "off and on")
	check(debug.SetMaxThreads(9000) == 10000 && debug.SetMaxThreads(10000) == 9000, "SetMaxThreads")
	check(debug.SetMaxStack(1<<20) == 1000000000 && debug.SetMaxStack(1000000000) == 1<<20, "SetMaxStack")
	check(!debug.SetPanicOnFault(true) && debug.SetPanicOnFault(false), "SetPanicOnFault")
	check(runtime.SetMutexProfileFraction(5) == 0 && runtime.SetMutexProfileFraction(-1) == 5 &&
		runtime.SetMutexProfileFraction(0) == 5, "SetMutexProfileFraction")
	runtime.SetBlockProfileRate(0)
	check(strings.HasPrefix(runtime.Version(), "go1.18"), runtime.Version())
	check(runtime.GOROOT() != "", "GOROOT")
	check(runtime.NumCgoCall() >= 0, "NumCgoCall")
	_, ok := debug.ReadBuildInfo()
	check(!ok, "no build info")
}

func dump() {
	f, err := os.CreateTemp("", "dump")
	check(err == nil, "a file")
	defer os.Remove(f.Name())
	debug.WriteHeapDump(f.Fd())
	d, _ := os.ReadFile(f.Name())
	check(bytes.HasPrefix(d, []byte("go1.7 heap dump\n")), "the head of a dump")
	check(len(d) > 10000 && d[len(d)-1] == 0, "its end")
	check(bytes.Contains(d, []byte(needle)), "an object in it")
}

var needle = strings.Repeat("needle in a heap", 1+len(os.Args))

func main() {
	goroutines()
	cpu()
	traces()
	knobs()
	dump()
	for _, p := range []string{"heap", "allocs", "block", "mutex", "threadcreate"} {
		profile(p, 0)
		profile(p, 1)
	}
	check(strings.Contains(string(debug.Stack()), "main.main"), "Stack")
	fmt.Println("done")
}
