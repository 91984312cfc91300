#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# The finished program, as it is called from outside: run.sh <build folder>
set -uo pipefail
cd "$(dirname "$0")"
replay=$1/bin/sallyport-replay
. ../support/expect.sh

expect "the story, line by line" "$(cat traces/story.verdicts)" \
    "$("$replay" --gate plcnext --account admin:p:Admin --account bo:p < traces/story.trace)"

fail='{"at_ms":0,"user":"admin","secret":"x"}'
early='{"at_ms":4000,"user":"admin","secret":"p"}'
retry_of() { sed -n "$1"'s/.*"retry_after_ms":\([0-9]*\).*/\1/p'; }
guesses() { for n in $(seq "$1"); do printf '{"at_ms":0,"user":"admin","secret":"x%d","source":"192.0.2.%d"}\n' "$n" $((n % 3)); done; }
expect "resilient: the eleventh guess of strangers waits an hour" 3600000 \
    "$(guesses 11 | "$replay" --gate resilient --account admin:p | retry_of 11)"
expect "resilient: an early attempt changes nothing" 3596000 \
    "$({ guesses 30; printf '%s\n' "$early"; } | "$replay" --gate resilient --account admin:p | retry_of 31)"
paired='{"at_ms":4000,"user":"admin","secret":"p","device":"panel","proof":"paired"}'
expect "resilient: a paired device comes in all the same" 1 \
    "$({ guesses 30; printf '%s\n' "$paired"; } | "$replay" --gate resilient --account admin:p | grep -c admitted)"

said=$(printf '%s\n' "$fail" '{"at_ms":' | "$replay" --gate plcnext 2>&1 >/dev/null)
expect "a malformed line: exit code" 2 "$(printf '%s\n' "$fail" '{' | "$replay" --gate plcnext >/dev/null 2>&1; echo $?)"
expect "a malformed line: its number" "sallyport-replay: line 2: not JSON" "$said"
expect "what stood before it is told" 1 "$(printf '%s\n' "$fail" '{' | "$replay" --gate plcnext 2>/dev/null | wc -l)"
expect "time goes back" 2 "$(printf '%s\n' "$early" "$fail" | "$replay" --gate plcnext >/dev/null 2>&1; echo $?)"
expect "usage" 2 "$("$replay" </dev/null >/dev/null 2>&1; echo $?)"
expect "an empty trace" 0 "$("$replay" --gate plcnext </dev/null; echo $?)"

full=$("$replay" --gate plcnext --account admin:p <<< "$fail" 2>&1 > /dev/full; echo $?)
expect "output that cannot be written" \
    "sallyport-replay: standard output cannot be written: No space left on device 1" "${full//$'\n'/ }"
expect "nor can the usage" 1 "$("$replay" --help 2> /dev/null > /dev/full; echo $?)"

# Every account of the command line has a penalty of its own.
many=(); for n in $(seq 600); do many+=(--account "u$n:x"); done
for gate in plcnext resilient; do
    expect "$gate: 600 accounts, one wrong secret each" 600 \
        "$(for n in $(seq 600); do printf '{"at_ms":0,"user":"u%d","secret":"y"}\n' "$n"; done |
            "$replay" --gate $gate "${many[@]}" | grep -c '"invalid_credentials","retry_after_ms":0')"
done

# What is no UTF-8 is not one name, and U+10FFFF is a character like any other.
expect "ill-formed names have a penalty each" 8 \
    "$(for n in 1 2 3 4 5 6 7; do printf '{"at_ms":0,"user":"%b","secret":"x"}\n' "\\xf$n"; done |
        { cat; printf '%s\n' '{"at_ms":0,"user":"\ud800","secret":"x"}'; } |
        "$replay" --gate plcnext | grep -c malformed_attempt)"
last=$'\xf4\x8f\xbf\xbf'
expect "a bad byte is no U+10FFFF" "admitted refused admitted" \
    "$(printf '{"at_ms":0,"user":"%b","secret":"%b"}\n' "$last" "$last" admin '\xff' admin "$last" |
        "$replay" --gate plcnext --account "$last:$last" --account "admin:$last" |
        sed 's/.*"verdict":"\([a-z]*\)".*/\1/' | xargs)"

# A verdict does not wait for the end of the trace.
coproc live { "$replay" --gate plcnext; }
printf '%s\n' "$fail" >&"${live[1]}"
IFS= read -r -t 10 verdict <&"${live[0]}" || verdict=
expect "a verdict comes while the trace is open" '"line":1' "$(grep -o '"line":1' <<< "$verdict")"
exec {live[1]}>&-
wait

# Counts a flood without growing: 100,000 names.
expect "a hundred thousand lines" 100000 \
    "$(awk 'BEGIN { for (i = 0; i < 100000; ++i) printf "{\"at_ms\":%d,\"user\":\"u%d\",\"secret\":\"x\"}\n", i, i }' |
        "$replay" --gate plcnext | grep -c '"reason":"invalid_credentials","retry_after_ms":0,"verified":true')"
exit $failed
