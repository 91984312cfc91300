#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# Does the reference build without a warning? documentation.sh <source folder> <folder for the pages>
set -euo pipefail
mkdir -p "$2"
cd "$1"
version=$(sed -n 's/.* version = "\(.*\)";/\1/p' include/sallyport/core/version.hpp)
doxygen - < <(cat .doxygen/Doxyfile && printf 'OUTPUT_DIRECTORY = "%s"\nPROJECT_NUMBER = %s\n' "$2" "$version")
[ -s "$2/html/index.html" ]
