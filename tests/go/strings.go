// Strings: conversions from and to bytes and runes, invalid UTF-8, joining
// with and without escaping results, comparing.
package main

import (
	"fmt"
	"unicode/utf8"
)

//go:noinline
func join(a, b string) string { return a + b }

//go:noinline
func keep(s string) []byte { return []byte(s) }

//go:noinline
func same(a []byte, s string) bool { return string(a) == s }

// from a frame: must be copied when it leaves
//go:noinline
func local(n int) string {
	var b [8]byte
	for i := range b[:n] {
		b[i] = byte('a' + i)
	}
	return string(b[:n]) + ""
}

var samples = []string{
	"", "a", "é", "世界", "😀", "\xff", "\xc0\x80", "\xe4\xb8", "\xed\xa0\x80",
	"\xf4\x90\x80\x80", "\xf0\x9f\x98", "a\x80b", "\u0000", "\U0010ffff",
	"exactly thirty-two bytes, this..", "thirty-three bytes, one too many!",
}

func main() {
	for _, s := range samples {
		r := []rune(s)
		var pos []int
		for i := range s {
			pos = append(pos, i)
		}
		fmt.Printf("%q: %x %v %q %v\n", s, r, pos, string(r), utf8.ValidString(s))
		if string(keep(s)) != s || !same(keep(s), s) {
			fmt.Println("bytes differ")
		}
	}
	for _, r := range []rune{0, 'x', 0x80, 0x7ff, 0x800, 0xd7ff, 0xd800, 0xdfff, 0xe000, 0xffff, 0x10000, 0x10ffff, 0x110000, -1} {
		fmt.Printf("%x ", string(r))
	}
	fmt.Println()

	fmt.Println(join("", ""), join("x", ""), join("", "y"), join("x", "y"))
	t := ""
	for i := 0; i < 100; i++ {
		t += string(rune('a'+i%26)) + ""
	}
	fmt.Println(len(t), t[:30], t[70:])
	for i := 0; i <= 8; i++ {
		fmt.Print(local(i), ".")
	}
	fmt.Println()
	fmt.Println("a" < "b", "a" < "a", "ab" > "a", "\xff" > "\x80", "" < "a", t[:5] == "abcde")

	b := keep("hello")
	u := string(b)
	b[0] = 'J'
	fmt.Println(u, string(b), cap(b) >= 5)
	m := map[string]int{"hello": 1, "Jello": 2}
	fmt.Println(m[string(b)], m[u])
	switch string(b[1:]) {
	case "ello":
		fmt.Println("switched")
	}
	b = append(b, " and more"...)
	fmt.Println(string(b), copy(b, "HE"), string(b))
}
