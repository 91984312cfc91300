#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# Do two versions share no symbol of ours that a linker would merge? symbols.sh <one object> <the other>
set -euo pipefail
ours() { nm --defined-only --extern-only "$1" | awk '{ print $3 }' | grep 9sallyport | sort -u; }
[ "$(ours "$1" | wc -l)" -gt 10 ]  # they were looked at
shared=$(comm -12 <(ours "$1") <(ours "$2"))
[ -z "$shared" ] || { echo "both versions define:"; c++filt <<< "$shared"; exit 1; }
