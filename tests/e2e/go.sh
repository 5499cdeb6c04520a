#!/bin/sh
# go.sh - Go sources: built, run under gortd, watched as any program of ours.
. "${srcdir:-$(dirname "$0")/../..}/tests/e2e/lib.sh"
if [ -n "${GORT_SANITIZED:-}" ]; then
	skip "a sanitizer's libgort is not linked with Go programs"
fi
[ -n "${GCCGO:-}" ] || GCCGO=$(command -v gccgo-12) ||
	skip "gccgo-12 is not installed"
export GCCGO
e2e_begin go
mkdir "$dir/tmp" # where builds work; others build in /tmp
TMPDIR=$dir/tmp
export TMPDIR
gortd_start
cd "$dir" || exit 99

built() { # WHAT PROGRAM COMMAND…: it makes PROGRAM and says nothing
	what=$1 program=$2
	shift 2
	"$@" >"$dir/out" 2>&1 </dev/null
	check_eq "code of $what" $? 0
	check_eq "$what is silent" "$(cat "$dir/out")" ""
	check "$what makes $program" [ -x "$program" ]
}
says() { # WHAT CODE WORDS COMMAND…: it leaves with CODE and says WORDS
	what=$1 want=$2 words=$3
	shift 3
	"$@" >"$dir/out" 2>&1 </dev/null
	check_eq "code of $what" $? "$want"
	check "$what says $words" grep -q -- "$words" "$dir/out"
}
has_rows() { [ "$(ctl -o json query "$1" | grep -c '"n": *[1-9]')" -gt 0 ]; }

# ---- building ----
cat >hello.go <<'GO'
package main

import (
	"fmt"
	"os"
	"runtime"
)

var greeting = fmt.Sprint("hello, ", "gort")

func main() {
	fmt.Println(greeting, len(os.Args), runtime.Compiler)
	if len(os.Args) > 1 && os.Args[1] == "gc" {
		for i := 0; i < 3; i++ {
			runtime.GC()
		}
	}
	if len(os.Args) > 2 {
		os.Exit(7)
	}
}
GO
built "a build" hello ctl build hello.go
check_eq "runs by itself" "$(./hello a)" "hello, gort 2 gccgo"
check_eq "its kind" "$(ctl inspect ./hello | sed -n 's/^kind *//p')" go
built "flags and a map" mapped \
	ctl build -o mapped hello.go -- -O1 -Wl,-Map,map
# No member of libgo's own runtime, whatever else came in.
for o in runtime proc panic stack print runtime_c go-signal go-unwind \
	go-reflect-call go-callers go-caller go-libmain mcentral; do
	check "no $o.o of libgo" sh -c \
		"! grep -q 'libgo\\.a($o\\.o)' map"
done
check "fmt comes from libgo" grep -q 'libgo\.a(fmt\.o)' map
# Go text and nothing else lies between the two bounds.
inside() {
	nm mapped | awk -v s="$1" '
		$3 == "__start_gort_gotext" { lo = $1 }
		$3 == "__stop_gort_gotext" { hi = $1 }
		$3 == s { at = $1 }
		END { exit !(at != "" && at >= lo && at < hi) }'
}
for s in main.main fmt.Fprintln reflect.Value.Call strconv.Itoa; do
	check "$s is Go text" inside "$s"
done
outside() { ! inside "$1" && nm mapped | grep -q " [tT] $1\$"; }
for s in rt_mallocgc rt_gopark ffi_call_go runtime.newobject _rt0_amd64_linux \
	__morestack internal_1bytealg.IndexByte; do
	check "$s is not" outside "$s"
done

mkdir many
cat >many/a.go <<'GO'
package main

func main() { println(name(), helper()) }
GO
echo 'package main
func name() string { return "linux" }' >many/os_linux.go
echo 'package main
func name() string { return "windows" }' >many/os_windows.go
echo '//go:build linux && !cgo && (amd64 || arm64)
package main
func helper() string { return "helped" }' >many/helper.go
echo '//go:build ignore
package other' >many/gen.go
echo 'package main
import "testing"
func TestX(t *testing.T) {}' >many/a_test.go
built "a directory" prog ctl build -o prog many
check_eq "of its own files" "$(./prog 2>&1)" "linux helped"
built "several files" prog2 \
	ctl build -o prog2 many/a.go many/os_linux.go many/helper.go
check_eq "named ones" "$(./prog2 2>&1)" "linux helped"

# ---- what can't be built ----
printf 'package main\nfunc id[T any](v T) T { return v }\nfunc main() { id(1) }\n' \
	>generic.go
says "generics" 1 "kind gc" ctl build generic.go
check "the compiler's own words" grep -q 'generic.go:2:.*error' out
printf 'package main\nimport "slices"\nfunc main() { slices.Max(nil) }\n' >newer.go
says "a newer library" 1 "kind gc" ctl build newer.go
printf 'package main\nfunc main() { var x int = "a"; _ = x }\n' >wrong.go
says "a plain mistake" 1 "wrong.go:2" ctl build wrong.go
check "no advice for it" sh -c "! grep -q 'kind gc' '$dir/out'"
says "no compiler" 1 "install the package gccgo-12" \
	env -u GCCGO PATH=/nonexistent "$GORTCTL" build hello.go
