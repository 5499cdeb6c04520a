package main

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"strings"
	"sync"
)

// The heap profile. At rate 1 it is exact and true of the last collection; at
// the default rate it estimates, and here within five standard deviations.

type point struct{ x, y, z *int } // 24 bytes
type page [5000]byte              // a slot of 5376

var (
	points []*point
	pages  []*page
	bufs   [][]byte
	tinies []*int32
	sink   interface{}
)

//go:noinline
func makePoint() *point { return new(point) }

//go:noinline
func makePage() *page { return new(page) }

//go:noinline
func makeBuf(n int) []byte { return make([]byte, n) }

//go:noinline
func makeTiny() *int32 { return new(int32) }

//go:noinline
func makeOther() *[3]*byte { return new([3]*byte) } // shares point's spans

func check(ok bool, what ...interface{}) {
	if !ok {
		fmt.Println(append([]interface{}{"FAIL"}, what...)...)
	}
}

func read(all bool) []runtime.MemProfileRecord {
	r := make([]runtime.MemProfileRecord, 10)
	for {
		n, ok := runtime.MemProfile(r, all)
		if ok {
			return r[:n]
		}
		r = make([]runtime.MemProfileRecord, n+10)
	}
}

// What the profile says of allocations made by the function.
func by(name string) (r runtime.MemProfileRecord) {
	for _, p := range read(true) {
		frames := runtime.CallersFrames(p.Stack())
		if f, _ := frames.Next(); f.Function != "main."+name {
			continue
		}
		r.AllocObjects += p.AllocObjects
		r.FreeObjects += p.FreeObjects
		r.AllocBytes += p.AllocBytes
		r.FreeBytes += p.FreeBytes
	}
	return
}

func expect(name string, allocs, frees, size int64) {
	r := by(name)
	check(r.AllocObjects == allocs && r.FreeObjects == frees &&
		r.AllocBytes == allocs*size && r.FreeBytes == frees*size,
		name, "made", r.AllocObjects, "and freed", r.FreeObjects,
		"of", r.AllocBytes, "bytes, not", allocs, frees)
	check(r.InUseObjects() == allocs-frees && r.InUseBytes() == (allocs-frees)*size, "in use")
}

//go:noinline
func makeAll() {
	for i := 0; i < 1000; i++ {
		points = append(points, makePoint())
		sink = makePage()
		bufs = append(bufs, makeBuf(100))
	}
	for i := 0; i < 10; i++ {
		bufs = append(bufs, makeBuf(100000))
	}
	for i := 0; i < 4000; i++ { // four share a slot
		tinies = append(tinies, makeTiny())
	}
}

func exact() {
	// only those collections that are asked for
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	runtime.MemProfileRate = 1
	runtime.GC() // from here on nobody allocates by the old rate
	makeAll()
	check(by("makePoint").AllocObjects == 0, "told before a collection")
	sink = nil
	runtime.GC()
	expect("makePoint", 1000, 0, 24)
	expect("makePage", 1000, 1000, 5376)
	r := by("makeBuf")
	check(r.AllocObjects == 1010 && r.AllocBytes == 1000*112+10*106496, "buffers:", r.AllocObjects, r.AllocBytes)
	r = by("makeTiny")
	check(r.AllocObjects >= 1000 && r.AllocObjects <= 1001 &&
		r.AllocBytes == 16*r.AllocObjects, "tiny:", r.AllocObjects, r.AllocBytes)

	// True of the last collection, not of now.
	points, bufs = points[:0], nil
	for i := range points[:cap(points)] {
		points[:cap(points)][i] = nil
	}
	for i := 0; i < 500; i++ {
		sink = makePage()
	}
	expect("makePoint", 1000, 0, 24)
	expect("makePage", 1000, 1000, 5376)
	sink = nil
	runtime.GC()
	expect("makePoint", 1000, 1000, 24)
	expect("makePage", 1500, 1500, 5376)
	r = by("makeBuf")
	check(r.FreeObjects == 1010, "buffers freed:", r.FreeObjects)
}

// Many goroutines at once count as exactly.
func together() {
	var wg sync.WaitGroup
	before := by("makePage").AllocObjects
	for i := 0; i < 8; i++ {
		wg.Add(1)
		go func() {
			for j := 0; j < 300; j++ {
				makePage()
				runtime.Gosched()
			}
			wg.Done()
		}()
	}
	wg.Wait()
	runtime.GC()
	got := by("makePage").AllocObjects - before
	check(got == 8*300, "by goroutines:", got)
}

func off() {
	runtime.MemProfileRate = 0
	runtime.GC()
	before := by("makePoint").AllocObjects
	for i := 0; i < 1000; i++ {
		sink = makePoint()
	}
	runtime.GC()
	check(by("makePoint").AllocObjects == before, "sampled though off")
}

// Two kinds of objects by turns, in one span: each is found as often as the
// other. What a sample stands for is what readers of profiles reckon.
func estimate(rate int, n int) {
	runtime.MemProfileRate = rate
	runtime.GC()
	p0, o0 := by("makePoint").AllocObjects, by("makeOther").AllocObjects
	g0 := by("makePage").AllocObjects
	for i := 0; i < n; i++ {
		sink = makePoint()
		sink = makeOther()
		if i%100 == 0 {
			sink = makePage()
		}
	}
	runtime.GC()
	near := func(what string, samples int64, n int, size int) {
		p := 1 - math.Exp(-float64(size)/float64(rate))
		mean, dev := float64(n)*p, math.Sqrt(float64(n)*p*(1-p))
		check(math.Abs(float64(samples)-mean) <= 5*dev+1,
			what, "sampled", samples, "times at", rate, "not about", mean, "+-", dev)
	}
	near("points", by("makePoint").AllocObjects-p0, n, 24)
	near("others", by("makeOther").AllocObjects-o0, n, 24)
	near("pages", by("makePage").AllocObjects-g0, n/100, 5376)
}

func written() {
	for _, name := range []string{"heap", "allocs"} {
		var b bytes.Buffer
		check(pprof.Lookup(name).WriteTo(&b, 1) == nil, name)
		text := b.String()
		check(strings.HasPrefix(text, "heap profile: "), "its head")
		check(strings.Contains(text, "main.makePage"), "its frames")
		check(!strings.Contains(text, "# 0\t") && strings.Contains(text, "# HeapAlloc = "), "its figures")
		check(pprof.Lookup(name).WriteTo(&b, 0) == nil, name)
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	check(m.BuckHashSys > 179999*8, "BuckHashSys", m.BuckHashSys)
}

func main() {
	check(runtime.MemProfileRate == 512*1024, "the default rate")
	exact()
	together()
	off()
	estimate(512*1024, 2000000)
	estimate(4096, 1000000)
	written()
	if len(os.Args) > 5 {
		fmt.Println(tinies)
	}
	fmt.Println("done")
}
