# SPDX-License-Identifier: BSL-1.0
# From Google Benchmark's JSON, a line for each value of each median: program/benchmark, what, value.
function unquoted(s) { gsub(/[",]/, "", s); return s }
$1 == "\"error_message\":" { print program ": " $0 > "/dev/stderr"; failed = 1 }
$1 == "\"run_name\":" { name = unquoted($2) }
$1 == "\"aggregate_name\":" { median = unquoted($2) == "median" }
# real_time is what was timed, be it by hand; counters follow it
median && $1 ~ /^"(real_time|items_per_second|allocations|grown_bytes)":$/ {
    gsub(/\/(manual_time|real_time|iterations:[0-9]+)/, "", name)
    print program "/" name, unquoted(substr($1, 1, length($1) - 1)), unquoted($2)
}
END { exit failed }
