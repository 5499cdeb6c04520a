#!/bin/sh
# names.sh - fault/symtab.c knows the runtime's global functions by how they
# are called, so every one of the archive must be called like that. main is
# the C library's way in and sees none of a program's frames above it.
lib=${builddir:-.}/.libs/libgort.a
[ -f "$lib" ] || { echo "SKIP: no archive was built"; exit 77; }
command -v nm >/dev/null || { echo "SKIP: no nm"; exit 77; }
bad=$(nm --defined-only "$lib" | awk '
	($2 == "T" || $2 == "W") && $3 !~ /^(rt_|gort_|rt0_|capi_|ipc_)/ &&
	    $3 != "main" && $3 !~ /^_/ && $3 !~ /^__?(asan|tsan|odr)/ { print $3 }')
[ -z "$bad" ] || { echo "not named like the runtime's: $bad"; exit 1; }
n=$(nm --defined-only "$lib" | grep -c ' T rt_')
[ "$n" -gt 300 ] || { echo "only $n functions seen"; exit 1; }
