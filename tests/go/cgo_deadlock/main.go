// Everybody waits for somebody who waits, after C had threads that called Go
// and are gone.
package main

//extern syscall.Cgocall
func cgocall()

//extern syscall.CgocallDone
func cgocallDone()

//extern threads_come_and_go
func threadsComeAndGo(n int)

var calls = make(chan int, 8)

// Called by C.
func Callback(n int) {
	calls <- n
}

func main() {
	cgocall()
	threadsComeAndGo(cap(calls))
	cgocallDone()
	sum := 0
	for range make([]int, cap(calls)) {
		sum += <-calls
	}
	println(sum)
	<-calls
}
