#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# Must the compiler refuse this file, and does it say why? check.sh <compiler> <file> <file of flags>
# Each line "// expect: <regular expression>" is found in what it says; with -DCONTROL the file does it right and compiles.
set -euo pipefail
compiler=$1 file=$2
mapfile -t words < <(grep . "$3")

"$compiler" "${words[@]}" -fsyntax-only -DCONTROL "$file" || { echo "the right way does not compile either"; exit 1; }
if said=$("$compiler" "${words[@]}" -fsyntax-only "$file" 2>&1); then
    echo "the misuse compiles"
    exit 1
fi

mapfile -t expected < <(sed -n 's|^// expect: ||p' "$file")
[ "${#expected[@]}" -gt 0 ] || { echo "no line '// expect: …' in $file"; exit 1; }
for regex in "${expected[@]}"; do
    grep -qE -- "$regex" <<< "$said" && continue
    printf '%s\n\nit does not say: %s\n' "$said" "$regex"
    exit 1
done
