#!/bin/sh
# programs.sh - programs that can't be started, die early, die in every way,
# flood, or will not end: each is reported as what it is, and harms nobody.
. "${srcdir:-$(dirname "$0")/../..}/tests/e2e/lib.sh"
e2e_begin programs
gortd_start
kv=$EXAMPLES/kv crash=$EXAMPLES/crash

code_of() { # CODE WORDS COMMAND...: what it leaves with, and one line of why
	want=$1 words=$2
	shift 2
	"$@" >"$dir/out" 2>&1 </dev/null
	check_eq "code of $*" $? "$want"
	[ -z "$words" ] || check "$* says $words" grep -q -- "$words" "$dir/out"
}
one_line() { check_eq "one line of $1" "$(wc -l <"$dir/out")" 1; }

# ---- what can't be started ----
echo hello >"$dir/text"
mkdir "$dir/folder"
: >"$dir/empty"
head -c 3000 "$crash" >"$dir/cut"
head -c 40 "$crash" >"$dir/cut40"
cp "$crash" "$dir/arch"
printf '\267\000' | dd of="$dir/arch" bs=1 seek=18 conv=notrunc 2>/dev/null
ln -s loop "$dir/loop"
chmod +x "$dir/text" "$dir/empty" "$dir/cut" "$dir/cut40" "$dir/arch"
cp "$dir/text" "$dir/plain"
chmod -x "$dir/plain"
for try in "127 missing" "127 no/such" "126 plain" "126 folder" "126 text" \
	"126 empty" "126 cut40" "126 arch" "126 loop" "127 text/x" \
	"126 cut"; do
	what=${try#* }
	code_of "${try%% *}" "$what" ctl run "$dir/$what"
	one_line "$what"
done
code_of 126 "truncated: its segments need" ctl run "$dir/cut"
check_eq "nothing is left of them" "$(ctl ps -a -q | wc -l)" 0
code_of 127 nosuchcommand ctl run nosuchcommand
code_of 2 "" ctl run
code_of 2 "" ctl run --no-such-option x
code_of 2 "" ctl nosuchcommand
code_of 2 "" ctl run --restart sometimes /bin/true
code_of 2 "" ctl run --gogc x /bin/true
code_of 2 "" ctl run -e =x /bin/true
code_of 125 "memlimit" ctl run --memlimit 10MB /bin/true
code_of 125 "name" ctl run --name UPPER /bin/true
code_of 2 "folder" ctl run -w "$dir/nofolder" /bin/true
code_of 3 "$dir/none" ctl --socket "$dir/none" ps
code_of 125 "$dir/none" ctl --socket "$dir/none" run /bin/true

# ---- ids, names, prefixes, runs ----
a=$(ctl run -d --name twin-a sleep 1000)
ctl run -d --name twin-b sleep 1000 >/dev/null
code_of 125 "already" ctl run --name twin-a sleep 1
check_eq "by id" "$(field "$a" name)" twin-a
check_eq "by prefix of the id" "$(field "$(echo "$a" | cut -c1-8)" name)" twin-a
code_of 1 "twin-" ctl inspect twin-
code_of 4 "nobody" ctl inspect nobody
code_of 4 "" ctl logs nobody
code_of 4 "" ctl stop nobody
code_of 4 "" ctl logs twin-a@7
code_of 4 "" ctl boot twin-a@7
code_of 4 "" ctl inspect twin-a@7
for bad in twin-a@ twin-a@x twin-a@0; do
	"$GORTCTL" logs "$bad" >"$dir/out" 2>&1
	check "$bad is refused" [ $? -ne 0 ]
	one_line "$bad"
done
code_of 0 "" ctl kill twin-b
until_ok "twin-b is down" state_is twin-b exited
check_eq "its signal" "$(field twin-b signal)" 9
code_of 137 "" ctl wait twin-b
code_of 0 "" ctl stop twin-b
code_of 0 "" ctl kill -s USR1 twin-a
until_ok "twin-a is down" state_is twin-a exited
code_of 138 "" ctl wait twin-a
code_of 0 "" ctl restart twin-a
until_ok "twin-a has a second run" [ "$(field twin-a run)" = 2 ]
for what in kill stop restart rm; do
	code_of 1 "run 1 of twin-a is over" ctl $what twin-a@1
done
check_eq "and run 2 is not touched" "$(field twin-a state)" running
check_eq "the end of run 1 is known" "$(ctl -o json query "select signal as n from
	v_run r join v_instance i on i.id = r.instance where i.name = 'twin-a'
	and r.run = 1" | tr -cd 0-9)" 10
code_of 0 "" ctl stop -t 1 twin-a
code_of 143 "" ctl wait twin-a
code_of 2 "" ctl kill -s NOSUCH twin-a
code_of 0 "" ctl rm twin-a
code_of 4 "" ctl inspect twin-a

# ---- what reaches the program ----
printf '# a comment\nFROM_FILE=two words\n\nOTHER=3\n' >"$dir/env"
DONT=leak CARRY=over "$GORTCTL" run -e A=1 -e CARRY --env-file "$dir/env" \
	-w "$dir/folder" --gogc 50 --gomaxprocs 1 --memlimit 64MiB \
	--godebug gctrace=1,schedtrace=0 sh -c 'env; pwd; echo "$@"' \
	- -e x -- --name y >"$dir/out"
for line in A=1 CARRY=over 'FROM_FILE=two words' OTHER=3 GOGC=50 GOMAXPROCS=1 \
	GOMEMLIMIT=64MiB GODEBUG=gctrace=1,schedtrace=0 "$dir/folder" \
	'-e x -- --name y'; do
	check "the program sees $line" grep -qx -e "$line" "$dir/out"
done
check "and nothing else" sh -c "! grep -q leak '$dir/out'"
check "no descriptor for a plain one" sh -c "! grep -q GORT_ '$dir/out'"
ctl run -d --name tuned --gomaxprocs 1 --gogc 50 --memlimit 64MiB "$kv" \
	--port 0 >/dev/null
until_ok "tuned runs" sh -c "'$GORTCTL' logs tuned | grep -q 'ready on'"
ctl -o json mem tuned | tr -d ' \n' >"$dir/out"
check "one P" grep -q '"gomaxprocs":1,' "$dir/out"
check "GOGC is 50" grep -q '"gogc_percent":50,' "$dir/out"
check "the limit is 64 MiB" grep -q '"gomemlimit_bytes":67108864,' "$dir/out"
code_of 2 "malformed GOMEMLIMIT" ctl run --name bad-boot -e GOMEMLIMIT=10MB \
	"$kv" --port 0
check "why knows its words" sh -c \
	"'$GORTCTL' why bad-boot | grep -q 'malformed GOMEMLIMIT'"
printf 'in\nput\n' | ctl run cat >"$dir/out"
check_eq "standard input is the caller's" "$(wc -l <"$dir/out")" 2

# ---- each way to die ----
# A wild address may lie in the thread sanitizer's own shadow, and be no fault.
case ${GORT_SANITIZED:-} in *thread*) wild= ;; *) wild=wild ;; esac
for way in panic error int nil $wild divide index deadlock goexit send-closed \
	close-nil close-twice unlock waitgroup fatal; do
	ctl run --name "die-$way" "$crash" "--$way" >/dev/null 2>"$dir/err"
	check_eq "$way: code" $? 2
	check_eq "$way: inspect" "$(field "die-$way" exit_code)" 2
	first=$(grep -E '^(panic|fatal error|runtime: )' "$dir/err" | head -1)
	ctl why "die-$way" >"$dir/out"
	check "$way: why quotes '$first'" grep -qF -- "$first" "$dir/out"
