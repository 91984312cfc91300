#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# Is everything written in the hand of .clang-format? format.sh <source folder>; to mend: clang-format -i <files>
set -euo pipefail
cd "$1"
find include examples tests benchmarks -name node_modules -prune -o \( -name '*.[hi]pp' -o -name '*.cpp' \) -print0 |
    xargs -0 -P "$(nproc)" -n 16 clang-format --dry-run -Werror
