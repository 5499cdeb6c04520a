#!/bin/sh
# adopt.sh - kill -9 of each role: the instances live on, nothing is started
# twice, and an end that falls into the gap is known. Then what a start can
# fail by, and the restart policies.
. "${srcdir:-.}/tests/e2e/lib.sh"
e2e_begin adopt
gortd_start

replaced() { # ROLE OLDPID
	new=$(role_pid "$1")
	[ -n "$new" ] && [ "$new" != "$2" ]
}
run_is() { [ "$(field "$1" run)" = "$2" ]; }

# a program that says each of its starts
cat >"$dir/prog" <<END
#!/bin/sh
echo "\$1" >>"$dir/starts"
exec sleep 1000
END
chmod +x "$dir/prog"

ctl run -d --name live "$dir/prog" live >/dev/null
until_ok "it runs" state_is live running
until_ok "it has begun" test -s "$dir/starts"
pid=$(field live pid)

for role in supervisor recorder gateway supervisor; do
	old=$(role_pid $role)
	check "$role has a pid" test -n "$old"
	kill -9 "$old"
	until_ok "$role is replaced" replaced $role "$old"
	check_eq "same pid after $role" "$(field live pid)" "$pid"
	check_eq "still running after $role" "$(field live state)" running
	check "the process is there" kill -0 "$pid"
done
check_eq "started once" "$(grep -c live "$dir/starts")" 1

# all three at once
for role in supervisor recorder gateway; do kill -9 "$(role_pid $role)"; done
until_ok "gortd answers again" ctl ps
check_eq "same pid after all" "$(field live pid)" "$pid"

# an end while no supervisor is there to see it
mkfifo "$dir/go"
ctl run -d --name gap sh -c "read x <'$dir/go'; exit 42" >/dev/null
until_ok "gap runs" state_is gap running
old=$(role_pid supervisor)
gap=$(field gap pid)
kill -STOP "$old"
echo >"$dir/go"
gone() { ! kill -0 "$1" 2>/dev/null; }
until_ok "gap has ended" gone "$gap"
kill -9 "$old"
until_ok "gortd answers after the gap" ctl ps
ctl wait gap
check_eq "the exit code of the gap" $? 42

# what is printed while the recorder is away is not lost
old=$(role_pid recorder)
kill -STOP "$old"
ctl run -d --name words sh -c 'echo one; echo two >&2; exit 3' >/dev/null
kill -9 "$old"
until_ok "recorder is replaced" replaced recorder "$old"
ctl wait words
check_eq "words' code" $? 3
check_eq "words' lines" "$(ctl logs words 2>&1 | sort | tr '\n' ' ')" "one two "

# supervisors die while instances are being started: each starts, and once
(
	for k in 1 2 3 4 5; do
		p=$(role_pid supervisor)
		[ -n "$p" ] && kill -9 "$p"
		sleep "0.$k"
	done
) 2>/dev/null &
killer=$!
n=0
while [ $n -lt 25 ]; do
	n=$((n + 1))
	check "start $n between deaths" ctl run -d --name "c$n" "$dir/prog" "c$n"
done
wait $killer
all_began() { [ "$(grep -c '^c' "$dir/starts")" -ge 25 ]; }
until_ok "all have begun" all_began
check_eq "none began twice" "$(sort "$dir/starts" | uniq -d)" ""
n=0
while [ $n -lt 25 ]; do n=$((n + 1)); ctl kill "c$n" >/dev/null 2>&1; done

# starts that fail: one sentence, the shell's code, and nothing left behind
fails() { # WHAT CODE PROGRAM...
	what=$1 want=$2
	shift 2
	ctl run --name nope "$@" >"$dir/out" 2>&1
	check_eq "$what: code" $? "$want"
	check_eq "$what: one line" "$(wc -l <"$dir/out")" 1
}
echo hello >"$dir/text"
printf '#!/no/such/thing\n' >"$dir/interp"
chmod +x "$dir/interp"
fails "missing" 127 "$dir/missing"
fails "not executable" 126 "$dir/text"
fails "a directory" 126 "$dir"
fails "no interpreter" 127 "$dir/interp"
chmod +x "$dir/text"
fails "no format" 126 "$dir/text"
check "nothing is left of them" sh -c "! '$GORTCTL' inspect nope"