done
for try in "0 recovered" "7 exit" "143 term" "2 quit"; do
	code_of "${try%% *}" "" ctl run --rm "$crash" "--${try#* }"
done
n=0 lost=0
while [ $n -lt 20 ]; do
	"$GORTCTL" run --rm sh -c 'echo x; exit 5' >/dev/null 2>&1
	[ $? = 5 ] || lost=$((lost + 1))
	n=$((n + 1))
done
check_eq "short ones that are removed at once, without their code" $lost 0
code_of 139 "" ctl run --rm sh -c 'kill -SEGV $$'

# ---- floods ----
yes 'a line that is told a hundred thousand times' | head -n 100000 \
	>"$dir/flood"
ctl run --name flood cat "$dir/flood" >"$dir/out"
check_eq "the flood ends well" $? 0
check "in the foreground it is whole" cmp "$dir/flood" "$dir/out"
big=100000000
[ -z "${GORT_SANITIZED:-}" ] || big=10000000 # the same, in bearable time
ctl run -d --name big --logs drop sh -c \
	'yes "0123456789012345678901234567890123456789" | head -c "$0"' $big \
	>/dev/null
ctl run -d --name long --logs drop sh -c \
	'for i in 1 2 3; do head -c 1000000 /dev/zero | tr "\0" x; echo; done;
	 printf "no end"' >/dev/null
