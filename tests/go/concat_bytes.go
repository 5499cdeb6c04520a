// x + string(b) is no view of b, wherever b's bytes are.
package main

//go:noinline
func join(x string, b []byte) string { return x + string(b) }

var global = [4]byte{'g', 'g', 'g', 'g'}

func main() {
	var frame [4]byte
	copy(frame[:], "ffff")
	for _, b := range [][]byte{frame[:], global[:], append(make([]byte, 0, 99), "hhhh"...)} {
		s := join("", b)
		t := "" + string(b)
		copy(b, "####")
		println(s, t)
	}
}
