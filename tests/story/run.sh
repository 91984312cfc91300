#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# What a signal leaves behind: nothing, and an exit code. run.sh <build folder>
set -uo pipefail
program=$(readlink -f "$1/bin/sallyport-story")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
wrong=0

# signalled <signal> <exit code> <words of the program's that are waited for> <arguments…>
signalled() {
    local signal=$1 code=$2 words=$3 got of_run
    shift 3
    of_run=$(mktemp -d "$scratch/XXXXXX")
    mkdir "$of_run/tmp"
    TMPDIR="$of_run/tmp" "$program" "$@" > "$of_run/said" 2>&1 &
    local -r running=$!
    for ((tries = 0; tries < 900; ++tries)); do
        if grep -qF "$words" "$of_run/said" || ! kill -0 "$running"; then break; fi
        sleep 0.1
    done
    kill "-$signal" "$running"
    wait "$running"
    got=$?
    if [ "$got" -ne "$code" ] || [ -n "$(ls -A "$of_run/tmp")" ]; then
        echo "SIG$signal, sallyport-story $*: wanted $code and nothing left, got $got and: $(ls -A "$of_run/tmp")"
        tail -n 5 "$of_run/said"
        return 1
    fi
}

signalled INT 0 'Ctrl-C ends them.' --serve &  # it tells everything first
serving=$!
signalled INT 130 'People at work' || wrong=1
signalled TERM 143 'logs in: admitted' --serve || wrong=1
signalled HUP 129 "Somebody guesses" || wrong=1
wait "$serving" || wrong=1
exit "$wrong"
