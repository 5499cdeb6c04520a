//test: build -O0 -g
//test: build -O2 -g

// The smallest program: package initialisation, print, exit code 0.
package main

func main() {
	println("hello from Go", len("hello"))
}
