# median.awk - from `name value …` lines, in any order, `name median` for each
# name, in the order in which names first came.
{
	if (!($1 in n))
		order[++names] = $1
	v[$1, ++n[$1]] = $2
}
END {
	for (i = 1; i <= names; i++) {
		k = order[i]
		for (a = 2; a <= n[k]; a++) { # insertion sort
			x = v[k, a]
			for (b = a; b > 1 && v[k, b - 1] + 0 > x + 0; b--)
				v[k, b] = v[k, b - 1]
			v[k, b] = x
		}
		print k, v[k, int((n[k] + 1) / 2)]
	}
}
