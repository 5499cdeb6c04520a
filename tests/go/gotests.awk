# gotests.awk - which files of Go's test folder are to be run, and how.
#
# A file begins with an optional build constraint and the recipe, a comment such
# as "// run ARG…". Prints "NAME KIND ARG…" for those that are to be run and
# whose constraints hold for linux, amd64, gccgo and Go up to 1.18. Flags of the
# go command in the recipe are dropped, those that change what is tested
# (the race detector, experiments) drop the file. Runs after constraint.awk.

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
is_constraint($0) { if (!holds_line($0)) holds = 0; next }
/^package / { head = 0; next }
recipe == "" && /^\/\// && lines < 1 {
	recipe = $0
	sub(/^\/\/[ \t]*/, "", recipe)
	sub(/[ \t\r]+$/, "", recipe)
	lines++
}
END { finish() }
