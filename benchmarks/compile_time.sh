#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# What does it cost to include us? Compiles, with each compiler that is here, the standard headers that the front door
# includes and nothing else; the front door; and a whole composition, used. Prints a line each: compiler, what, seconds
# of processor time, ratio to the standard headers: medians of nine rounds, of the seconds and of each round's ratio,
# since the machine of one moment is not that of the next.
# compile_time.sh [flags…]; without any: -O0, what somebody waits for between an edit and its test. What the optimizer
# takes on top grows with the composition, not with us alone: `compile_time.sh -O2` has it.
set -euo pipefail
cd "$(dirname "$0")/.."
flags=("$@")
[ "${#flags[@]}" -gt 0 ] || flags=(-O0)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

printf '#include <sallyport/sallyport.hpp>\n' > "$work/front_door.cpp"
# Whatever our own headers include that is not ours.
g++ -std=c++20 -Iinclude -MM "$work/front_door.cpp" | tr -s ' \\' '\n' | grep '^include/sallyport/' |
    xargs grep -hoE '^#include <[^>]+>' | grep -v '<sallyport/' | sort -u > "$work/standard.cpp"
cat > "$work/composition.cpp" <<'END'
#include <sallyport/sallyport.hpp>

struct one_man {
    sallyport::answer verify(sallyport::attempt const& a, sallyport::instant) const {
        if (a.user == "amira" && a.shown.bytes.equals(sallyport::secret{"open sesame"}))
            return sallyport::principal{.is = "amira"};
        return sallyport::denial{sallyport::reason::invalid_credentials};
    }
};

int main() {
    using namespace sallyport;
    constexpr role_set engineers = role::plcnext_roles.set({"Engineer"});
    authenticator gate{environment{}.with_house({.doors = 32}),
                       one_man{},
                       penalty::backoff{},
                       penalty::backoff<penalty::by_source, penalty::exponential_law>{},
                       session::session_limit{{.total = 8, .per_user = 4}},
                       role::role_check{{.any_of = engineers}}};
    attempt const a{.user = "amira", .shown = credential::password("open sesame"), .service = "wbm"};
    auto who = gate.login(a);
    if (!who) return 1;
    auto begun = gate.begin(a);
    if (begun) {
        begun->verify(a);
        if (auto again = begun->settle()) again->close();
    }
    auto desk = gate.administer("compile_time");
    (void)desk.sessions();
    (void)desk.penalties();
    while (gate.tick()) {
    }
    return who->may(engineers) && who->touch() ? 0 : 1;
}
END

# Processor seconds of one compilation.
once() {
    local TIMEFORMAT='%U %S'
    { time "$1" -std=c++20 "${flags[@]}" -Iinclude -c "$work/$2.cpp" -o "$work/out.o" 2> "$work/said"; } 2>&1 |
        awk '{ print $1 + $2 }'
    [ ! -s "$work/said" ] || { cat "$work/said" >&2; return 1; }
}

for compiler in g++ clang++; do
    command -v "$compiler" > /dev/null || continue
    for round in 1 2 3 4 5 6 7 8 9; do
        alone=$(once "$compiler" standard)
        for what in standard front_door composition; do
            seconds=$alone
            [ "$what" = standard ] || seconds=$(once "$compiler" "$what")
            awk -v s="$seconds" -v a="$alone" 'BEGIN { print s, s / a }' >> "$work/$compiler.$what"
        done
    done
    for what in standard front_door composition; do
        median() { cut -d ' ' -f "$1" "$work/$compiler.$what" | sort -n | sed -n 5p; }
        printf '%s %s %.2f %.2f\n' "$compiler" "$what" "$(median 1)" "$(median 2)"
    done
done
