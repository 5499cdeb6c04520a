// Command sieve finds prime numbers: a goroutine for each prime found lets
// through what that prime does not divide, so N primes are N goroutines in a
// row and every number passes from one to the next.
//
//	gortctl run examples/sieve.go 1000
package main

import (
	"fmt"
	"os"
	"strconv"
	"time"
)

func numbers(to chan<- int) {
	for n := 2; ; n++ {
		to <- n
	}
}

func filter(prime int, from <-chan int, to chan<- int) {
	for {
		if n := <-from; n%prime != 0 {
			to <- n
		}
	}
}

func main() {
	count := 100
	if len(os.Args) > 1 {
		n, err := strconv.Atoi(os.Args[1])
		if err != nil || n < 1 || len(os.Args) > 2 {
			fmt.Fprintln(os.Stderr, "usage: sieve [COUNT]")
			os.Exit(2)
		}
		count = n
	}
	start := time.Now()
	source := make(chan int)
	go numbers(source)
	prime := 0
	for i := 0; i < count; i++ {
		prime = <-source
		next := make(chan int)
		go filter(prime, source, next)
		source = next
	}
	fmt.Printf("prime %d is %d, after %v\n", count, prime,
		time.Since(start).Round(time.Millisecond))
}
