#!/bin/sh
# spawnfaults.sh - the supervisor is killed between any two steps of a spawn,
# and of an end: the client gets its answer, the program runs once, its output
# and its exit code are known, and nothing is left over.
. "${srcdir:=.}/tests/e2e/lib.sh"

e2e_begin spawnfaults
cat >"$dir/prog" <<END
#!/bin/sh
echo \$\$ >>"$dir/starts"
echo "a word"
while [ ! -e "$dir/end" ]; do sleep 0.02; done
echo "last word" >&2
exit 42
END
chmod +x "$dir/prog"

fds() { find "/proc/$gortd_pid/fd" -type l 2>/dev/null | wc -l; }
fds_are() { [ "$(fds)" -le "$1" ]; }
children() { cat "/proc/$gortd_pid/task/$gortd_pid/children" | wc -w; }
one() { ctl query -o json "$1" | tr -dc '0-9a-z_,\n'; }
cell() { ctl query "$1" | tail -1 | tr -d ' '; }

for point in accepted made held attached cloned child go started ended \
	drained; do
	rm -rf "$dir/state" "$dir/gort.db"* "$dir/starts" "$dir/end"
	GORTD_FAULT=$point:$dir/flag
	export GORTD_FAULT
	gortd_start
	ctl run -d --rm --name warm true >/dev/null
	until_ok "$point: the first is gone" sh -c "! '$GORTCTL' ps -aq | grep ."
	before=$(fds)
	: >"$dir/flag"
	check "$point: run is answered" ctl run -d --name f "$dir/prog"
	until_ok "$point: it began" test -s "$dir/starts"
	: >"$dir/end"
	ctl wait f
	check_eq "$point: its code" $? 42
	until_ok "$point: the fault was met" test ! -e "$dir/flag"
	check_eq "$point: starts" "$(wc -l <"$dir/starts")" 1
	check_eq "$point: its output" \
		"$(ctl logs f 2>&1 | sort | tr '\n' ' ')" "a word last word "
	check_eq "$point: supervisors" "$(ctl status |
		awk '$1 == "supervisor" { print $4 }')" 1
	check_eq "$point: instances" "$(ctl ps -aq | wc -l)" 1
	until_ok "$point: its row" sh -c "'$GORTCTL' query 'SELECT exit_code
		FROM v_run WHERE exit_code = 42' | grep -q 42"
	check_eq "$point: runs of it" "$(cell "SELECT count(*) FROM v_run
		JOIN v_instance ON id = instance WHERE name = 'f'")" 1
	check_eq "$point: when it began is known" "$(cell "SELECT count(*) FROM
		v_run WHERE exit_code = 42 AND started_ns > 0 AND
		ended_ns >= started_ns")" 1
	ctl rm f >/dev/null
	until_ok "$point: the keeper holds no more than before" fds_are "$before"
	check_eq "$point: the keeper's children" "$(children)" 3
	gortd_stop
	check_eq "$point: gortd's own code" "$gortd_code" 0
done

e2e_end
