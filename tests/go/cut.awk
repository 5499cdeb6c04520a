# cut.awk - blank the top-level declarations of a Go file that hold given lines.
#
#	awk -v lines="12 40" -f cut.awk FILE
#
# A declaration begins at func, var, const or type in column 0 and ends at its
# own line or at the first "}" or ")" in column 0 after it (gofmt's layout); its
# comment goes with it. A line of an import declaration goes alone. Lines keep
# their numbers.

BEGIN {
	n = split(lines, want, " ")
	for (i = 1; i <= n; i++)
		bad[want[i]] = 1
}

{ text[NR] = $0 }

function blank(from, to,    i) {
	for (i = from; i <= to; i++)
		text[i] = ""
}

function hit(from, to,    i) {
	for (i = from; i <= to; i++)
		if (i in bad)
			return 1
	return 0
}

# Where the declaration that begins at line i ends
function end_of(i,    j, last) {
	last = substr(text[i], length(text[i]), 1)
	if (last != "{" && last != "(" && last != "," && last != "`" && \
	    !(last == "=" || text[i] ~ /[-+*\/|&]$/))
		return i
	for (j = i + 1; j <= NR; j++)
		if (text[j] ~ /^[})]/ && text[j] !~ /[{(]$/)
			return j
	return NR
}

END {
	for (i = 1; i <= NR; i++) {
		if (text[i] ~ /^import \($/) {
			for (; i <= NR && text[i] !~ /^\)/; i++)
				if (i in bad)
					text[i] = ""
		} else if (text[i] ~ /^import /) {
			if (i in bad)
				text[i] = ""
		} else if (text[i] ~ /^(func|var|const|type) /) {
			to = end_of(i)
			if (hit(i, to)) {
				for (j = i - 1; text[j] ~ /^\/\//; j--)
					text[j] = ""
				blank(i, to)
			}
			i = to
		}
	}
	for (i = 1; i <= NR; i++)
		print text[i]
}
