#!/bin/sh
# gotests.sh - the tests of Go's own distribution, on libgort and on libgo.
#
#	gotests.sh [-r gort|libgo|both] [-f] [-k] [-O FLAGS] [-e VAR=VAL] [TEST…]
#
# Takes from Go 1.19's test folder each file that is to be run (a first line
# "// run", "// rundir", "// runoutput" or "// errorcheckandrundir") and that
# gccgo-12 compiles; links it with the runtime, runs it, and compares the output
# with its .out file (none: no output) and the exit code with 0. TEST is a name
# in that folder (chan/select.go), or @FILE, a list of such names. Default: all.
#
#	-r  which runtime (gort); both: libgo first
#	-f  only those that did not pass at the last time
#	-k  keep the executables
#	-O  compiler's flags instead of "-O2 -g"
#	-e  a variable for the programs, e.g. GODEBUG=gcstress=100
#
# Prints the failures with a reason each, how far it is, and a summary, which
# dist/summary keeps. Those of libgort that gotests.failing names are expected and
# are not printed unless they pass. Fails when another one fails, and when libgo,
# run beside it, passes one that libgort does not.
#
# Below $builddir/tests/go/dist: obj/ (compiled once), res/ (pass, or the reason),
# log/ (output of the last run). A test is run again when its runtime has changed,
# so what was interrupted goes on where it was.
#
# The folder: $GOTEST_DIR, else test/ below /usr/share/go-1.19 (Debian:
# golang-1.19-src). GOTEST_LIMIT: seconds a test may take (10; who misses them
# is run once more with six times that, alone). GO_JOBS: how many at a time.
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib.sh"

usage() {
	sed -n '4,/^here=/s/^# \{0,1\}//p' "$0" | sed '$d'
	exit 2
}

runtimes=gort failed_only= keep= flags="-O2 -g" env= worker=
while getopts r:fkO:e:w opt; do
	case $opt in
	r) runtimes=$OPTARG ;;
	f) failed_only=yes ;;
	k) keep=yes ;;
	O) flags=$OPTARG ;;
	e) env=$OPTARG ;;
	w) worker=yes ;;
	*) usage ;;
	esac
done
shift $((OPTIND - 1))
[ "$runtimes" != both ] || runtimes="libgo gort"

dist=$builddir/tests/go/dist
what=$(printf '%s' "$flags" | tr -dc 'A-Za-z0-9')
obj=$dist/obj/$what
how=$what$(printf '%s' "${env:+-$env}" | tr -c 'A-Za-z0-9\n-' '_')
limit=${GOTEST_LIMIT:-10}

# ---- which tests there are ------------------------------------------------

# list: "NAME KIND ARG…" of each file that is to be run, from its head.
list() {
	cd "$tests" || exit 99
	find . -name '*.go' ! -path './bench/*' ! -path './stress/*' \
		! -path './*.dir/*' |
		sed 's|^\./||' | sort |
		xargs awk -f "$here/constraint.awk" -f "$here/gotests.awk"
}

# ---- one test ---------------------------------------------------------------

# compile_dir NAME: the packages of NAME.dir, in the order of their files; the
# last is main. An import of "./a" finds the object a.o in the current folder.
compile_dir() {
	mkdir -p "$obj/$1.d" && cd "$obj/$1.d" || return 1
	rm -f ./*.o
	awk 'FNR == 1 { seen = 0 }
	!seen && /^package / {
		seen = 1
		sub(/[^A-Za-z0-9_].*/, "", $2)
		if (!($2 in files))
			order[++n] = $2
		files[$2] = files[$2] " " FILENAME
	}
	END { for (i = 1; i <= n; i++) print order[i] files[order[i]] }
	' "$tests/${1%.go}.dir"/*.go >packages
	while read -r pkg files; do
		first=${files%% *}
		first=$(basename "$first" .go)
		# shellcheck disable=SC2086
		go_compile "$first.o" $flags -I . $files || return 1
	done <packages
}

