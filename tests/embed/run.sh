#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# The finished programs, as they are called from outside: run.sh <build folder>
set -uo pipefail
bin=$1/bin
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$(dirname "$0")/../support/expect.sh"

# ---- half a page ----
expect "half a page" "123456: invalid_credentials
password: invalid_credentials
amira: invalid_credentials
qwerty: invalid_credentials
letmein: invalid_credentials
dragon: penalty_delay_active
the right one: penalty_delay_active, 14400000 ms to wait
amira is in, session 1" "$("$bin/sallyport-embed-half_page" 2> "$work/log")"
root=$(cd "$(dirname "$0")/../.." && pwd)
if [ -f "$root/README.md" ]; then  # there, word for word
    awk -f "$root/tests/readme/blocks.awk" -v folder="$work" "$root/README.md" > "$work/blocks"
    shown=no
    while IFS= read -r block; do
        diff -q <(sed 1d "$work/$block.cpp") <(sed 1d "$root/examples/embed/half_page.cpp") > /dev/null && shown=yes
    done < "$work/blocks"
    expect "half a page: the README shows it" yes "$shown"
fi
expect "half a page: the log says why" 7 "$(grep -c " WARN .*'amira' was refused at wbm from 192.0.2.7" "$work/log")"

# ---- the event loop ----
install -m 600 "$(dirname "$0")/accounts.toml" "$work/accounts.toml"
loop() { "$bin/sallyport-embed-event_loop" "$work/accounts.toml" 2> /dev/null; }
expect "hashing holds up nobody" "pong
0 inside
amira: invalid_credentials, wait 0 ms
nobody: invalid_credentials, wait 0 ms
amira: welcome, session 1" \
    "$(printf '%s\n' 'login amira wrong' ping 'login nobody wrong' 'login amira correct horse' sessions | loop)"
long=$(printf 'x%.0s' {1..129})
expect "a password that is too long is a wrong one" "amira: invalid_credentials, wait 0 ms" "$(printf 'login amira %s\n' "$long" | loop)"
# Eight wait and one is being hashed; what comes on top of it is neither tested nor charged.
flood=$(for i in {1..40}; do echo "login user$i wrong"; done | loop)
expect "a flood: everybody is answered" 40 "$(wc -l <<< "$flood")"
expect "a flood: what found no room" yes "$([ "$(grep -c try_again_later <<< "$flood")" -ge 25 ] && echo yes)"
expect "a flood: nobody waits" 0 "$(grep -vc 'wait 0 ms' <<< "$flood")"
expect "no accounts file" 1 "$("$bin/sallyport-embed-event_loop" "$work/none.toml" < /dev/null 2> /dev/null; echo $?)"
expect "usage" 2 "$("$bin/sallyport-embed-event_loop" < /dev/null 2> /dev/null; echo $?)"

# ---- PAM ----
printf 'auth required pam_permit.so\naccount required pam_permit.so\n' > "$work/open"
printf 'auth required pam_deny.so\naccount required pam_permit.so\n' > "$work/shut"
printf 'auth required pam_debug.so auth=authinfo_unavail\naccount required pam_permit.so\n' > "$work/down"
pam() { "$bin/sallyport-embed-pam" --service "$1" --folder "$work" --group root=Engineer 2> /dev/null; }
expect "PAM says yes" "root: admitted, may Engineer" "$(echo root anything | pam open)"
expect "PAM says no, three times" "bo: refused, invalid_credentials, wait 10000 ms" \
    "$(printf '%s\n' 'bo 1' 'bo 2' 'bo 3' | pam shut | tail -n 1)"
expect "PAM is out of reach" "bo: refused, try_again_later, wait 0 ms" \
    "$(printf '%s\n' 'bo 1' 'bo 2' 'bo 3' 'bo 4' | pam down | tail -n 1)"
expect "usage of PAM" 2 "$("$bin/sallyport-embed-pam" --group < /dev/null 2> /dev/null; echo $?)"
exit $failed
