#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# The figures, each beside its peer from the same run: builds the preset `bench`, runs every program with repetitions in
# random order, and prints one table of medians. It exits with 1 where a figure misses what is wanted of it.
# benchmarks/run.sh [repetitions], 15 by default. A quiet machine gives the truest figures.
set -euo pipefail
cd "$(dirname "$0")/.."
. .ci/packages.sh
repetitions=${1:-15}

need "${what_programs_need[@]}" clang libbenchmark-dev
mkdir -p build
{ cmake --preset bench && cmake --build --preset bench -j "$(nproc)"; } > build/bench.log 2>&1 ||
    { tail -n 60 build/bench.log; exit 1; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for program in login lanes session shared_memory spray threads timing crowd trust store; do
    build/trees/bench/bin/sallyport-bench-$program --benchmark_repetitions="$repetitions" \
        --benchmark_enable_random_interleaving=true --benchmark_report_aggregates_only=true \
        --benchmark_min_time=0.05 --benchmark_format=json 2> "$work/said" |
        awk -v program=$program -f benchmarks/support/medians.awk >> "$work/medians" ||
        { cat "$work/said" >&2; exit 1; }
done
for level in O0 O2; do
    bash benchmarks/compile_time.sh -$level |
        awk -v level=$level '{ print "compile/" level "/" $1 "/" $2, "seconds", $3 }' >> "$work/medians"
done

build/trees/bench/bin/sallyport-bench-lockout --json build/lockout.json --svg build/lockout.svg
printf '\n'
awk -f benchmarks/support/table.awk "$work/medians"
