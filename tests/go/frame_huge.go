// A type of 1 MiB built in a frame, under a limit that Go's own compiler keeps.
package main

import "runtime/debug"

type huge struct {
	a [1 << 20]byte
	b string
}

//go:noinline
func fill(h *huge) { *h = huge{b: "filled"} }

func main() {
	debug.SetMaxStack(1 << 16)
	c := make(chan string)
	go func() {
		h := new(huge)
		fill(h)
		c <- h.b
	}()
	println(<-c)
}
