package main

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"strings"
	"time"
)

// What MemStats, ReadGCStats and runtime/metrics say must be true of what this
// program does, and fit each other.

var keep [][]byte
var keepers []*[100]int64

func check(ok bool, what string) {
	if !ok {
		println("FAIL", what)
	}
}

//go:noinline
func fill() {
	for i := 0; i < 1000; i++ {
		keep = append(keep, make([]byte, 1000))
	}
	for i := 0; i < 100; i++ {
		keepers = append(keepers, new([100]int64))
	}
	keep = append(keep, make([]byte, 10<<20))
}

func identities(m *runtime.MemStats) {
	check(m.Sys == m.HeapSys+m.StackSys+m.MSpanSys+m.MCacheSys+
		m.BuckHashSys+m.GCSys+m.OtherSys, "Sys is the sum")
	check(m.HeapSys == m.HeapIdle+m.HeapInuse, "HeapSys")
	check(m.HeapAlloc == m.Alloc, "Alloc")
	check(m.HeapObjects == m.Mallocs-m.Frees, "HeapObjects")
	check(m.HeapInuse >= m.HeapAlloc, "HeapInuse")
	check(m.HeapReleased <= m.HeapIdle, "HeapReleased")
	check(m.StackInuse > 0 && m.StackInuse <= m.StackSys, "stacks")
	check(m.MSpanInuse > 0 && m.MSpanInuse <= m.MSpanSys, "spans")
	check(m.MCacheInuse > 0 && m.MCacheInuse <= m.MCacheSys, "caches")
	check(m.GCSys > 0, "GCSys")
	check(m.EnableGC && !m.DebugGC && m.Lookups == 0, "flags")
	check(m.GCCPUFraction >= 0 && m.GCCPUFraction <= 1, "fraction")
	check(m.BySize[0].Size == 0 && m.BySize[1].Size == 8, "classes")
	var small uint64
	for i := 1; i < len(m.BySize); i++ {
		b := m.BySize[i]
		check(b.Size > m.BySize[i-1].Size, "sizes ascend")
		check(b.Frees <= b.Mallocs, "frees of a class")
		small += b.Mallocs
	}
	check(small > 0 && small <= m.Mallocs, "small objects")
}

func class(m *runtime.MemStats, size uint32) int {
	for i := range m.BySize {
		if m.BySize[i].Size >= size {
			return i
		}
	}
	return -1
}

func main() {
	var a, b, c runtime.MemStats
	runtime.ReadMemStats(&a)
	done := make(chan bool) // on a stack of its own, which then is gone
	go func() { fill(); done <- true }()
	<-done
	runtime.ReadMemStats(&b)
	identities(&a)
	identities(&b)
	check(b.TotalAlloc-a.TotalAlloc >= 10<<20+1000*1000, "TotalAlloc")
	k := class(&b, 1000)
	check(b.BySize[k].Size == 1024, "1000 bytes are of class 1024")
	check(b.BySize[k].Mallocs-a.BySize[k].Mallocs >= 1000, "mallocs of 1000 bytes")
	keep, keepers = nil, nil
	before := time.Now()
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&c)
	identities(&c)
	check(c.NumGC >= b.NumGC+2, "NumGC")
	check(c.NumForcedGC == b.NumForcedGC+2, "NumForcedGC")
	check(c.Frees-b.Frees >= 1000, "Frees")
	check(c.BySize[k].Frees-b.BySize[k].Frees >= 990, "frees of 1000 bytes")
	check(c.Alloc < b.Alloc-9<<20, "Alloc sinks")
	check(c.NextGC >= 4<<20, "NextGC")
	check(c.LastGC >= uint64(before.Add(-time.Second).UnixNano()), "LastGC")
	i := (c.NumGC + 255) % 256
	check(c.PauseNs[i] > 0 && c.PauseEnd[i] == c.LastGC, "the last pause")
	check(c.PauseTotalNs >= c.PauseNs[i], "PauseTotalNs")

	var s debug.GCStats
	s.PauseQuantiles = make([]time.Duration, 5)
	debug.ReadGCStats(&s)
	check(s.NumGC == int64(c.NumGC), "GCStats.NumGC")
	check(len(s.Pause) == int(c.NumGC) && uint64(s.Pause[0]) == c.PauseNs[i], "GCStats.Pause")
	check(uint64(s.LastGC.UnixNano()) == c.LastGC, "GCStats.LastGC")
	check(s.PauseQuantiles[0] <= s.PauseQuantiles[4], "quantiles")

	debug.FreeOSMemory()
	runtime.ReadMemStats(&c)
	check(c.HeapReleased > 9<<20, "HeapReleased after FreeOSMemory")

	var all []metrics.Sample
	for _, d := range metrics.All() {
		all = append(all, metrics.Sample{Name: d.Name})
	}
	all = append(all, metrics.Sample{Name: "/no/such:thing"})
	metrics.Read(all)
	var sum, total uint64
	for i, d := range metrics.All() {
		check(all[i].Value.Kind() == d.Kind, d.Name)
		if all[i].Value.Kind() == metrics.KindUint64 &&
			strings.HasPrefix(d.Name, "/memory/classes/") {
			if d.Name == "/memory/classes/total:bytes" {
				total = all[i].Value.Uint64()
			} else {
				sum += all[i].Value.Uint64()
			}
		}
	}
	check(all[len(all)-1].Value.Kind() == metrics.KindBad, "an unknown name")
	check(total > 0 && sum == total, "memory classes add up")
	hist := []metrics.Sample{{Name: "/gc/pauses:seconds"},
		{Name: "/gc/heap/allocs-by-size:bytes"}, {Name: "/gc/cycles/total:gc-cycles"}}
	metrics.Read(hist)
	p := hist[0].Value.Float64Histogram()
	check(len(p.Buckets) == len(p.Counts)+1, "edges")
	var n uint64
	for i := range p.Counts {
		check(p.Buckets[i] < p.Buckets[i+1], "edges ascend")
		n += p.Counts[i]
	}
	check(n >= hist[2].Value.Uint64(), "a pause a cycle")
	h := hist[1].Value.Float64Histogram()
	check(h.Buckets[0] == 1 && h.Buckets[1] == 9, "sizes from 1")
	check(h.Counts[len(h.Counts)-1] > 0, "the large object")
	old := p
	metrics.Read(hist)
	check(hist[0].Value.Float64Histogram() == old, "a histogram is used again")
	println("done")
}
