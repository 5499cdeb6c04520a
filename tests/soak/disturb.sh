#!/bin/sh
# disturb.sh [SECONDS [COUNT]] - COUNT (100,000) kills, stops, dumps, collections
# and changes of GOMAXPROCS, spread over SECONDS (600), on programs hosted by a
# gortd of its own. What is done and what must hold: disturb.py.
E2E_LIMIT=$((${1:-600} + 400))
. "${srcdir:-$(dirname "$0")/../..}/tests/e2e/lib.sh"
command -v python3 >/dev/null || skip "python3 is not installed"
e2e_begin disturb
gortd_start
programs=$builddir/tests/soak/soak
if command -v "${GCCGO:-gccgo-12}" >/dev/null && [ -z "${GORT_SANITIZED:-}" ]; then
	ctl build -o "$dir/churn" "$srcdir/tests/soak/churn.go" -- -O2 ||
		exit 1
	programs="$programs $dir/churn"
else
	echo "disturb: no Go program: no gccgo-12, or a sanitizer's build"
fi
# shellcheck disable=SC2086
check "nothing ended by itself" python3 "$srcdir/tests/soak/disturb.py" \
	"$GORTD_SOCKET" "${1:-600}" "${2:-100000}" $programs
cat "$dir/check.out"
check_eq "gortd's restarts of its roles" "$(ctl status |
	awk '$3 == "up" { n += $4 } END { print n + 0 }')" 0
e2e_end
