#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# Is every header clean under .clang-tidy? tidy.sh <source folder> <file of flags> <folder to work in>
# One unit with all of them, since the standard headers are what costs time; and one host, for what shows only where a gate is made.
set -euo pipefail
export source=$1 flags=$2 work=$3
mkdir -p "$work"
(cd "$source/include" && find sallyport -name '*.hpp' | sort | sed 's|.*|#include <&>|') > "$work/everything.cpp"
cp "$source/tests/consumer/host.cpp" "$work/host.cpp"

tidy() {
    mapfile -t words < <(grep . "$flags")
    clang-tidy --quiet --config-file="$source/.clang-tidy" "$1" -- "${words[@]}" 2> "$1.log" || { cat "$1.log"; return 1; }
}
export -f tidy
printf '%s\n' "$work/everything.cpp" "$work/host.cpp" | xargs -P "$(nproc)" -I{} bash -c 'tidy {}'
