#!/bin/sh
# insns.sh - how many instructions an operation of cbench executes.
#
#	bench/insns.sh [-w] [CASE…]
#
# Time on a busy machine says little; the count of instructions (callgrind) is
# the same on any, and a change that adds ten to a path shows where its time
# would drown in noise. Each case runs twice, the second time with twice the
# work, so that the program's start and end cancel out. Cases on one P only:
# with more, threads that look for work add what they like.
#
# Prints `insns.NAME count instructions`, and on stderr what differs by more
# than 4 % from bench/insns.table, which -w writes anew. The table belongs to
# the compiler and the flags it names.
#
# No alarms: callgrind does not survive their signals. Time slices, which sysmon
# ends, let two runs differ by 2 %.
#
# What it does not see: locked instructions (some 20 cycles each), branches
# guessed wrong, misses. With one P the channel's lock is a load and a store.
#
# A case added to cbench's table and to the list below is one more row.
set -eu
: "${srcdir:=$(cd "$(dirname "$0")/.." && pwd)}"
: "${builddir:=$(pwd)}"
table=$srcdir/bench/insns.table
cases="spawn1 yield1 pingpong1 buffered1 select4_1 mutex8_1 timer.startstop1"
write=
if [ "${1:-}" = -w ]; then
	write=yes
	shift
fi
[ $# -eq 0 ] || cases=$*
command -v valgrind >/dev/null || {
	echo "insns.sh: no valgrind: instructions are not counted" >&2
	exit 77
}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# refs SCALE CASE: instructions of a whole run, the least of three: a thread that
# looks for work at the start adds up to a quarter, one time in five
refs() {
	for _ in 1 2 3; do
		GODEBUG=asyncpreemptoff=1 valgrind --tool=callgrind \
			--callgrind-out-file=/dev/null \
			"$builddir/bench/cbench" -n "$1" "$2" 2>&1 >/dev/null |
			sed -n 's/,//g; s/.*Collected : \([0-9]*\)$/\1/p'
	done | sort -n | sed q
}

# ops SCALE CASE: operations of a whole run
ops() { "$builddir/bench/cbench" -n "$1" -l "$2" | cut -d' ' -f2; }

for c in $cases; do
	a=$(refs 0.01 "$c")
	b=$(refs 0.02 "$c")
	[ -n "$a" ] && [ -n "$b" ] || {
		echo "insns.sh: $c does not run under valgrind" >&2
		exit 1
	}
	n=$(($(ops 0.02 "$c") - $(ops 0.01 "$c")))
	echo "insns.$c $(((b - a + n / 2) / n)) instructions"
done | tee "$tmp/now"

if [ -n "$write" ]; then
	{
		echo "# instructions an operation: bench/insns.sh -w"
		echo "# $("${CC:-gcc}" --version | sed q), -g -O2"
		cat "$tmp/now"
	} >"$table"
	exit
fi
[ -f "$table" ] || exit 0
awk 'NR == FNR { if ($1 !~ /^#/) was[$1] = $2; next }
	($1 in was) && ($2 > was[$1] * 1.04 || $2 < was[$1] * 0.96) {
		printf "insns.sh: %s: %d, the table has %d\n", $1, $2, was[$1] }' \
	"$table" "$tmp/now" >&2