ctl run -d --name nuls sh -c 'printf "a\0b\377\n\0\0\n"; printf "tail"' >/dev/null
until_ok "long has ended" state_is long exited
until_ok "nuls has ended" state_is nuls exited
E2E_WAIT=60 until_ok "$big bytes have gone by" state_is big exited
check_eq "and the program was not harmed" "$(field big exit_code)" 0
count() { # SQL: one number
	ctl -o json query "$1" | tr -cd 0-9
}
for i in big long nuls; do check "$i is drained" ctl wait $i; done
kept=$(count "select coalesce(sum(length(cast(line as blob)) + 1), 0) as n
	from v_log l join v_instance i on i.id = l.instance where i.name = 'big'")
dropped=$(count "select coalesce(sum(x.count), 0) as n from v_loss x join
	v_instance i on i.id = x.instance where i.name = 'big'")
lines=$(count "select count(*) as n from v_log l join v_instance i
	on i.id = l.instance where i.name = 'big'")
# The quota refills: a build that is slow enough stays within it.
[ -n "${GORT_SANITIZED:-}" ] ||
	check "a quota was kept ($kept of $big)" [ "$kept" -lt 90000000 ]
partial=$(count "select coalesce(sum(partial), 0) as n from v_log l join
	v_instance i on i.id = l.instance where i.name = 'big'")
want=$((big / 41 + (big % 41 > 0)))
check_eq "no line is missing silently (kept $lines, dropped $dropped, of them partial $partial)" \
	$((lines + dropped)) $want
check "a long line is cut into parts" [ "$(count "select count(*) as n from
	v_log l join v_instance i on i.id = l.instance where i.name = 'long'
	and partial = 1")" -ge 45 ]
check_eq "the longest part" "$(count "select max(length(line)) as n from
	v_log l join v_instance i on i.id = l.instance where i.name = 'long'")" \
	65536
check_eq "NULs and bytes are kept" "$(ctl logs nuls | od -An -c | tr -d ' \n')" \
	'a\0b377\n\0\0\ntail'
ctl -o json logs nuls >"$dir/out"
check "and told in JSON" grep -q '"b64"' "$dir/out"

# ---- odd programs ----
ctl run -d --name closes sh -c 'exec >&- 2>&- <&-; exec sleep 1000' >/dev/null
until_ok "closes runs" state_is closes running
check "closes is stopped" ctl stop -t 2 closes
ctl run --name child sh -c 'sleep 5 & echo started' >"$dir/out"
check_eq "a grandchild that keeps the pipe holds nobody up" \
	"$(cat "$dir/out")" started
ctl run -d --name stubborn sh -c 'trap "" TERM; echo up; while :; do sleep 0.1; done' \
	>/dev/null
until_ok "stubborn is up" sh -c "'$GORTCTL' logs stubborn | grep -q up"
code_of 0 "" ctl stop -t 1 stubborn
check_eq "stubborn was killed" "$(field stubborn signal)" 9
id=$(ctl run -d --rm true)
gone() { ! ctl inspect "$1" >/dev/null 2>&1; }
until_ok "--rm removes it" gone "$id"

# ---- policies ----
ctl run -d --name never false >/dev/null
ctl run -d --name thrice --restart on-failure:2 sh -c 'exit 9' >/dev/null
ctl run -d --name always --restart always true >/dev/null
until_ok "never rests" state_is never exited
until_ok "thrice gives up" state_is thrice exited
check_eq "runs of never" "$(field never run)" 1
check_eq "runs of thrice" "$(field thrice run)" 3
check "why of thrice" sh -c "'$GORTCTL' why thrice | grep -q 'used up'"
code_of 9 "" ctl wait thrice
run_ge() { [ "$(field "$1" run)" -ge "$2" ]; }
until_ok "always comes again" run_ge always 4
check "always is stopped" ctl stop always
# the waits between an end and the next start: 100, 200, 400 ms
gaps=$(ctl -o json query "select (b.started_ns - a.ended_ns) / 1000000 as ms
	from v_run a join v_run b on b.instance = a.instance and b.run = a.run + 1
	join v_instance i on i.id = a.instance where i.name = 'always'
	order by a.run limit 3" | sed 's/[^0-9]//g' | tr '\n' ' ')
set -- $gaps
check "back-off doubles ($gaps)" [ "${1:-0}" -ge 95 -a "${2:-0}" -ge 195 -a \
	"${3:-0}" -ge 395 ]
check "and is in the events" sh -c \
	"'$GORTCTL' events always | grep -q run.started"

# ---- a hundred in a row ----
n=0
while [ $n -lt 50 ]; do
	ctl run -d --name "row-$n" sleep 1000 >/dev/null || break
	n=$((n + 1))
done
check_eq "fifty are up" "$(ctl ps | grep -c ' row-')" 50
n=0
while [ $n -lt 50 ]; do
	ctl kill "row-$n" >/dev/null && ctl wait "row-$n" >/dev/null
	ctl rm "row-$n" >/dev/null
	n=$((n + 1))
done
check_eq "and gone" "$(ctl ps -a | grep -c ' row-')" 0
fds=$(ls "/proc/$gortd_pid/fd" | wc -l)
check "the keeper holds nothing of them ($fds)" [ "$fds" -lt 60 ]
e2e_end
