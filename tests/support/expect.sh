# SPDX-License-Identifier: BSL-1.0
# For scripts that call the finished programs: source it, expect things, and end with `exit $failed`.
failed=0
expect() {  # what it is, what was wanted, what came
    [ "$2" = "$3" ] && return
    printf 'not so: %s (< wanted, > came)\n' "$1"
    diff <(printf '%s\n' "$2") <(printf '%s\n' "$3")
    failed=1
}
