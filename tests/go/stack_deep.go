// Deep recursion: ten million frames, frames larger than any guard, arguments
// on the stack, a defer in each of a hundred thousand frames.
package main

//go:noinline
func count(n int) int {
	if n == 0 {
		return 0
	}
	return count(n-1) + 1
}

type wide struct{ a, b, c, d, e, f, g, h int }

func pass(n int, w wide, s []int) (wide, int) {
	if n == 0 {
		return w, len(s)
	}
	w.a++
	r, k := pass(n-1, w, s)
	r.h++
	return r, k + 1
}

func large(n int) int {
	var a [100000]int
	for i := range a {
		a[i] = n + i
	}
	if n == 0 {
		return a[99999]
	}
	return large(n-1) + a[0]
}

func deferring(n int, sum *int) {
	if n == 0 {
		panic("bottom")
	}
	defer func() { *sum++ }()
	deferring(n-1, sum)
}

func recovering(n int) (got int) {
	defer func() {
		if recover() != nil {
			got++
		}
	}()
	if n == 0 {
		panic("again")
	}
	got = recovering(n - 1)
	panic(n)
}

func main() {
	println(count(10000000))
	w, k := pass(100000, wide{}, make([]int, 3))
	println(w.a, w.h, k)
	println(large(200))
	sum := 0
	func() {
		defer func() { println(recover().(string), sum) }()
		deferring(100000, &sum)
	}()
	println(recovering(1000))
}
