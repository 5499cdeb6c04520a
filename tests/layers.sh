#!/bin/sh
# layers.sh - the include tables of docs/house.md, checked.
#
# Every `#include` of the tree is held against what its folder may see. Folders
# first, then the rooms of runtime/. One line for each breach; 1 if there is any.
set -u
cd "${srcdir:-$(dirname "$0")/..}" || exit 1

bad=0
breach() { echo "$1: $2"; bad=1; }

# includes FILES… : "file:header" pairs, angle or quote
includes() {
	grep -nHE '^[[:space:]]*#[[:space:]]*include' "$@" /dev/null |
		sed -E 's/^([^:]+):[0-9]+:[^<"]*[<"]([^>"]+)[>"].*/\1 \2/'
}

foreign() { # which chosen part a header belongs to, "" for libc and kernel
	case $1 in
	event.h|event2/*|evhttp.h) echo libevent ;;
	jansson.h) echo jansson ;;
	sqlite3.h) echo sqlite3 ;;
	systemd/sd-*) echo libsystemd ;;
	libelf.h|gelf.h|dwarf.h|elfutils/*) echo elfutils ;;
	check.h) echo check ;;
	*) echo ;;
	esac
}

folder_check() { # file header
	top=${1%%/*}
	part=$(foreign "$2")
	case $2 in
	runtime/*|ipc/*|store/*|daemon/*|client/*|systemd/*) to=${2%%/*} ;;
	gort.h|runtime2.h) to=runtime ;;
	*) to= ;;
	esac
	case $top:$part in
	runtime:|ipc:|store:|daemon:|client:|systemd:) ;;
	ipc:libevent) [ "${1#ipc/event.}" != "$1" ] ||
		breach "$1" "only ipc/event.c speaks libevent" ;;
	ipc:jansson) [ "${1#ipc/rpc.}" != "$1" ] ||
		breach "$1" "only ipc/rpc.c speaks jansson" ;;
	store:sqlite3|daemon:libevent|daemon:jansson|client:jansson) ;;
	client:elfutils|daemon:elfutils|systemd:libsystemd) ;;
	runtime:elfutils) [ "${1#runtime/fault/}" != "$1" ] ||
		breach "$1" "only fault/ reads DWARF" ;;
	*) breach "$1" "$top/ may not include $part ($2)" ;;
	esac
	[ -z "$to" ] || [ "$to" = "$top" ] && return
	case $top:$to in
	runtime:ipc) case $2 in
		ipc/ring.h|ipc/frame.h|ipc/ctl.h|ipc/note.h|ipc/channel.h) ;;
		*) breach "$1" "runtime/ sees only the libc part of ipc/" ;;
		esac
		case $1 in runtime/diag/*|runtime/boot/note.*) ;;
		*) breach "$1" "only diag/ (and the ELF note) include ipc/" ;; esac ;;
	store:ipc) [ "$2" = ipc/ring.h ] || breach "$1" "store/ sees ipc/ring.h" ;;
	daemon:ipc|daemon:store|daemon:systemd|client:ipc) ;;
	*) breach "$1" "$top/ may not include $to/ ($2)" ;;
	esac
}

# rooms of runtime/: a room sees itself, the ground, and what stands below it
rank() {
	case $1 in
	lock|os|arch) echo 0 ;;
	sched|mem|gc|types) echo 1 ;;
	chan|poll|fault|diag|boot) echo 2 ;;
	capi|gccgo) echo 3 ;;
	*) echo - ;;
	esac
}

room_check() { # file header
	from=${1#runtime/}
	from=${from%%/*}
	case $2 in */*) to=${2%%/*} ;; *) return ;; esac
	a=$(rank "$from") b=$(rank "$to")
	[ "$a" = - ] || [ "$b" = - ] && return
	# The core calls up for four things only, by header: last words, boot
	# stamps and debug variables, telemetry, channels of signals and polls.
	[ "$b" -le "$a" ] && return
	case $2 in
	fault/fault.h|diag/diag.h|boot/boot.h|boot/bootlog.h|boot/mainfn.h|boot/sections.h|poll/netpoll.h|chan/chan.h|sched/*.h|mem/malloc.h|gc/gc.h|types/type.h) ;;
	*) breach "$1" "$from/ looks up into $2" ;;
	esac
	case $to in capi|gccgo) breach "$1" "nothing below knows $to/" ;; esac
}

list=$(find runtime ipc store daemon client systemd -name '*.[chS]' 2>/dev/null)
pairs=$(includes $list)
while read -r f h; do
	[ -n "$f" ] || continue
	folder_check "$f" "$h"
	case $f in runtime/*) room_check "$f" "$h" ;; esac
done <<EOF
$pairs
EOF

# Chance and time have one door (sched/oracle.c); libc's others stay outside.
door=$(grep -nE '\b(clock_gettime|gettimeofday|random|rand|getrandom|time)\(' \
	$(find runtime -name '*.c' ! -name 'oracle.c') 2>/dev/null |
	grep -vE '^[^:]*:[0-9]+:[[:space:]]*(\*|//|/\*)' |
	grep -vE '"[^"]*(time|rand)[a-z]*\(' | grep -E '\b(clock_gettime|gettimeofday|getrandom|random|rand)\(')
if [ -n "$door" ]; then
	echo "a clock or a random number beside sched/oracle.c:"
	echo "$door"
	bad=1
fi
# Only the g accessor may touch thread-local storage (one variable).
tls=$(grep -nE '\b__thread\b|_Thread_local' \
	$(find runtime -name '*.c' -o -name '*.h' -path 'runtime/*') 2>/dev/null |
	grep -vE ':[0-9]+:[[:space:]]*(\*|//|/\*)' |
	grep -vE '`__thread|rt_tls_g')
if [ -n "$tls" ]; then
	echo "thread-local storage beside rt_tls_g:"
	echo "$tls"
	bad=1
fi
[ $bad = 0 ] && echo "layers: clean"
exit $bad