# compile_output NAME: a program that prints a program; the one printed counts.
# The printer runs on libgo, so that each runtime gets the same.
compile_output() {
	o=$obj/$1
	# shellcheck disable=SC2086
	(cd "$(dirname "$tests/$1")" &&
		go_compile "$o.gen.o" $flags "$tests/$1" $more) &&
		go_link libgo "$o.gen" "$o.gen.o" &&
		(cd "$(dirname "$tests/$1")" &&
			timeout 60 "$o.gen" $args >"$o.gen.go") || return 1
	rm -f "$o.gen" "$o.gen.o"
	# shellcheck disable=SC2086
	go_compile "$o.o" $flags "$o.gen.go"
}

# objects: sets $objs, compiling if need be. Fails when gccgo refuses; what it
# said is kept beside, and it is not asked again.
objects() {
	o=$obj/$name
	if [ ! -f "$o.done" ] && [ ! -f "$o.refused" ]; then
		mkdir -p "$(dirname "$o")"
		case $kind in
		run)
			# shellcheck disable=SC2086
			(ulimit -t 120; cd "$(dirname "$tests/$name")" &&
				go_compile "$o.o" $flags "$tests/$name" $more)
			;;
		runoutput) (compile_output "$name") ;;
		*) (compile_dir "$name") ;;
		esac >"$o.said" 2>&1
		if [ $? = 0 ]; then mv "$o.said" "$o.done"; else mv "$o.said" "$o.refused"; fi
	fi
	[ -f "$o.done" ] || return 1
	case $kind in
	run | runoutput) objs=$o.o ;;
	*) objs=$(ls "$o.d"/*.o) ;;
	esac
}

# verdict REASON: after go_run; why it failed, in a line, or nothing
verdict() {
	if [ "$go_code" = 124 ] || [ "$go_code" = 137 ]; then
		echo "time: not within $1 s"
	elif [ "$go_code" != 0 ]; then
		line=$(grep -m 1 -aE '^(panic|fatal error|STUB|SIG|runtime:)' "$log" ||
			grep -m 1 -av '^$' "$log")
		printf 'exit %s: %s\n' "$go_code" "$line" | cut -c 1-150 |
			tr -c '[:print:]\n' '?'
	else
		want=$tests/${name%.go}.out
		[ -f "$want" ] || want=/dev/null
		cmp -s "$want" "$log" ||
			echo "output: $(diff "$want" "$log" | grep -am 1 '^[<>]' |
				cut -c 1-120 | tr -c '[:print:]\n' '?')"
	fi
}

# run_on RUNTIME: leaves the verdict in res/
run_on() {
	res=$dist/res/$1/$how/$name log=$dist/log/$1/$how/$name
	if [ -f "$res" ] && read -r key state <"$res"; then
		case $failed_only:$state in
		yes:pass*) return ;;
		:*) [ "$key" != "$(key_of "$1")" ] || return ;;
		esac
	fi
	mkdir -p "$(dirname "$res")" "$(dirname "$log")"
	prog=$go_bin/$1-$how-$(printf '%s' "$name" | tr / ,)

	# shellcheck disable=SC2086
	if ! go_link "$1" "$prog" $objs >"$log" 2>&1; then
		why="link: $(grep -m 1 -E 'undefined|multiple|error' "$log" |
			sed "s/.*\(undefined\|multiple\)/\1/" | cut -c 1-120)"
	else
		cd "$(dirname "$tests/$name")" || exit 99
		for secs in $limit $((limit * 6)); do
			# shellcheck disable=SC2086
			go_run "$secs" "$log" env GOOS=linux GOARCH=amd64 \
				GOROOT="${tests%/test}" $env "$prog" $args
			why=$(verdict "$secs")
			case $why in time:*) ;; *) break ;; esac
		done
	fi
	[ -n "$keep" ] || rm -f "$prog"
	echo "$(key_of "$1") ${why:-pass}" >"$res"
	[ -z "$why" ] || [ "$1" != gort ] || expected "$name" ||
		printf 'FAIL %s %s: %s\n' "$1" "$name" "$why"
}

# key_of RUNTIME: changes when the runtime does
key_of() { case $1 in gort) echo "$go_key" ;; *) echo "$go_libgo_key" ;; esac; }

# expected NAME: libgort is known to fail it
expected() { grep -qF "$1	" "$here/gotests.failing"; }

if [ -n "$worker" ]; then
	tests=$go_tests
	name=$1
	line=$(awk -v n="$name" '$1 == n' "$dist/list")
	line=${line#* }
	kind=${line%% *} args=
	case $line in *' '*) args=${line#* } ;; esac
	more= # a first argument *.go is a second source file
	case $args in *.go) more=$args args= ;; esac
	! objects || for r in $runtimes; do (run_on "$r"); done
	echo DONE
	exit 0
fi

# ---- all of them -----------------------------------------------------------

go_setup
tests=
for d in "${GOTEST_DIR:-}" /usr/share/go-1.19/test; do
	[ -z "$d" ] || [ ! -f "$d/helloworld.go" ] || { tests=$d; break; }
done
[ -n "$tests" ] || go_skip "no Go 1.19 test folder" \
	"(Debian: apt-get install golang-1.19-src; or set GOTEST_DIR)"
go_tests=$tests
go_key=$(cat "$(go_crt)" "$(go_face)" | cksum | tr ' ' -)
go_libgo_key=$(cksum <"$("$GCCGO" -print-file-name=libgo.so)" | tr ' ' -)
mkdir -p "$dist"
go_bin=$dist/bin.$$ # two drivers at once do not meet
mkdir -p "$go_bin"
export go_tests go_key go_libgo_key go_bin
[ -s "$dist/list" ] || { (list) >"$dist/list.new" && mv "$dist/list.new" "$dist/list"; }
[ $# -gt 0 ] || set -- @"$dist/list"
for t; do
	case $t in
	@*) sed 's/#.*//; /^$/d; s/ .*//' "${t#@}" ;;
	*) echo "$t" ;;
	esac
