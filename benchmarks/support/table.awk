# SPDX-License-Identifier: BSL-1.0
# The table, from lines of "what kind value". A figure that is not there, or misses what is wanted, makes the exit code 1.
{ value[$1, $2] = $3 }
$2 == "allocations" && match($1, /^(login|lanes|trust\/known)\//) { value[substr($1, 1, RLENGTH) "any", "allocations"] += $3 }

function of(what, kind) {
    if (!((what, kind) in value)) { print "missing: " what " " kind > "/dev/stderr"; failed = 1; return 0 }
    return value[what, kind]
}
function shown(v, kind) {
    if (kind == "seconds") return sprintf("%.2f s", v)
    if (kind == "items_per_second") return sprintf("%.2f million a second", v / 1e6)
    if (v >= 1e6) return sprintf("%.1f ms", v / 1e6)
    return sprintf("%.0f ns", v)
}
# What it is; ours; its peer; a word about the peer; and "<= 3.0", ">= 0.9" or "" of their ratio.
function row(what, ours, peer, about, wanted, kind,    a, b, r, bound) {
    if (kind == "") kind = "real_time"
    a = of(ours, kind); b = of(peer, kind)
    r = b > 0 ? a / b : 0
    split(wanted, bound, " ")
    missed = (bound[1] == "<=" && r > bound[2] + 0) || (bound[1] == ">=" && r < bound[2] + 0)
    if (missed) failed = 1
    gsub(/<=/, "≤", wanted); gsub(/>=/, "≥", wanted)
    printf "| %s | %s | %s (%s) | %.2f | %s%s |\n", what, shown(a, kind), shown(b, kind), about, r,
        wanted == "" ? "–" : wanted, missed ? " **missed**" : ""
}
function count(what, ours, kind,    n) {
    n = of(ours, kind)
    if (n != 0) failed = 1
    printf "| %s | %d | – | – | 0%s |\n", what, n, n != 0 ? " **missed**" : ""
}

function under(what, ours, limit,    t) {
    t = of(ours, "real_time")
    if (t > limit) failed = 1
    printf "| %s | %s | – | – | ≤ %s%s |\n", what, shown(t), shown(limit), t > limit ? " **missed**" : ""
}

END {
    print "| figure | ours | floor or peer | ratio | wanted |"
    print "|---|---|---|---|---|"
    floor = "3 clocks, 2 mutex rounds, 1 hash, 1 look-up"
    row("`begin` + `settle`, right secret", "login/right", "login/floor_of_a_login/known", floor, "<= 3.0")
    row("`begin` + `settle`, wrong secret", "login/wrong/known", "login/floor_of_a_login/known", floor, "<= 3.0")
    row("`begin` + `settle`, unknown name", "login/wrong/unknown", "login/floor_of_a_login/unknown", floor, "<= 3.0")
    row("refusal during the delay", "login/early", "login/floor_of_a_refusal", "1 of each", "<= 2.0")
    count("allocations in any of these", "login/any", "allocations")
    row("a name after 1,000,000 sprayed ones", "spray/names_after_a_million", "spray/first_names", "the first names", "<= 1.5")
    row("an owner's login meanwhile", "spray/owner/after_a_million", "spray/owner/before", "before", "<= 1.5")
    count("bytes that memory has grown by", "spray/names_after_a_million", "grown_bytes")
    row("two threads: logins", "threads/ours/threads:2", "threads/bare_mutex/threads:2", "a bare mutex, held as long", ">= 0.9",
        "items_per_second")
    row("`begin` + `settle` over shared memory", "shared_memory/shared", "shared_memory/heap", "over the heap", "<= 2.0")
    row("two processes on one segment: logins", "shared_memory/two_processes", "shared_memory/bare_robust_mutex",
        "a bare robust mutex, held as long", ">= 0.9", "items_per_second")
    row("through all lanes, right secret", "lanes/right/stranger", "lanes/right/backoff", "the simple backoff", "<= 2.0")
    row("through all lanes, wrong secret", "lanes/wrong/stranger", "lanes/wrong/backoff", "the simple backoff", "<= 2.0")
    row("through all lanes, unknown name", "lanes/wrong/unknown", "lanes/wrong/backoff", "the simple backoff", "<= 2.0")
    row("a paired device, right secret", "lanes/right/paired", "lanes/right/backoff", "the simple backoff", "<= 2.0")
    row("a paired device, wrong secret", "lanes/wrong/paired", "lanes/wrong/backoff", "the simple backoff", "<= 2.0")
    row("the same wrong secret once more", "lanes/repeated", "lanes/wrong/backoff", "the simple backoff", "<= 2.0")
    count("allocations in any of these", "lanes/any", "allocations")
    row("a paired device amid 1,000 hashing strangers", "crowd/paired_device", "crowd/one_hash", "one hash in that crowd", "<= 2.0")
    hash = "1 SHA-256, names compared"
    row("a known certificate, 1 listed", "trust/known/one", "trust/floor_of_known/one", hash, "<= 2.0")
    row("… 100 listed", "trust/known/of_100", "trust/floor_of_known/some", hash, "<= 2.0")
    row("… 10,000 listed", "trust/known/of_10000", "trust/floor_of_known/some", hash, "<= 2.0")
    row("… 10,000 listed", "trust/known/of_10000", "trust/known/of_100", "100 listed", "<= 1.3")
    row("… 10,000 listed", "trust/known/of_10000", "trust/known/one", "1 listed", "<= 1.3")
    row("… 10,000 of them by turns", "trust/known/each_of_10000", "trust/floor_of_known/each_of_10000", hash, "<= 2.0")
    count("allocations in any of these, but OpenSSL's one for a hash", "trust/known/any", "allocations")
    row("first sight, self-signed and listed", "trust/first_sight_self_signed", "trust/floor_of_self_signed",
        "d2i, 1 signature", "<= 1.25")
    row("first sight, a chain of three, CRLs of 100,000", "trust/first_sight_chain/listed", "trust/floor_of_chain/listed",
        "d2i of 2, 3 signatures", "<= 1.25")
    row("… its CA known by what is presented alone", "trust/first_sight_chain/presented", "trust/floor_of_chain/presented",
        "the same, and a CRL's signature", "<= 1.25")
    row("… the same", "trust/first_sight_chain/presented", "trust/chain_by_openssl/long_lists", "d2i, `X509_verify_cert`", "")
    row("… the same, CRLs of 1", "trust/first_sight_chain/short_lists", "trust/chain_by_openssl/short_lists",
        "d2i, `X509_verify_cert`", "")
    under("one serial among 100,000", "trust/look_up", 1000)
    row("the last of 10,000 strangers", "trust/strangers/last", "trust/strangers/first", "the first", "<= 1.5")
    row("the costliest chain that a stranger can show", "trust/costliest_chain", "trust/hundred_signatures",
        "100 signatures, P-256", "<= 10")
    row("loading 10,000 certificates", "store/folder_of_certificates", "store/floor_of_certificates", "reading, d2i", "<= 1.3")
    row("loading a CRL of 100,000", "store/long_list", "store/floor_of_long_list", "reading, d2i, 1 signature", "<= 1.3")
    row("one file of 10,000 changed", "store/one_changed", "store/folder_of_certificates", "loading all", "<= 0.05")
    row("`session::state()`", "session/state", "session/clock_alone", "1 clock", "")
    row("`session::may()`", "session/may", "session/clock_alone", "1 clock", "")
    row("`session::touch()`", "session/touch", "session/clock_and_mutex", "1 clock, 1 mutex round", "")
    row("`present(token)`, one of 32", "session/present", "session/clock_mutex_and_hashes", "the same and 2 hashes", "")
    row("a wrong secret, Argon2id", "timing/answer/wrong", "timing/answer/right", "the right one", "")
    row("an unknown name, Argon2id", "timing/answer/unknown", "timing/answer/wrong", "a wrong secret", "")
    row("a disabled account, Argon2id", "timing/answer/disabled", "timing/answer/wrong", "a wrong secret", "")
    row("a malformed name, Argon2id", "timing/answer/malformed", "timing/answer/wrong", "a wrong secret", "")
    for (i = split("g++ clang++", compilers, " "); i > 0; --i) {
        cc = compilers[i]
        at = "compile/O0/" cc
        row("compiling the front door, " cc " -O0", at "/front_door", at "/standard", "its standard headers", "<= 1.5",
            "seconds")
        row("compiling a whole composition, " cc " -O0", at "/composition", at "/standard", "the same", "<= 2.5", "seconds")
        at = "compile/O2/" cc
        row("optimizing that composition, " cc " -O2", at "/composition", at "/standard", "the same", "", "seconds")
    }
    exit failed
}
