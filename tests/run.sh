#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# Everything, from a bare Debian 12: installs what is missing, builds, and asks every question there is of the tree.
# The last line is "N passed, N failed", and the exit code says the same. tests/run.sh <preset>… runs those alone.
set -uo pipefail
cd "$(dirname "$0")/.."
. .ci/packages.sh

stages=("$@")
[ "${#stages[@]}" -gt 0 ] || stages=(default asan tsan noexcept armhf)
jobs=$(nproc)
passed=0 failed=0 broken=()

need "${what_programs_need[@]}" "${what_tests_need[@]}" || exit 1
if [ -f tests/browser/run.sh ]; then
    need chromium && need_node || exit 1
fi

fails() { failed=$((failed + 1)); broken+=("$1"); }

# Adds up what ctest has written down: an entry has passed if it ran and did not fail, and in no other way.
count() {
    local stage=$1 report=$2 entries=0 good=0 line
    while IFS= read -r line; do
        entries=$((entries + 1))
        if [[ $line == *' status="run"'* ]]; then
            good=$((good + 1))
        else
            line=${line#*name=\"}
            broken+=("$stage: ${line%%\"*}")
        fi
    done < <(grep -o '<testcase [^>]*>' "$report")
    passed=$((passed + good)) failed=$((failed + entries - good))
    [ "$entries" -gt 0 ] || fails "$stage: no test ran"
}

for stage in "${stages[@]}"; do
    began=$SECONDS
    tree=build
    [ "$stage" = default ] || tree=build/trees/$stage
    report=$PWD/$tree/report.xml
    echo "== $stage"
    if ! said=$(cmake --preset "$stage" 2>&1); then
        printf '%s\n' "$said"
        fails "$stage: configure"
        continue
    fi
    rm -f "$report"
    keep_going=(-k)
    ! grep -q '^CMAKE_GENERATOR:.*Ninja' "$tree/CMakeCache.txt" || keep_going=(-k 0)
    if ! cmake --build --preset "$stage" -j "$jobs" -- "${keep_going[@]}" > "$tree/build.log" 2>&1; then
        grep -vE '^\[ *[0-9]+(%|/[0-9]+)\] ' "$tree/build.log" | head -n 120
        fails "$stage: build"  # what was built is tested all the same; what was not fails there too
    fi
    ctest --preset "$stage" -j "$jobs" --output-junit "$report" || true
    if [ -f "$report" ]; then count "$stage" "$report"; else fails "$stage: ctest"; fi
    echo "== $stage took $((SECONDS - began)) s"
done

if [ "${#broken[@]}" -gt 0 ]; then
    echo
    printf 'failed: %s\n' "${broken[@]}"
fi
echo
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
