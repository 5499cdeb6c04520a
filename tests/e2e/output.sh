#!/bin/sh
# output.sh - a program's output in the foreground: exact, at once, fast, and
# at the pace of its reader; in the background: never in the program's way.
. "${srcdir:=.}/tests/e2e/lib.sh"

e2e_begin output
gortd_start

now_ms() { date +%s%3N; }
rss_kib() { sed -n 's/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$1/status"; }

# A sanitizer makes every byte some ten times dearer: the same paths, less of it.
million=1000000 flood=3000000
[ -z "${GORT_SANITIZED:-}" ] || million=100000 flood=50000

# bytes are exact: text, no text, both streams, and with a reader behind a pipe
want=$(seq $million | md5sum)
t0=$(now_ms)
check_eq "$million lines" "$(ctl run seq $million | md5sum)" "$want"
t1=$(now_ms)
head -c 5000000 /dev/urandom >"$dir/bytes"
ctl run cat "$dir/bytes" >"$dir/got"
check "bytes that are no text" cmp "$dir/bytes" "$dir/got"
ctl run sh -c 'cat "$0"; cat "$0" >&2' "$dir/bytes" >"$dir/o" 2>"$dir/e"
check "standard output beside standard error" cmp "$dir/bytes" "$dir/o"
check "standard error beside standard output" cmp "$dir/bytes" "$dir/e"
t2=$(now_ms)
check_eq "much without lines" "$(ctl run head -c ${million}00 /dev/zero | wc -c)" \
	${million}00
t3=$(now_ms)
echo "output: $million lines in $((t1 - t0)) ms," \
	"${million}00 bytes in $((t3 - t2)) ms"

# a prompt has no newline and is seen at once
mkfifo "$dir/in"
ctl run sh -c 'printf "name? "; read n; echo "hello $n"' <"$dir/in" \
	>"$dir/talk" &
run=$!
exec 5>"$dir/in"
until_ok "the prompt is seen" grep -q 'name? ' "$dir/talk"
echo gort >&5
exec 5>&-
wait $run
check_eq "the talk" "$(cat "$dir/talk")" "name? hello gort"

# a reader that does not read: the program waits, nothing grows
mkfifo "$dir/slow"
ctl run --name slow sh -c 'seq "$1"; echo done >"$0"' "$dir/flag" $((2 * million)) \
	>"$dir/slow" &
run=$!
exec 6<"$dir/slow"
until_ok "the slow one runs" sh -c "'$GORTCTL' ps | grep -q slow"
rec=$(role_pid recorder)
before=$(rss_kib "$rec")
slow=$(field slow pid) # a shell, whose child writes
writer_waits() {
	writer=$(cat "/proc/$slow/task/$slow/children")
	asleep "${writer%% *}"
}
until_ok "the program waits for its reader" writer_waits
check "and is not done" [ ! -e "$dir/flag" ]
check_eq "others are served meanwhile" "$(ctl run echo other)" other
check "the recorder does not grow" [ $(($(rss_kib "$rec") - before)) -lt 8000 ]
check_eq "it is all there" "$(md5sum <&6)" "$(seq $((2 * million)) | md5sum)"
exec 6<&-
wait $run

# in the background nobody reads, and the program does not wait
ctl run -d --name loud sh -c 'seq "$0"; seq "$0" >&2' $flood >/dev/null
until_ok "a loud program ends" sh -c "'$GORTCTL' wait loud"
loud=$(ctl inspect loud -o json | sed -n 's/.*"id": *"\([0-9a-f]*\)".*/\1/p' |
	head -1)
check_eq "every line is in the history or in the ledger" "$(ctl query -o json \
	"SELECT (SELECT count(*) FROM v_log WHERE instance='$loud') +
	(SELECT coalesce(sum(count), 0) FROM v_loss WHERE instance='$loud') AS n" |
	tr -dc '0-9\n' | grep -m1 $((2 * flood)))" $((2 * flood))

# the recorder is killed in the middle: the output goes on
ctl run sh -c 'for i in 1 2 3 4 5 6 7 8 9 10; do seq 1000; sleep 0.05; done' \
	>"$dir/cut" &
run=$!
until_ok "its first line" grep -q 1000 "$dir/cut"
kill -9 "$(role_pid recorder)"
wait $run
check_eq "its code" $? 0
check_eq "output over a recorder's death" "$(md5sum <"$dir/cut")" \
	"$(for i in 1 2 3 4 5 6 7 8 9 10; do seq 1000; done | md5sum)"

# the supervisor is killed in the middle: the output does not notice
: >"$dir/cut"
ctl run sh -c 'for i in 1 2 3 4 5 6 7 8 9 10; do seq 1000; sleep 0.05; done' \
	>"$dir/cut" &
run=$!
until_ok "its first line" grep -q 1000 "$dir/cut"
kill -9 "$(role_pid supervisor)"
wait $run
check_eq "its code" $? 0
check_eq "output over a supervisor's death" "$(wc -l <"$dir/cut")" 10000

# short ones that are forgotten at their end: each is answered, nothing leaks
fds() { for r in keeper supervisor recorder gateway; do
	find "/proc/$(role_pid $r)/fd" -type l | wc -l; done | tr '\n' ' '; }
fds_are() { [ "$(fds)" = "$1" ]; }
ctl run --rm true
before=$(fds)
bad=0 n=0
while [ $n -lt 100 ]; do
	n=$((n + 1))
	[ "$(ctl run --rm echo $n 2>&1)" = $n ] || bad=$((bad + 1))
done
check_eq "a hundred short runs: failures" $bad 0
until_ok "descriptors of the four after a hundred runs" fds_are "$before"

e2e_end
