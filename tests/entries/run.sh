#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# Every entry of every host by which somebody may try a secret is listed here, or in what is named here; and a wrong secret there is
# charged. A host, a command or a call that is not listed fails this test. run.sh <build folder>
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
examples=$here/../../examples
bin=$1/bin
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$here/../support/expect.sh"
words() { grep -ohE "$1" "$examples/$2" | sed -E "$3" | sort | tr '\n' ' '; }

# ---- the hosts, and the calls in them ----
expect "the hosts" "accounts connector embed replay story trust two_doors wbm " "$(ls "$examples" | grep -v '\.' | tr '\n' ' ')"
called='(gate[a-z_]*|door|pending|people[a-z_]*|accounts[a-z_]*|directory[a-z_]*|hasher[a-z_]*|voice[a-z_]*|manager)(\(\))?(\.|->)(login|begin(?=\([^)])|confirm|unlock|issue_pairing_code|pair_bearer|create_session|present|verify|verified)\(|\bconfirm\((c\.|on\.|\*)'
expect "the places where a secret is handed in" \
    "$(sed -E '/^#/d; s/ +#.*//' "$here/sites.txt" | sort)" \
    "$(cd "$examples" && grep -roP --include='*.?pp' "$called" . | sed -E 's/^\.\///; s/:(confirm\().*/ \1/; s/:(.*)\($/ \1/' |
        sort | uniq -c | sed -E 's/^ +//' | sort)"

# ---- hosts at which nobody is let in ----
# accounts, trust: tools of whoever may write the files; they take new passwords and ask for no old one. connector: judges certificates,
# which cannot be guessed; refused ones lie among the rejected (tests/connector). story: a client of the others.
expect "commands of accounts" "add check disable enable init list passwd remove roles " \
    "$(words 'verb\{"[a-z-]+"' accounts/arguments.cpp 's/verb\{"([a-z-]+)"/\1/')"
expect "commands of trust" "add add-crl approve create-own doctor expiring init list reject remove show verify " \
    "$(words 'verb\{"[a-z-]+"' trust/arguments.cpp 's/verb\{"([a-z-]+)"/\1/')"
expect "what a broker asks its plugin" "MOSQ_EVT_RELOAD MOSQ_EVT_TICK " \
    "$(words 'callback_register\(id, MOSQ_EVT_[A-Z_]+' connector/broker/plugin.cpp 's/.*, //')"

# ---- embed: the event loop ----
expect "what the event loop hears" "login  ping sessions " \
    "$(words '(line == |knock = )"[a-z ]+"' embed/event_loop.cpp 's/.*"([a-z ]+)"/\1/')"
install -m 600 "$here/../embed/accounts.toml" "$work/accounts.toml"
coproc loop { "$bin/sallyport-embed-event_loop" "$work/accounts.toml" 2> /dev/null; }
exec {to}>&"${loop[1]}" {from}<&"${loop[0]}"
ask() {  # one line, one answer
    printf '%s\n' "$1" >&"$to"
    IFS= read -r -t 20 said <&"$from" || said="no answer"
    printf '%s\n' "$said"
}
expect "event loop, login: the third wrong one is charged" "amira: invalid_credentials, wait 10000 ms" \
    "$(ask 'login amira one' > /dev/null; ask 'login amira two' > /dev/null; ask 'login amira three')"
expect "event loop, login: by any spelling" "AMIRA: penalty_delay_active" "$(ask 'login AMIRA correct horse' | cut -d, -f1)"
expect "event loop, ping and sessions prove nothing" "pong
0 inside" "$(ask ping; ask sessions)"
exec {loop[1]}>&- {to}>&-
wait

# ---- embed: PAM ----
printf 'auth required pam_deny.so\naccount required pam_permit.so\n' > "$work/shut"
pam() { "$bin/sallyport-embed-pam" --service shut --folder "$work" 2> /dev/null; }
expect "PAM: a line is a login, and is charged" "bo: refused, invalid_credentials, wait 10000 ms
bo: refused, penalty_delay_active, wait 40000 ms" "$(printf '%s\n' 'bo 1' 'bo 2' 'bo 3' 'bo 4' | pam | tail -n 2)"
expect "PAM: a line without a password, too" "bo: refused, invalid_credentials, wait 10000 ms" "$(printf '%s\n' bo bo bo | pam | tail -n 1)"

# ---- replay ----
expect "what a trace may say" 'change close restart user ' \
    "$(grep -A1 'kinds{' "$examples/replay/trace.cpp" | grep -oE '"[a-z]+"' | tr -d '"' | sort | tr '\n' ' ')"
last_of() { printf '%s\n' "${@:2}" | "$bin/sallyport-replay" --gate "$1" --account admin:p | tail -n 1; }
why() { sed -E 's/.*"reason":"([a-z_]*)".*/\1/'; }
guess() { for n in $(seq "$1"); do printf '{"at_ms":0,"user":"admin","secret":"x%d"%s}\n' "$n" "$2"; done; }
right() { printf '{"at_ms":0,"user":"admin","secret":"p"%s}\n' "$1"; }
for way in '' ',"source":"192.0.2.1"' ',"service":"wbm"' ',"device":"panel"' ',"device":"panel","proof":"paired"' ',"presence":true' \
    ',"takes_ms":5'; do
    for gate in plcnext resilient; do
        mapfile -t lines < <(guess 40 "$way"; right "$way")
        settled=${lines[40]/\"at_ms\":0/\"at_ms\":9}
        expect "replay, $gate: a login$way is charged" penalty_delay_active "$(last_of "$gate" "${lines[@]:0:40}" "$settled" | why)"
    done
done
mapfile -t lines < <(guess 40 ',"outcome":"unavailable"'; right '')
expect "replay: what was not tested is not charged" none "$(last_of resilient "${lines[@]}" | why)"
change='{"at_ms":0,"change":"admin","old":"not the old one","new":"q"}'
mapfile -t lines < <(for n in $(seq 40); do echo "$change"; done; right '' | sed 's/"p"/"q"/')
expect "replay: a change is told, and proves nothing" none "$(last_of plcnext "${lines[@]}" | why)"
exit $failed
