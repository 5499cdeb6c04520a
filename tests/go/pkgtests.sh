#!/bin/sh
# pkgtests.sh - the tests of Go's standard packages, on libgort and on libgo.
#
#	pkgtests.sh [-r gort|libgo|both] [-k] [-e VAR=VAL] [PACKAGE…]
#
# Takes *_test.go of a package from Go 1.19's source, in two ways:
#
#   inside   package and tests together compiled under a path of their own
#            (test/strings), so that what is in libgo stays what other packages use;
#            files that say "package strings_test" import that copy. For packages
#            that ask nothing of the runtime.
#   outside  only the files that say "package sync_test", on libgo's own package.
#
# gccgo-12 is Go 1.18: a declaration that does not compile is cut out, with all
# that no longer compile without it. Each test has its verdict (--- PASS or FAIL);
# a package that dies half-way lost the tests it did not come to.
#
# Passes when every test that libgo passes (pkgtests.libgo: the lines with PASS
# that "pkgtests.sh -r libgo" leaves below $builddir/tests/go/pkg/res/libgo) does
# on libgort, but for those that pkgtests.failing names, with a reason each.
# Prints those that do not.
#
# The source: $GOTEST_DIR/../src, else /usr/share/go-1.19/src (golang-1.19-src).
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib.sh"

runtimes=gort keep= env= worker=
while getopts r:ke:w opt; do
	case $opt in
	r) runtimes=$OPTARG ;;
	k) keep=yes ;;
	e) env=$OPTARG ;;
	w) worker=yes ;;
	*) exit 2 ;;
	esac
done
shift $((OPTIND - 1))
[ "$runtimes" != both ] || runtimes="libgo gort"
pkgs=$builddir/tests/go/pkg
limit=${GOTEST_LIMIT:-300}

# suits FILE…: those whose name and constraints hold
suits() {
	for f; do
		[ -f "$f" ] && awk -f "$here/constraint.awk" -f - "$f" <<'!' && echo "$f"
BEGIN { ok = 1 }
FNR == 1 && !name_holds(FILENAME) { ok = 0; exit }
/^package / { exit }
is_constraint($0) && !holds_line($0) { ok = 0; exit }
END { exit !ok }
!
	done
}

