#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# The headers once more, as the next version: another inline namespace, another number. next_version.sh <include folder> <folder to make>
set -euo pipefail
rm -rf "$2"
mkdir -p "$2"
cp -R "$1/." "$2"
find "$2" -name '*.[hi]pp' -exec sed -i 's/\binline v0\b/inline v1/g; s/\bv0::/v1::/g' {} +
sed -i 's/ version = ".*"/ version = "999.0.0"/' "$2/sallyport/core/version.hpp"
touch "$2/made"