# restart policies
ctl run -d --name thrice --restart on-failure:2 false >/dev/null
until_ok "thrice gives up" state_is thrice exited
check_eq "runs of on-failure:2" "$(field thrice run)" 3
ctl run -d --name good --restart on-failure true >/dev/null
until_ok "good rests" state_is good exited
check_eq "runs of a good one" "$(field good run)" 1
ctl run -d --name again --restart always true >/dev/null
until_ok "again is run anew" run_is again 3
check "stop ends it" ctl stop again
check_eq "it rests" "$(field again state)" exited
check "stopping it twice is fine" ctl stop again

# a foreign kill obeys the policy, ours does not
ctl run -d --name phoenix --restart always "$dir/prog" phoenix >/dev/null
until_ok "phoenix runs" state_is phoenix running
kill -9 "$(field phoenix pid)"
until_ok "phoenix rises" run_is phoenix 2
until_ok "phoenix runs again" state_is phoenix running
check "kill" ctl kill phoenix
until_ok "phoenix rests" state_is phoenix exited
check_eq "no third run" "$(field phoenix run)" 2

# one that does not listen is killed after its time
ctl run -d --name deaf sh -c 'trap "" TERM; while :; do sleep 0.1; done' >/dev/null
until_ok "deaf runs" state_is deaf running
check "stop of a deaf one" ctl stop -t 1 deaf
check_eq "why" "$(ctl why deaf | grep -c 'was killed')" 1

# a new gortd: `always` comes back, the rest does not
ctl run -d --name eternal --restart always "$dir/prog" eternal >/dev/null
until_ok "eternal runs" state_is eternal running
gortd_stop
check_eq "gortd left with 0" "$gortd_code" 0
check "live was stopped" gone "$pid"
gortd_start
until_ok "eternal is back" state_is eternal running
check_eq "live is not" "$(field live state)" exited

# all of gortd is killed and nothing keeps its descriptors: what goes on is
# left alone, and not started a second time beside itself
pid=$(field eternal pid)
e2e_pids="$e2e_pids $pid"
old=$(wc -l <"$dir/starts")
for role in keeper supervisor recorder gateway; do
	[ $role = keeper ] || victims="${victims:-} $(role_pid $role)"
done
# shellcheck disable=SC2086
kill -9 "$gortd_pid" $victims
wait "$gortd_pid" 2>/dev/null
gortd_pid=
check "eternal goes on" kill -0 "$pid"
gortd_start
check_eq "it is left alone" "$(ctl why eternal | grep -c 'left alone')" 1
check_eq "and no second one started" "$(field eternal state) $(wc -l \
	<"$dir/starts")" "exited $old"
gortd_stop
gortd_start
check_eq "nor by the next gortd" "$(field eternal state) $(wc -l \
	<"$dir/starts")" "exited $old"
kill -9 "$pid"
until_ok "eternal is gone" gone "$pid"
gortd_stop
gortd_start
until_ok "then it comes up again" state_is eternal running

# a second gortd on the same socket: one sentence, exit 1
"$GORTD" --foreground --socket "$GORTD_SOCKET" --http off \
	--db "$dir/other.db" --state-dir "$dir/other" 2>"$dir/out"
check_eq "second gortd" $? 1
check_eq "its sentence" "$(grep -c 'already uses' "$dir/out")" 1
echo '{"nope": 1}' >"$dir/bad.conf"
"$GORTD" --foreground -f "$dir/bad.conf" 2>"$dir/out"
check_eq "bad configuration" $? 2
check_eq "names the key" "$(grep -c 'bad.conf:1: nope: unknown key' "$dir/out")" 1
e2e_end
