// All goroutines wait, but a thread of C's will call: no deadlock.
package main

//extern syscall.Cgocall
func cgocall()

//extern syscall.CgocallDone
func cgocallDone()

//extern thread_that_calls
func threadThatCalls()

var calls = make(chan int)

// Called by C.
func Callback(n int) {
	calls <- n
}

func main() {
	cgocall()
	threadThatCalls()
	cgocallDone()
	println(<-calls)
}
