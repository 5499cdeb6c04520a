// print and println: every operand kind, to standard error.
package main

type iface interface{ M() }
type impl struct{}

func (*impl) M() {}

func main() {
	println("text", 0, -1, int64(-1<<63), uint64(1<<64-1), uint8(200), 'x', true, false)
	println(0.0, 1.0, -1.5, 100.0, 0.1, 1e100, 123456.789, 5e-324, 1.7976931348623157e308)
	var zero float64
	println(1/zero, -1/zero, zero/zero, -zero, 1/(1/-zero*0-1/zero))
	println(2+3i, complex64(-1i), 9.9999995)
	println(float32(0.1), 999999.95, 9999999.5)
	var p *int
	var e interface{}
	var i iface
	var s []int
	var m map[int]int
	var c chan int
	var f func()
	println(p, e, i, s, m, c, f == nil)
	s = make([]int, 2, 5)
	e, i = 1, new(impl)
	println(len(s), cap(s), e != nil, i != nil)
	print("no newline", 1, 2, "a", "b", 3.5, "\n")
	println()
	print()
	println("é世界", "", "\x00\xff"[:0])
	long := "0123456789"
	for len(long) < 3000 {
		long += long
	}
	println(len(long), long[:40])
	print(long, "\n")
	done := make(chan bool)
	for g := 0; g < 4; g++ {
		go func() {
			for n := 0; n < 5; n++ {
				println("whole", "lines", "stay", "whole")
			}
			done <- true
		}()
	}
	for g := 0; g < 4; g++ {
		<-done
	}
}
