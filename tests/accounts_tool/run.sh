#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# The finished program, as somebody at a shell meets it. run.sh <build folder>
set -uo pipefail
program=$(readlink -f "$1/bin/sallyport-accounts")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 1
export LC_ALL=C.UTF-8
umask 022
wrong=0 asked=0

# expect <exit code> <what it says on either stream, as an extended regular expression> <words…>; standard input goes to the program
expect() {
    local code=$1 says=$2 said got
    shift 2
    said=$("$program" "$@" 2>&1)
    got=$?
    asked=$((asked + 1))
    if [ "$got" -ne "$code" ] || ! [[ $said =~ $says ]]; then
        printf 'sallyport-accounts %s\n  wanted %s and "%s"\n  got    %s and "%s"\n' "$*" "$code" "$says" "$got" "$said"
        wrong=$((wrong + 1))
    fi
}
holds() {  # holds <what> <condition…>
    local what=$1
    shift
    asked=$((asked + 1))
    "$@" || { echo "does not hold: $what"; wrong=$((wrong + 1)); }
}
quick=(--memory-kib 8 --passes 1)  # what a hash costs here; the default once, below

expect 2 'what is to be done' < /dev/null
expect 0 'sallyport-accounts init FILE' --help
expect 2 'there is no command "frob"' frob
expect 2 'add takes FILE NAME' add a.toml

expect 0 'made, without accounts' init a.toml
holds "0600 whatever the umask" [ "$(stat -c %a a.toml)" = 600 ]
expect 1 'is there already; it stays as it is' init a.toml
expect 1 'nowhere/a.toml: its folder cannot be opened' init nowhere/a.toml
expect 1 'no account with the role Admin can log in' check a.toml

expect 0 '^amira: added, with Engineer, Viewer.$' add a.toml amira --roles Engineer,Viewer "${quick[@]}" <<< 'valve seven drips'
expect 0 '^bo: added, with Admin.$' add a.toml bo --roles Admin "${quick[@]}" <<< 'blue turbine waits'
expect 1 'has an account "amira" already' add a.toml AMIRA "${quick[@]}" < /dev/null
expect 1 'unknown role "Emperor"; expected one of Admin, ' add a.toml x --roles Emperor "${quick[@]}" < /dev/null
expect 1 'expected a name of 1 to 64 bytes' add a.toml '' "${quick[@]}" <<< 'valve seven drips'
expect 1 '^sallyport-accounts: expected a name of 1 to 64 bytes' add a.toml $'a\nb' "${quick[@]}" <<< 'valve seven drips'
expect 1 '^sallyport-accounts: expected a name of .*without control characters, and without blanks before or behind$' add a.toml ' a' "${quick[@]}" < /dev/null
expect 1 'x: no password is set. None was given.' add a.toml x "${quick[@]}" < /dev/null
expect 1 'x: no password is set. It is too short' add a.toml x "${quick[@]}" <<< 'short'
expect 1 'one of the commonest' add a.toml x "${quick[@]}" <<< 'P@ssw0rd2024!'
expect 1 'The name of the account stands in it' add a.toml wolfgang-x "${quick[@]}" <<< 'the dog of wolfgang-x'
expect 1 'used for this account before' passwd a.toml amira "${quick[@]}" <<< 'valve seven drips'
holds "no password stands in the file" bash -c '! grep -qE "valve|turbine|short" a.toml'
holds "no refused account either" bash -c '! grep -qE "\"x\"|wolfgang" a.toml'

expect 0 'NAME +ROLES +STATE.*amira +Engineer, Viewer.*bo +Admin' list a.toml "${quick[@]}"
expect 0 'a.toml: 2 accounts, nothing wrong.' check a.toml "${quick[@]}"
expect 1 'a.toml:7:12: password is no usable hash: its cost is out of bounds: expected m 7168 to 65536' check a.toml
expect 0 '^amira: has Service now.$' roles a.toml amira Service "${quick[@]}"
expect 0 '^amira: has no role now.$' roles a.toml Amira none "${quick[@]}"
expect 1 'has no account "nobody"' roles a.toml nobody Admin "${quick[@]}"
expect 0 'bo: disabled.*mind that no account with the role Admin is left' disable a.toml bo "${quick[@]}"
expect 0 'bo +Admin +disabled' list a.toml "${quick[@]}"
expect 0 '^bo: enabled.$' enable a.toml bo "${quick[@]}"
expect 0 'to be changed at the first login' passwd a.toml bo --must-change --remember 2 "${quick[@]}" <<< 'green turbine waits'
expect 1 'used for this account before' passwd a.toml bo "${quick[@]}" <<< 'blue turbine waits'
expect 0 'bo +Admin +must change its password' list a.toml "${quick[@]}"

chmod 640 a.toml
expect 1 'others may read or change it \(mode 0640\); expected 0600' check a.toml "${quick[@]}"
expect 0 '^amira: removed.$' remove a.toml amira "${quick[@]}"
holds "a group's reading, which somebody chose, stays" [ "$(stat -c %a a.toml)" = 640 ]
chmod 666 a.toml
expect 0 '^bo: has Admin, Viewer now.\s+sallyport-accounts: a.toml: others could read or change it; mode bits 0026 are taken away$' roles a.toml bo Admin,Viewer "${quick[@]}"
holds "nothing is left to others" [ "$(stat -c %a a.toml)" = 640 ]
expect 1 'has no account "amira"' remove a.toml amira "${quick[@]}"
expect 1 'has no account "amira"' passwd a.toml amira "${quick[@]}" < /dev/null

expect 1 'missing.toml: cannot be opened: No such file or directory; expected a file of accounts' list missing.toml
printf '[[account]]\nname = "amira"\nroles = ["Admn"]\npassword = "x"\n' > bad.toml
expect 1 'bad.toml:[34]:[0-9]+: ' check bad.toml
cp bad.toml kept.toml
expect 1 'bad.toml:[34]:[0-9]+: ' add bad.toml x < /dev/null
holds "a file at fault is not touched" cmp -s bad.toml kept.toml
ln -s a.toml link.toml
expect 1 'is a symbolic link; name the file that it points to' disable link.toml bo "${quick[@]}"

expect 0 'made' init own.toml
expect 0 'added' add own.toml amira --roles Admin --not-before 2026-01-31T08:00:00+01:00 --not-after 2030-01-01T00:00:00Z <<< 'valve seven drips'
holds "new hashes cost the default" grep -qF 'password = "$argon2id$v=19$m=19456,t=2,p=1$' own.toml
expect 0 'from 2026-01-31 07:00 UTC, until 2030-01-01 00:00 UTC' list own.toml
expect 0 '1 account, nothing wrong' check own.toml
expect 1 'does not cost what a new one costs' check own.toml "${quick[@]}"
holds "nothing is left lying about" [ "$(ls -A | wc -l)" = 5 ]

echo "$((asked - wrong)) of $asked answers as expected"
[ "$wrong" -eq 0 ]