done >"$dist/todo.$$"
trap 'rm -f "$dist/todo.$$"; rmdir "$go_bin" 2>/dev/null' EXIT
total=$(grep -c . "$dist/todo.$$")

xargs -P "$go_jobs" -n 1 "$here/gotests.sh" -w -r "$runtimes" -O "$flags" \
	${env:+-e "$env"} ${failed_only:+-f} ${keep:+-k} <"$dist/todo.$$" 2>&1 |
	awk -v total="$total" '
	$0 != "DONE" { print; fflush(); next }
	++n % 100 == 0 { print n " of " total; fflush() }'

# state NAME RUNTIME: pass, fail, or nothing (gccgo refuses it)
state() {
	f=$dist/res/$2/$how/$1
	[ -f "$f" ] || return
	read -r key state <"$f"
	case $state in pass) echo pass ;; *) echo fail ;; esac
}

while read -r name; do
	set -- "$name"
	for r in gort libgo; do
		case " $runtimes " in
		*" $r "*) s=$(state "$name" $r) ;;
		*) s= ;;
		esac
		set -- "$@" "${s:--}"
	done
	echo "$@"
done <"$dist/todo.$$" | awk -v runtimes="$runtimes" -v known="$here/gotests.failing" \
	-v how="$flags${env:+ $env}" '
BEGIN {
	while ((getline line < known) > 0)
		if (line ~ /^[^#]/) { split(line, w, "\t"); listed[w[1]] = 1 }
	gort["pass"] = libgo["pass"] = bad = expected = lost = won = 0
}
{ gort[$2]++; libgo[$3]++ }
$2 == "pass" && ($1 in listed) {
	print "PASS gort " $1 ", though gotests.failing names it"
}
$2 == "fail" { if ($1 in listed) expected++; else bad++ }
$2 == "fail" && $3 == "pass" { print "LOST gort " $1 ": libgo passes it"; lost++ }
$2 == "pass" && $3 == "fail" { beyond = beyond " " $1; won++ }
END {
	both = runtimes ~ /gort/ && runtimes ~ /libgo /
	print NR " of Go\047s tests, " how
	if (runtimes ~ /gort/)
		print "gort passes " gort["pass"] ", fails " expected " as known" \
		    " and " bad " others; gccgo refuses " gort["-"] + 0
	if (runtimes ~ /libgo/)
		print "libgo passes " libgo["pass"] ", fails " libgo["fail"] + 0
	if (both) {
		print "gort alone passes " won ":" beyond
		print "gort passes " gort["pass"] ", libgo passes " \
		    libgo["pass"] ", regressions " lost
	}
	exit bad + lost > 0
}' >"$dist/summary.new"
bad=$?
mv "$dist/summary.new" "$dist/summary"
cat "$dist/summary"
exit $bad
