// growth: does an allocation cost the same whatever the heap holds?
//
//	gortctl build -o growth bench/growth.go -- -O2 && ./growth [-max MB]
//
// Builds live heaps of 64 MB, doubled up to 4 GB, out of 64-byte objects in
// arrays of pointers, and prints `growth.SIZE.grow value ns`, what an object
// costs while the heap grows to that size, and `growth.SIZE.steady value ns`,
// what one costs that replaces another when it has that size. Processor time of
// the whole process: collections are in it.
package main

import (
	"flag"
	"fmt"
	"runtime"
	"runtime/debug"
	"syscall"
)

type object struct {
	next *object
	pad  [7]uint64
}

func cpu() int64 {
	var r syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &r)
	return r.Utime.Nano() + r.Stime.Nano()
}

const chunk = 1 << 14 // objects: 1 MB

func main() {
	max := flag.Int("max", 4096, "MB of the largest heap")
	gc := flag.Bool("gc", true, "collect while measuring")
	flag.Parse()
	if !*gc {
		debug.SetGCPercent(-1)
	}
	var live [][]*object
	for mb := 64; mb <= *max; mb *= 2 {
		t, n := cpu(), 0
		for len(live) < mb {
			c := make([]*object, chunk)
			for i := range c {
				c[i] = &object{}
			}
			live = append(live, c)
			n += chunk
		}
		fmt.Printf("growth.%d.grow %.1f ns\n", mb, float64(cpu()-t)/float64(n))
		if *gc {
			t, n = cpu(), 0
			x := uint64(88172645463325252)
			for ; n < mb*chunk; n++ {
				x ^= x << 13
				x ^= x >> 7
				x ^= x << 17
				live[(x>>32)%uint64(mb)][x%chunk] = &object{}
			}
			fmt.Printf("growth.%d.steady %.1f ns\n", mb, float64(cpu()-t)/float64(n))
		}
	}
	runtime.KeepAlive(live)
}
