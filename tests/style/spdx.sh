#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# Does every file of code say under which licence it stands, and every header guard itself? spdx.sh <source folder>
set -euo pipefail
cd "$1"
wrong=0
while IFS= read -r file; do
    head -n 3 "$file" | grep -q 'SPDX-License-Identifier: BSL-1.0' || { echo "no SPDX line: $file"; wrong=1; }
    if [[ $file == include/* ]]; then
        [ "$(sed -n 1p "$file")" = '// SPDX-License-Identifier: BSL-1.0' ] || { echo "SPDX is not the first line: $file"; wrong=1; }
        [ "$(sed -n 2p "$file")" = '#pragma once' ] || { echo "#pragma once is not the second line: $file"; wrong=1; }
    fi
done < <(find . -path ./build -prune -o -path ./.git -prune -o -name node_modules -prune -o \
    -type f \( -name '*.[hi]pp' -o -name '*.cpp' -o -name '*.sh' -o -name '*.cmake' -o -name CMakeLists.txt -o -name '*.mjs' -o -name '*.js' \) \
    -print | sed 's|^\./||')
exit "$wrong"
