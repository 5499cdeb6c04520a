#!/bin/sh
# subset.sh - the part of Go's own tests that make check runs (gotests.subset).
# Skipped by name where gccgo-12 or Go's test folder is missing.
here=$(cd "$(dirname "$0")" && pwd)
exec "$here/gotests.sh" -r gort @"$here/gotests.subset"
