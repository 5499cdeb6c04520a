// Recursion without end is reported, not suffered.
//
//test: build -O2 -g
//test: build -O0
package main

import "runtime/debug"

//go:noinline
func other(n int) int { return n }

func endless(n int) int {
	return endless(n+1) + other(n)
}

func main() {
	debug.SetMaxStack(20000000)
	defer func() {
		recover() // can't be
	}()
	endless(0)
}