check_eq "in one line" "$(wc -l <out)" 1
says "two languages" 1 "from C or from Go" ctl build hello.go many
mkdir lib none
echo 'package lib' >lib/lib.go
says "a library" 1 "package lib" ctl build -o x lib
says "an empty folder" 1 "no Go files" ctl build -o x none
says "a name that is taken" 1 "is a directory" ctl build many
printf 'package main\nimport _ "unsafe"\n//go:linkname f runtime.netpoll\nfunc f()\nfunc main() { f() }\n' \
	>private.go
says "a private symbol" 1 "runtime.netpoll" ctl build private.go
check_eq "in one line too" "$(wc -l <out)" 1
check_eq "nothing is left behind" \
	"$(find "$TMPDIR" -mindepth 1 | wc -l)" 0
says "a missing file" 127 "nosuch.go" ctl run nosuch.go
head -c 100000 hello >cut
chmod +x cut
says "a truncated program" 126 "cut: the file is truncated: its segments" \
	ctl run ./cut
says "a program as a source" 1 "cut is a compiled program" ctl build cut
check "it is as it was" [ "$(wc -c <cut)" = 100000 ]
head -c 100 hello >cut
says "a program cut in its head" 126 "cut: could not execute" ctl run ./cut

# A start object of another gort: the last byte of its ABI number differs.
LC_ALL=C sed 's/\x01\x00\x00\x01tcrt/\x02\x00\x00\x01tcrt/' \
	"$builddir/runtime/boot/gort_crt.o" >other_crt.o
check "it differs" sh -c "! cmp -s other_crt.o '$builddir/runtime/boot/gort_crt.o'"
"$GCCGO" -static-libgo -no-pie -o mixed hello.go \
	"$builddir/runtime/gccgo/gort_go.o" other_crt.o -pthread -Wl,-z,now \
	-Wl,-e,_rt0_amd64_linux >out 2>&1
says "a mixture" 2 "^fatal error: gort_crt.o is of gort .*: build the program again" \
	./mixed

# ---- hosted ----
check_eq "run builds" "$(ctl run --name hello hello.go a b 2>err)" \
	"hello, gort 3 gccgo"
ctl wait hello >/dev/null 2>&1
check_eq "its code" $? 7
check_eq "hosted as" "$(field hello kind)" go
t0=$(date +%s%3N)
check_eq "the second time from the cache" \
	"$(ctl run hello.go 2>/dev/null)" "hello, gort 1 gccgo"
echo "go: from the cache in $(($(date +%s%3N) - t0)) ms"
ctl boot hello >boot.txt
for p in doInit errors strconv reflect os fmt main; do
	check "boot shows $p" grep -qE "─$p( |$)" boot.txt
done
until_ok "its inits are kept" has_rows \
	"select count(*) as n from v_init where package = 'fmt'"
until_ok "so is main's" has_rows \
	"select count(*) as n from v_init where package = 'main'"

says "inittrace" 0 "^init fmt @[0-9.]* ms, [0-9.]* ms clock, [0-9]* bytes, [0-9]* allocs$" \
	ctl run -e GODEBUG=inittrace=1 ./hello
says "gctrace" 0 "^gc 3 @.*(forced)$" ctl run -e GODEBUG=gctrace=1 ./hello gc
ctl run --name collected ./hello gc >/dev/null
until_ok "its collections are kept" has_rows \
	"select count(*) as n from v_gc g, v_instance i where g.instance = i.id and i.name = 'collected'"
cat >busy.go <<'GO'
package main

import "time"

func main() {
	go func() {
		for {
			time.Sleep(time.Millisecond)
		}
	}()
	time.Sleep(200 * time.Millisecond)
}
GO
says "schedtrace" 0 "^SCHED [0-9]*ms: gomaxprocs=" \
	ctl run -e GODEBUG=schedtrace=50 busy.go

# ---- its ends ----
cat >die.go <<'GO'
package main

import (
	"os"
	"sync"
)

type pair struct{ a, b *int }

func main() {
	var p *pair
	switch os.Args[1] {
	case "panic":
		panic("on purpose")
	case "nil":
		println(*p.a)
	case "deadlock":
		var mu sync.Mutex
		mu.Lock()
		mu.Lock()
	case "map":
		var m map[string]int
		m["x"] = 1
	case "deep":
		println(deep(1))
	}
}

func deep(n int) int { return deep(n+1) + n }
GO
ctl build die.go >/dev/null 2>&1
says "a panic" 2 "^panic: on purpose$" ctl run --name p ./die panic
check "where it was" grep -q "die.go:14" out
check_eq "inspect knows" "$(field p exit_code)" 2
says "a nil pointer" 2 "^panic: runtime error: invalid memory address" \
	ctl run ./die nil
says "a deadlock" 2 "^fatal error: all goroutines are asleep - deadlock!" \
	ctl run ./die deadlock
says "a nil map" 2 "^panic: assignment to entry in nil map$" ctl run ./die map
says "an overflow" 2 "^fatal error: stack overflow" ctl run ./die deep
e2e_end
