// Functions of libc that need much stack are called from goroutines that have
// little left.
package main

import (
	"net"
	"os/user"
)

//go:noinline
func fine(k int, f func()) int {
	if k == 0 {
		f()
		return 0
	}
	return fine(k-1, f) + 1
}

func main() {
	done := make(chan bool)
	for n := 0; n < 1500; n += 50 {
		go func(n int) {
			fine(n, func() {
				if _, err := user.LookupId("0"); err != nil {
					println(err.Error())
				}
				if a, err := net.LookupHost("localhost"); err != nil || len(a) == 0 {
					println(err.Error())
				}
			})
			done <- true
		}(n)
	}
	for n := 0; n < 1500; n += 50 {
		<-done
	}
	println("ok")
}
