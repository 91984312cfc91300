#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# The table of attacks and the test programs name the same cases: attacks.sh <README.md> <folder of the test programs>
set -uo pipefail
table=$1 programs=$2
tabled=$(sed -n 's/^|.*| `\(attack: [^`]*\)` | \([a-z]*\) |$/\2: \1/p' "$table" | sort)
listed=$(for program in "$programs"/sallyport-test-*; do
    [ -x "$program" ] || continue
    "$program" --list-test-names-only '[attack]' | sed -n "s/^\(attack: .*\)\$/${program##*/sallyport-test-}: \1/p"
done | sort)
if [ -z "$tabled" ] || [ "$tabled" != "$listed" ]; then
    echo "in the table (<), in the programs (>):"
    diff <(printf '%s\n' "$tabled") <(printf '%s\n' "$listed")
    exit 1
fi
echo "$(wc -l <<< "$tabled") attacks, each with its test"
