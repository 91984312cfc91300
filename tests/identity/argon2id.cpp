// SPDX-License-Identifier: BSL-1.0
#include <sallyport/identity/argon2id.hpp>

#include "support/catch.hpp"

#include <string>
#include <string_view>

using namespace sallyport;
using namespace sallyport::identity;

namespace {
constexpr argon2id_options cheap{.cost = {8, 1, 1}, .accepted = {{8, 1, 1}, {64, 3, 1}}};
static_assert(cheap.fault().empty());
secret word_of(std::string_view s) { return secret{s}; }
}  // namespace

TEST_CASE("a password is known by its hash, and by no other's", "[identity][argon2id]") {
    argon2id const h{cheap};
    auto const stored = h.hash(word_of("correct horse"));
    REQUIRE(stored);
    CHECK(stored->starts_with("$argon2id$v=19$m=8,t=1,p=1$"));
    CHECK(h.fault_of(*stored).empty());
    CHECK(h.verify(word_of("correct horse"), *stored) == match::right);
    CHECK(h.verify(word_of("correct horse "), *stored) == match::wrong);
    CHECK(h.verify(word_of(""), *stored) == match::wrong);
    CHECK(h.hash(word_of("correct horse")) != stored);  // salted anew each time
    CHECK(h.verify(word_of("anything"), h.dummy()) == match::wrong);
}

TEST_CASE("what others have hashed by RFC 9106 is understood", "[identity][argon2id]") {
    // Made by the reference implementation's own tool: echo -n password | argon2 <salt> -id -t 2 -k 64 -p 1
    // -l 32 -e Salts of 16, 24 and 48 octets; the last one with 3 passes, 128 KiB and 64 octets of hash.
    struct {
        std::string_view stored;
    } const others[] = {
        {"$argon2id$v=19$m=64,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$i6P6cCvSwI/Gp4MO3l8wvjoXUe1JLzHNfXagpIByW1o"},
        {"$argon2id$v=19$m=64,t=2,p=1$dHdlbnR5IGZvdXIgb2N0ZXRzIHNhbHQu$"
         "y1L7EIggWhXlBTmWh4UpQtQAd8UT0FVaBIP7fPQC4Gg"},
        {"$argon2id$v=19$m=64,t=2,p=1$Zm9ydHktZWlnaHQgb2N0ZXRzIG9mIHNhbHQsIG5vIG1vcmUgYW5kIG5vIGxlc3Mu$"
         "LPMwsiwLKpAq2GyULoly038PuKcBEj2+Dmr6SS7YPI8"},
        {"$argon2id$v=19$m=128,t=3,p=1$c2l4dGVlbiBvY3RldHMuLg$BJ1VuL+aB5HiRhTcN+EUia7tzW8mK93rtBs2qV4T1UNkSf/"
         "ocMhYazLOGwxITYA9wYKtj592xEI6ExrUlHDplQ"},
    };
    argon2id const h{{.cost = {64, 2, 1}, .accepted = {{64, 1, 1}, {256, 4, 1}}}};
    for (auto const& [stored] : others) {
        CAPTURE(stored);
        CHECK(h.fault_of(stored).empty());
        CHECK(h.verify(word_of("password"), stored) == match::right);
        CHECK(h.verify(word_of("Password"), stored) == match::wrong);
    }
}

TEST_CASE("a hostile string costs no more than the dummy", "[identity][argon2id]") {
    argon2id const h{cheap};
    std::string const dear =
        "$argon2id$v=19$m=4194304,t=1000000,p=1$AAECAwQFBgcICQoLDA0ODw$"
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
    CHECK(h.fault_of(dear) == "its cost is out of bounds: expected m 8 to 64 (KiB), t 1 to 3, p 1");
    CHECK(h.verify(word_of("x"), dear) == match::wrong);  // comes back at once
    CHECK(h.fault_of("hunter2").find("hunter2") == std::string::npos);
    CHECK(h.verify(word_of("hunter2"), "hunter2") == match::wrong);
    CHECK(h.fault_of("$argon2id$v=19$m=64,t=2,p=2$AAECAwQFBgcICQoLDA0ODw$"
                     "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8") != "");
}

TEST_CASE("a hash of another cost is to be made anew", "[identity][argon2id]") {
    argon2id const before{cheap};
    argon2id const now{{.cost = {16, 2, 1}, .accepted = cheap.accepted}};
    auto const old = before.hash(word_of("correct horse")), fresh = now.hash(word_of("correct horse"));
    REQUIRE((old && fresh));
    CHECK_FALSE(before.needs_rehash(*old));
    CHECK(now.needs_rehash(*old));
    CHECK_FALSE(now.needs_rehash(*fresh));
    CHECK_FALSE(now.needs_rehash(now.dummy()));
    CHECK(now.verify(word_of("correct horse"), *old) == match::right);
    CHECK(now.memory() == 16 * 1024);
}

TEST_CASE("the dummy has the parameters of a new hash", "[identity][argon2id]") {
    argon2id const h;
    auto const dummy = parse_phc(h.dummy());
    REQUIRE(dummy);
    CHECK(dummy.value.cost == argon2_cost{19456, 2, 1});
    CHECK(dummy.value.salt_size == phc_string::shortest_salt);
    CHECK(dummy.value.hash_size == phc_string::shortest_hash);
    CHECK(h.memory() == 19 * 1024 * 1024);
}

TEST_CASE("options that cannot be are said, and nothing is hashed under them", "[identity][argon2id]") {
    struct {
        argon2id_options o;
        std::string_view because;
    } const wrong[] = {
        {{.cost = {19456, 2, 2}}, "p is 1"},
        {{.cost = {19456, 2, 1}, .accepted = {{7168, 1, 1}, {65536, 10, 4}}}, "p is 1"},
        {{.cost = {8, 1, 1}, .accepted = {{7, 1, 1}, {64, 3, 1}}}, "8 KiB"},
        {{.cost = {8, 1, 1}, .accepted = {{8, 0, 1}, {64, 3, 1}}}, "one pass"},
        {{.cost = {8, 1, 1}}, "outside of what it accepts"},
        {{.cost = {131072, 1, 1}}, "outside of what it accepts"},
        {{.accepted = {{8, 1, 1}, {0xffffffff, 3, 1}}}, "2 GiB"},
    };
    for (auto const& [o, because] : wrong) {
        argon2id const h{o};
        CAPTURE(because);
        CHECK(h.fault().find(because) != std::string_view::npos);
        CHECK_FALSE(h.hash(word_of("x")));
        CHECK(h.verify(word_of("x"), h.dummy()) == match::untested);
    }
    CHECK(argon2id{}.fault().empty());
}
