#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# Is every header clean under .clang-tidy? tidy.sh <source folder> <file of flags> <folder to work in>
# A unit a processor, each with its share of the rooms: the standard headers are what costs time.
set -euo pipefail
export source=$1 flags=$2 work=$3
mkdir -p "$work"
rm -f "$work"/*.cpp

n=0 units=$(nproc)
for room in "$source"/include/sallyport/*/; do
    find "$room" -name '*.hpp' -printf '%P\n' | sort |
        sed "s|.*|#include <sallyport/$(basename "$room")/&>|" >> "$work/unit$((n++ % units)).cpp"
done

tidy() {
    mapfile -t words < <(grep . "$flags")
    clang-tidy --quiet --config-file="$source/.clang-tidy" "$1" -- "${words[@]}" 2> "$1.log" || { cat "$1.log"; return 1; }
}
export -f tidy
find "$work" -name '*.cpp' -print0 | xargs -0 -P "$units" -I{} bash -c 'tidy {}'
