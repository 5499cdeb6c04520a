// GOGC=1: cycles have a step to go, they are not all that happens.
package main

import (
	"runtime"
	"runtime/debug"
)

type node struct{ a, b int }

func main() {
	debug.SetGCPercent(1)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	m := make(map[*node]int)
	for i := 0; i < 400000; i++ {
		m[new(node)] = i
		if len(m) == 20 {
			m = make(map[*node]int)
		}
	}
	runtime.ReadMemStats(&after)
	cycles := uint64(after.NumGC - before.NumGC)
	allocated := after.TotalAlloc - before.TotalAlloc
	println(cycles > 0, cycles <= allocated>>19)
}
