#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# Is everything written in the hand of .clang-format? format.sh <source folder>; to mend: clang-format -i <files>
# By comparison: --dry-run of clang-format 14 objects to a namespace's closing comment that it would write itself.
set -euo pipefail
cd "$1"
as_it_should_be() { diff -u --label "$1" --label "$1, formatted" "$1" <(clang-format "$1"); }
export -f as_it_should_be
find include examples tests benchmarks -name node_modules -prune -o \( -name '*.[hi]pp' -o -name '*.cpp' \) -print0 |
    xargs -0 -P "$(nproc)" -I{} bash -c 'as_it_should_be {}'
