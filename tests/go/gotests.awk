# gotests.awk - which files of Go's test folder are to be run, and how.
#
# A file begins with an optional build constraint and the recipe, a comment such
# as "// run ARG…". Prints "NAME KIND ARG…" for those that are to be run and
# whose constraints hold for linux, amd64, gccgo and Go up to 1.18. Flags of the
# go command in the recipe are dropped, those that change what is tested
# (the race detector, experiments) drop the file.

function truth(word) {
	return word ~ /^(linux|amd64|unix|gccgo|cgo|go1[.]([0-9]|1[0-8]))$/
}

# "linux,!cgo foo" of the old kind: spaces are or, commas are and
function old_holds(expr,    or_terms, and_terms, i, j, n, m, ok, w) {
	n = split(expr, or_terms, /[ \t]+/)
	for (i = 1; i <= n; i++) {
		ok = 1
		m = split(or_terms[i], and_terms, ",")
		for (j = 1; j <= m; j++) {
			w = and_terms[j]
			if (w ~ /^!/ ? truth(substr(w, 2)) : !truth(w))
				ok = 0
		}
		if (ok)
			return 1
	}
	return n == 0
}

# The new kind, by substitution until a single digit is left
function new_holds(e,    w, before) {
	gsub(/[ \t]/, "", e)
	while (match(e, /[A-Za-z_][A-Za-z0-9_.]*/)) {
		w = substr(e, RSTART, RLENGTH)
		e = substr(e, 1, RSTART - 1) truth(w) substr(e, RSTART + RLENGTH)
	}
	do {
		before = e
		gsub(/!0/, "T", e)
		gsub(/!1/, "0", e)
		gsub(/T/, "1", e)
		gsub(/[(]0[)]/, "0", e)
		gsub(/[(]1[)]/, "1", e)
		if (sub(/1&&1/, "1", e) || sub(/0&&[01]|1&&0/, "0", e))
			continue
		if (e !~ /&&/ || e ~ /[(]/)
			sub(/1[|][|][01]|0[|][|]1/, "1", e) || sub(/0[|][|]0/, "0", e)
	} while (e != before)
	return e == "1"
}

function finish(    i, n, word, out) {
	if (name == "" || !holds)
		return
	n = split(recipe, word, /[ \t]+/)
	out = ""
	for (i = 2; i <= n; i++) {
		if (word[i] ~ /^-(race|goexperiment|gcflags=.*checkptr|msan|asan)/)
			return
		if (word[i] !~ /^-/ || out != "")
			out = out " " word[i]
		else if (word[i] == "-goexperiment" || word[i] == "-gcflags")
			i++
	}
	if (word[1] ~ /^(run|rundir|runoutput|errorcheckandrundir)$/)
		print name " " word[1] out
}

FNR == 1 {
	finish()
	name = FILENAME
	recipe = ""
	holds = 1
	head = 1
	lines = 0
}
!head { next }
/^\/\/go:build / { if (!new_holds(substr($0, 12))) holds = 0; next }
/^\/\/ ?[+]build / {
	sub(/^\/\/ ?[+]build[ \t]+/, "")
	if (!old_holds($0))
		holds = 0
	next
}
/^package / { head = 0; next }
recipe == "" && /^\/\// && lines < 1 {
	recipe = $0
	sub(/^\/\/[ \t]*/, "", recipe)
	sub(/[ \t\r]+$/, "", recipe)
	lines++
}
END { finish() }