says_package() { # NAME FILE…: those of that package
	want=$1
	shift
	[ $# = 0 ] || grep -lE "^package $want( |/|\$)" "$@" /dev/null
}

# settle OUT FLAGS FIXED FILES: compile FIXED and copies of FILES from which, round
# by round, the declarations are cut that errors name (cut.awk); the copies that
# are left in $kept.
settle() {
	out=$1 more=$2 fixed=$3 kept=
	cut=$dir/cut.$(basename "$out" .o)
	mkdir -p "$cut"
	for f in $4; do
		cp "$f" "$cut/" && chmod u+w "$cut/${f##*/}"
		kept="$kept $cut/${f##*/}"
	done
	round=0
	while [ $((round += 1)) -le 30 ]; do
		# shellcheck disable=SC2086
		go_compile "$out" -O2 -g -I "$dir" -I "$pkgs/gox" $more \
			$fixed $kept >"$out.said" 2>&1 && return 0
		touch "$cut/before" && cat $kept >"$cut/before"
		left=
		for f in $kept; do
			lines=$(sed -n "s|^$f:\([0-9]*\)[:0-9]* error: .*|\1|p" \
				"$out.said" | tr '\n' ' ')
			if [ -n "$lines" ]; then
				awk -v lines="$lines" -f "$here/cut.awk" "$f" \
					>"$cut/new" && mv "$cut/new" "$f"
			fi
			grep -q '^func ' "$f" && left="$left $f"
		done
		kept=$left
		# shellcheck disable=SC2086
		cat /dev/null $kept | cmp -s - "$cut/before" && return 1
	done
	return 1
}

# internals: libgo's packages below internal/ are in its archive, but what an
# import reads is not installed beside it; take it from the archive's members.
internals() {
	a=$("$GCCGO" -print-file-name=libgo.a)
	rm -rf "$pkgs/gox.new"
	mkdir -p "$pkgs/gox.new/members" && cd "$pkgs/gox.new/members" || return 1
	for m in $(ar t "$a" | grep '\.o$'); do
		ar x "$a" "$m" && p=$(strings -n 3 "$m" |
			sed -n 's/^pkgpath \(.*internal.*\)/\1/p;/^init /q' | head -1)
		if [ -n "$p" ]; then
			mkdir -p "../$(dirname "$p")"
			objcopy -j .go_export "$m" "../$p.gox"
		fi
		rm -f "$m"
	done
	mv "$pkgs/gox.new" "$pkgs/gox"
}

# main_of: a test main for the kept files of package and package_test
main_of() {
	{
		echo 'package main'
		echo 'import ("os"; "testing"; "testing/internal/testdeps"'
		[ -z "$(tests_of _in "$inside_kept")" ] || echo "_in \"$pkg\""
		[ -z "$(tests_of _out "$outside_kept")" ] || echo '_out "out_test"'
		echo ')'
		# A test that runs itself may have lost the part that ends there.
		echo 'func main() {'
		echo 'if d := os.Getenv("PKGTEST_DEPTH"); len(d) > 1 {'
		echo 'os.Exit(3) } else { os.Setenv("PKGTEST_DEPTH", d+"x") }'
		echo 'm := testing.MainStart(testdeps.TestDeps{},'
		echo '[]testing.InternalTest{'
		tests_of _in "$inside_kept"
		tests_of _out "$outside_kept"
		echo '}, nil, nil, nil)'
		if grep -q '^func TestMain(' $inside_kept /dev/null; then
			echo '_in.TestMain(m); os.Exit(0)'
		elif grep -q '^func TestMain(' $outside_kept /dev/null; then
			echo '_out.TestMain(m); os.Exit(0)'
		else
			echo 'os.Exit(m.Run())'
		fi
		echo '}'
	} >"$dir/main.go"
}

tests_of() {
	# shellcheck disable=SC2086
	[ -z "$2" ] || sed -n 's/^func \(Test[A-Z0-9_][A-Za-z0-9_]*\)(.*/\1/p;s/^func \(Test\)(.*/\1/p' $2 |
		grep -vx TestMain | while read -r t; do
		echo "{\"$t\", $1.$t},"
	done
}

# build: objects in $dir from package $pkg, way $way
build() {
	base=${pkg##*/}
	base=$(sed -n 's/^package \([a-z0-9]*\).*/\1/p' "$src/$pkg"/*.go | grep -v '_test' | head -1)
	cd "$src/$pkg" || return 1
	inside_kept= outside_kept= objs=
	mkdir -p "$dir/$(dirname "$pkg")"
	if [ "$way" = inside ]; then
		# shellcheck disable=SC2046
		own=$(suits $(ls "$PWD"/*.go | grep -v '_test\.go$'))
		ins=$(says_package "$base" $(suits $(ls "$PWD"/*_test.go)))
		settle "$dir/$pkg.o" "-fgo-pkgpath=test/$pkg" "$own" "$ins" || {
			echo "the package itself does not compile"
			return 1
		}
		inside_kept=$kept
		objs=$dir/$pkg.o
	fi
	outs=$(says_package "${base}_test" $(suits $(ls "$PWD"/*_test.go)))
	if [ -n "$outs" ]; then
		settle "$dir/out_test.o" "-fgo-pkgpath=test/out_test" "" "$outs" && {
			outside_kept=$kept
			objs="$objs $dir/out_test.o"
		}
	fi
	[ -n "$inside_kept$outside_kept" ] || {
		echo "no test file compiles"
		return 1
	}
	printf '%s\n' $inside_kept $outside_kept >"$dir/files"
	main_of
	go_compile "$dir/main.o" -O2 -g -I "$dir" -I "$pkgs/gox" "$dir/main.go" || return 1
	echo "$dir/main.o $objs" >"$dir/objects"
}

run_on() {
	flat=$(echo "$pkg" | tr / .)
	log=$pkgs/log/$1${env:+-$env}/$flat res=$pkgs/res/$1${env:+-$env}/$flat
	mkdir -p "$(dirname "$log")" "$(dirname "$res")"
	# shellcheck disable=SC2046
	go_link "$1" "$dir/prog-$1" $(cat "$dir/objects") >"$log" 2>&1 || {
		echo "FAIL $1 $pkg: does not link: $(grep -m1 undefined "$log")"
		: >"$res"
		return
	}
	cd "$src/$pkg" || exit 99
	grep -o '^{"Test[^"]*' "$dir/main.go" | cut -c 3- >"$dir/left-$1"
	: >"$log"
	: >"$res.new"
	PKGTEST_DEPTH=
	export PKGTEST_DEPTH
	# One that dies takes those behind it along: go on without it.
	while [ -s "$dir/left-$1" ]; do
		go_run "$limit" "$log.part" env ${env:+"$env"} "$dir/prog-$1" \
			-test.short -test.v -test.timeout "${limit}s" \
			-test.run "^($(paste -sd '|' "$dir/left-$1"))\$"
		cat "$log.part" >>"$log"
		sed -n 's|^ *--- \([A-Z]*\): \(Test[^ /]*\) (.*|\2 \1|p' "$log.part" >>"$res.new"
		case $go_code in 0 | 1) break ;; esac
		last=$(sed -n 's|^=== RUN *\(Test[^ /]*\)$|\1|p' "$log.part" | tail -1)
		[ -n "$last" ] || break
		echo "$last DIED" >>"$res.new"
		sed "1,/^$last\$/d" "$dir/left-$1" >"$dir/left" &&
			mv "$dir/left" "$dir/left-$1"
	done
	rm -f "$log.part"
	[ -n "$keep" ] || rm -f "$dir/prog-$1"
	sed "s|^|$pkg |" "$res.new" | sort -u >"$res"
	rm -f "$res.new"
	have=$(cat ./*_test.go | grep -c '^func Test.*testing\.T)')
	all=$(grep -c '^{"Test' "$dir/main.go")
	pass=$(grep -c ' PASS$' "$res")
	echo "$1 $pkg: $pass passed, $all compiled, $have written"
	[ "$1" = libgo ] || awk -v p="$pkg" -v rt="$1" '
	FILENAME == ARGV[1] { got[$2] = $3 }
	$1 != p { next }
	FILENAME == ARGV[2] { known[$2] = 1 }
	FILENAME == ARGV[2] && got[$2] == "PASS" {
		print "PASS " rt " " p " " $2 ", though pkgtests.failing names it"
	}
	FILENAME == ARGV[3] && got[$2] != "PASS" {
		print ($2 in known ? "KNOWN " : "FAIL ") rt " " p " " $2 ": " \
		    ($2 in got ? got[$2] : "not reached")
	}' "$res" "$here/pkgtests.failing" "$here/pkgtests.libgo"
}

if [ -n "$worker" ]; then
	src=$go_src pkg=$1
	way=$(awk -v p="$pkg" '$1 == p { print $2 }' "$here/pkgtests.list")
	dir=$pkgs/obj/$pkg.test
	if [ ! -f "$dir/objects" ] && [ ! -f "$dir/refused" ]; then
		mkdir -p "$dir"
		build >"$dir/said" 2>&1 || mv "$dir/said" "$dir/refused"
	fi
	if [ -f "$dir/refused" ]; then
		echo "skip $pkg: $(tail -1 "$dir/refused")"
		exit 0
	fi
	for r in $runtimes; do (run_on "$r"); done
	exit 0
fi

go_setup
src=
for d in "${GOTEST_DIR:+$GOTEST_DIR/../src}" /usr/share/go-1.19/src; do
	[ -z "$d" ] || [ ! -d "$d/strings" ] || { src=$(cd "$d" && pwd); break; }
done
[ -n "$src" ] || go_skip "no Go 1.19 source" \
	"(Debian: apt-get install golang-1.19-src; or set GOTEST_DIR)"
go_src=$src
export go_src
mkdir -p "$pkgs"
[ -d "$pkgs/gox" ] || (internals) || exit 99
[ $# -gt 0 ] || set -- $(sed 's/#.*//' "$here/pkgtests.list" | awk 'NF { print $1 }')
printf '%s\n' "$@" |
	xargs -P "$go_jobs" -n 1 "$here/pkgtests.sh" -w -r "$runtimes" \
		${env:+-e "$env"} ${keep:+-k} | tee "$pkgs/said.$$"
awk '/^FAIL / { bad++ } /^KNOWN / { known++ } / passed, / { n += $3; p++ }
END {
	print n " tests of " p " packages passed, " bad + 0 " failed, " \
	    known + 0 " as known"
	exit bad > 0
}' "$pkgs/said.$$" >"$pkgs/summary"
bad=$?
rm -f "$pkgs/said.$$"
cat "$pkgs/summary"
exit $bad
