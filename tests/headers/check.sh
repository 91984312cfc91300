#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# Does each header stand alone, and twice? check.sh <compiler> <include folder> <file of flags>
set -euo pipefail
export compiler=$1 folder=$2 flags=$3

alone() {
    mapfile -t words < <(grep . "$flags")
    printf '#include <%s>\n#include <%s>\n' "$1" "$1" | "$compiler" "${words[@]}" -fsyntax-only -x c++ - && return
    echo "does not stand alone: $1" >&2
    return 1
}
export -f alone

cd "$folder"
mapfile -t headers < <(find sallyport -name '*.hpp' | sort)
printf '%s\n' "${headers[@]}" | xargs -P "$(nproc)" -I{} bash -c 'alone {}'
echo "${#headers[@]} headers stand alone under $compiler"
