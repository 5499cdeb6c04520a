# constraint.awk - Go's build constraints, for linux, amd64 and gccgo-12.
#
# holds_line(line): whether what a "//go:build" or "// +build" line asks for is so.

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

function is_constraint(line) {
	return line ~ /^\/\/go:build |^\/\/ ?[+]build[ \t]/
}

function holds_line(line) {
	if (sub(/^\/\/go:build /, "", line))
		return new_holds(line)
	sub(/^\/\/ ?[+]build[ \t]+/, "", line)
	return old_holds(line)
}

# Does a file's name, with _GOOS and _GOARCH at its end, suit?
function name_holds(name,    part, n, i) {
	sub(/.*\//, "", name)
	sub(/[.]go$/, "", name)
	sub(/_test$/, "", name)
	n = split(name, part, "_")
	for (i = n; i > 1 && i > n - 2; i--)
		if (part[i] ~ known_os_arch && !truth(part[i]))
			return 0
	return 1
}

BEGIN {
	known_os_arch = "^(aix|android|darwin|dragonfly|freebsd|illumos|ios|" \
	    "js|linux|netbsd|openbsd|plan9|solaris|windows|386|amd64|arm|" \
	    "arm64|loong64|mips|mips64|mips64le|mipsle|ppc64|ppc64le|" \
	    "riscv64|s390x|wasm)$"
}
