# lib.sh - compile, link, run and compare Go programs. Sourced, not run.
#
#   go_setup              finds gccgo and libgort, or exits 77 (skipped) by name
#   go_compile OUT F… [-- FLAG…]  one object
#   go_link RUNTIME OUT OBJ…      RUNTIME is gort or libgo
#   go_run LIMIT OUT CMD…         stdout and stderr into OUT, in the order
#                                 written; sets go_code
#   go_match WANT OUT CODE        compares; prints the first difference
#
# The environment that make check gives: srcdir, builddir, GCCGO, SAN_CFLAGS.
#
# shellcheck shell=sh
: "${srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
: "${builddir:=$(pwd)}"
srcdir=$(cd "$srcdir" && pwd)
export srcdir builddir
unset GODEBUG GOTRACEBACK GOMAXPROCS GOGC GOMEMLIMIT
LC_ALL=C
export LC_ALL

go_skip() {
	echo "SKIP: $*"
	exit 77
}

go_setup() {
	[ -n "${GCCGO:-}" ] || GCCGO=$(command -v gccgo-12) ||
		go_skip "no gccgo-12 (Debian: apt-get install gccgo-12)"
	command -v "$GCCGO" >/dev/null || go_skip "$GCCGO is not there"
	export GCCGO
	[ -z "${SAN_CFLAGS:-}" ] ||
		go_skip "Go programs are not linked with a sanitizer's libgort"
	for f in "$(go_crt)" "$(go_face)" "$builddir/gortctl"; do
		[ -f "$f" ] || {
			echo "$f is missing: run make first"
			exit 99
		}
	done
	command -v timeout >/dev/null || go_skip "no timeout(1)"
	command -v readelf >/dev/null || go_skip "no readelf (binutils)"
	go_members=$builddir/tests/go/members # of libgo.a that were Go
	export go_members
	[ -s "$go_members" ] || {
		mkdir -p "$builddir/tests/go"
		readelf -SW "$("$GCCGO" -print-file-name=libgo.a)" | awk '
		/^File: / { sub(/.*\(/, ""); sub(/\).*/, ""); name = $0 }
		/ \.go_export / { print name }' >"$go_members.$$"
		mv "$go_members.$$" "$go_members"
	}
	go_jobs=${GO_JOBS:-$(nproc 2>/dev/null || echo 2)}
}

go_crt() { echo "$builddir/runtime/boot/gort_crt.o"; }
go_face() { echo "$builddir/runtime/gccgo/gort_go.o"; }

go_compile() {
	go_out=$1
	shift
	"$GCCGO" -c -o "$go_out" "$@"
}

# What gortctl build wraps: client/build_go.c.
go_wraps=
for go_f in getaddrinfo getnameinfo getpwnam_r getpwuid_r getgrnam_r \
	getgrgid_r getgrouplist; do
	go_wraps="$go_wraps -Wl,--wrap=$go_f"
done

# go_fragment OBJ…: for the linker, where Go's text goes. Objects of gccgo are
# told from those of C by their split stacks.
go_fragment() {
	printf 'SECTIONS {\n.text.go : {\n__start_gort_gotext = .;\n'
	for go_obj; do
		case $go_obj in *.o) ;; *) continue ;; esac
		! readelf -SW "$go_obj" | grep -q GNU-split-stack ||
			printf '"%s"(.text .text.*)\n' "$go_obj"
	done
	sed 's,.*,"*/libgo.a:&"(.text .text.*),' "$go_members"
	printf '__stop_gort_gotext = .;\n}\n}\nINSERT BEFORE .text;\n'
}

# What gortctl build does with an object, but for the initialisers' times.
go_link() {
	go_rt=$1 go_out=$2
	shift 2
	case $go_rt in
	gort)
		go_fragment "$@" >"$go_out.ld"
		# shellcheck disable=SC2086
		"$GCCGO" -static-libgo -no-pie -o "$go_out" "$@" \
			"$(go_face)" "$(go_crt)" -pthread \
			-Wl,-z,now -Wl,-e,_rt0_amd64_linux $go_wraps \
			-Xlinker -T -Xlinker "$go_out.ld" &&
			rm -f "$go_out.ld"
		;;
	libgo) "$GCCGO" -o "$go_out" "$@" ;;
	*)
		echo "go_link: no such runtime: $go_rt"
		return 1
		;;
	esac
}

go_run() {
	go_limit=$1 go_out=$2
	shift 2
	timeout -k 5 "$go_limit" "$@" >"$go_out" 2>&1 </dev/null
	go_code=$?
}

go_match() {
	awk -v want="$1" -v code="$3" -f "$srcdir/tests/go/match.awk" "$2"
}
