# match.awk - compare a program's output and exit code with what is wanted.
#
#	awk -v want=FILE -v code=N -f match.awk OUTPUT
#
# Each line of FILE stands for one line of the output, letter by letter, but:
#
#	{{RE}}          inside a line: an extended regular expression
#	...             alone on a line: any number of lines, or none
#	exit status N   as the last line: the exit code (0 where it is missing)
#
# No FILE: no output, exit code 0. The first difference is printed; exit 1.

function quote(s,    r, i, c) {
	r = ""
	for (i = 1; i <= length(s); i++) {
		c = substr(s, i, 1)
		if (c == "\\" || c == "^")
			r = r "\\" c
		else if (c ~ /[].[$*+?(){}|]/)
			r = r "[" c "]"
		else
			r = r c
	}
	return r
}

function pattern(s,    r, at) {
	r = ""
	while ((at = index(s, "{{")) > 0) {
		r = r quote(substr(s, 1, at - 1))
		s = substr(s, at + 2)
		at = index(s, "}}")
		r = r "(" substr(s, 1, at - 1) ")"
		s = substr(s, at + 2)
	}
	return "^" r quote(s) "$"
}

# Do wanted lines i.. match output lines j..? Remembers how far it came.
function match_from(i, j) {
	for (; i <= n; i++) {
		if (w[i] == "...") {
			for (; j <= NR + 1; j++)
				if (match_from(i + 1, j))
					return 1
			return 0
		}
		if (j > far) {
			far = j
			far_want = w[i]
		}
		if (j > NR || !(line[j] == w[i] || \
		    (index(w[i], "{{") && line[j] ~ pattern(w[i]))))
			return 0
		j++
	}
	if (j > far) {
		far = j
		far_want = "(the end)"
	}
	return j == NR + 1
}

{ line[NR] = $0 }

END {
	n = 0
	while ((getline s < want) > 0)
		w[++n] = s
	status = 0
	if (n > 0 && w[n] ~ /^exit status [0-9]+$/) {
		status = substr(w[n], 13) + 0
		n--
	}
	far = 0
	far_want = "(the end)"
	if (!match_from(1, 1)) {
		print "line " far ": " (far > NR ? "(the end)" : line[far])
		print "wanted: " far_want
		exit 1
	}
	if (code + 0 != status) {
		print "exit status " code ", wanted " status
		exit 1
	}
}
