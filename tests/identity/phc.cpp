// SPDX-License-Identifier: BSL-1.0
#include <sallyport/identity/phc.hpp>

#include "support/catch.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

using namespace sallyport;
using namespace sallyport::identity;

namespace {

constexpr std::string_view salt16 = "AAECAwQFBgcICQoLDA0ODw";                       // 0 … 15
constexpr std::string_view hash32 = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";  // 0 … 31

std::string phc(std::string_view head, std::string_view salt = salt16, std::string_view hash = hash32) {
    return std::string{head} + "$" + std::string{salt} + "$" + std::string{hash};
}
/// Base64 of so many octets 0.
std::string zeroes(std::size_t octets) {
    std::string s;
    std::array<std::uint8_t, 128> const zero{};
    append_base64(s, {zero.data(), octets});
    return s;
}
constexpr std::string_view usual = "$argon2id$v=19$m=19456,t=2,p=1";

}  // namespace

static_assert(parse_phc(
    "$argon2id$v=19$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"));
static_assert(!parse_phc(""), "nothing is no hash");
static_assert(!parsed_phc{}, "silence is no hash");

TEST_CASE("a hash is read as it was written, and written as it was read", "[identity][phc]") {
    std::string const stored = phc(usual);
    auto const p = parse_phc(stored);
    REQUIRE(p);
    CHECK(p.value.cost == argon2_cost{19456, 2, 1});
    CHECK(p.value.salt().size() == 16);
    CHECK(p.value.salt()[15] == 15);
    CHECK(p.value.hash().size() == 32);
    CHECK(p.value.hash()[31] == 31);
    CHECK(p.value.to_string() == stored);
}

TEST_CASE("a hash has one spelling, and every other is refused", "[identity][phc]") {
    struct {
        std::string stored;
        std::string_view because;
    } const wrong[] = {
        {"", "expected a hash"},
        {"hunter2", "expected a hash"},
        {"$argon2i$v=19$m=19456,t=2,p=1$" + std::string{salt16} + "$" + std::string{hash32},
         "expected a hash"},
        {"$argon2d$v=19$m=19456,t=2,p=1$" + std::string{salt16} + "$" + std::string{hash32},
         "expected a hash"},
        {"$ARGON2ID$v=19$m=19456,t=2,p=1$" + std::string{salt16} + "$" + std::string{hash32},
         "expected a hash"},
        {"$2b$12$abcdefghijklmnopqrstuuABCDEFGHIJKLMNOPQRSTUVWXYZabcde", "expected a hash"},
        {phc("$argon2id$m=19456,t=2,p=1"), "version 19"},
        {phc("$argon2id$v=16$m=19456,t=2,p=1"), "version 19"},
        {phc("$argon2id$v=019$m=19456,t=2,p=1"), "version 19"},
        {phc("$argon2id$v=19$t=2,m=19456,p=1"), "in this order"},
        {phc("$argon2id$v=19$m=19456,p=1,t=2"), "in this order"},
        {phc("$argon2id$v=19$m=19456,t=2"), "in this order"},
        {phc("$argon2id$v=19$m=19456, t=2,p=1"), "in this order"},
        {phc("$argon2id$v=19$m=019456,t=2,p=1"), "leading zeroes"},
        {phc("$argon2id$v=19$m=19456,t=02,p=1"), "leading zeroes"},
        {phc("$argon2id$v=19$m=19456,t=2,p=01"), "leading zeroes"},
        {phc("$argon2id$v=19$m=+19456,t=2,p=1"), "leading zeroes"},
        {phc("$argon2id$v=19$m=-1,t=2,p=1"), "leading zeroes"},
        {phc("$argon2id$v=19$m=,t=2,p=1"), "leading zeroes"},
        {phc("$argon2id$v=19$m=4294967296,t=2,p=1"), "leading zeroes"},
        {phc("$argon2id$v=19$m=99999999999999999999999999,t=2,p=1"), "leading zeroes"},
        {phc("$argon2id$v=19$m=19456,t=2,p=1,keyid=x"), "nothing but m, t and p"},
        {phc("$argon2id$v=19$m=19456,t=2,p=1 "), "nothing but m, t and p"},
        {phc(usual, "AAECAwQFBgcICQoLDA0ODw=="), "salt of 16 to 48"},
        {phc(usual, "AAECAwQFBgcICQoLDA0ODx"), "salt of 16 to 48"},  // stray bits behind the last octet
        {phc(usual, "AAECAwQFBgcICQoLDA0OD"), "salt of 16 to 48"},   // a length that no octets have
        {phc(usual, "AAECAwQFBgcICQoLDA0O-w"), "salt of 16 to 48"},  // the alphabet of URLs
        {phc(usual, "AAECAwQFBgcICQoLDA0O\nw"), "salt of 16 to 48"},
        {phc(usual, ""), "salt of 16 to 48"},
        {phc(usual, salt16, ""), "hash of 32 to 64"},
        {phc(usual, salt16, std::string{hash32} + "="), "hash of 32 to 64"},
        {phc(usual, salt16, std::string{hash32} + "\n"), "hash of 32 to 64"},
        {phc(usual, salt16, std::string{hash32} + "$"), "hash of 32 to 64"},
        {phc(usual, salt16, std::string(hash32) + std::string(1, '\0')), "hash of 32 to 64"},
        {std::string{usual} + "$" + std::string{salt16}, "hash behind the salt"},
        {phc(usual) + std::string(1 << 20, 'A'), "longer than any"},
    };
    for (auto const& [stored, because] : wrong) {
        CAPTURE(stored.substr(0, 120), because);
        auto const p = parse_phc(stored);
        CHECK_FALSE(p);
        CHECK(p.fault.find(because) != std::string_view::npos);
    }
}

TEST_CASE("salt and hash are held to their lengths, on both sides of each edge", "[identity][phc]") {
    struct {
        std::size_t salt, hash;
        bool fits;
    } const sizes[] = {
        {15, 32, false}, {16, 32, true}, {48, 32, true},  {49, 32, false},
        {16, 31, false}, {16, 64, true}, {16, 65, false}, {48, 64, true},
    };
    for (auto const& [salt, hash, fits] : sizes) {
        CAPTURE(salt, hash);
        auto const p = parse_phc(phc(usual, zeroes(salt), zeroes(hash)));
        CHECK(static_cast<bool>(p) == fits);
        CHECK((p.value.salt().size() == salt) == fits);
    }
    std::string const longest =
        phc("$argon2id$v=19$m=4294967295,t=4294967295,p=4294967295", zeroes(48), zeroes(64));
    CHECK(longest.size() == phc_string::longest);
}

TEST_CASE("a cost out of bounds is refused before anything is hashed", "[identity][phc]") {
    argon2_bounds const bounds{{8192, 2, 1}, {65536, 4, 2}};
    struct {
        std::string_view cost;
        bool fits;
    } const costs[] = {
        {"m=8191,t=2,p=1", false},
        {"m=8192,t=2,p=1", true},
        {"m=65536,t=2,p=1", true},
        {"m=65537,t=2,p=1", false},
        {"m=8192,t=1,p=1", false},
        {"m=8192,t=4,p=1", true},
        {"m=8192,t=5,p=1", false},
        {"m=8192,t=2,p=0", false},
        {"m=8192,t=2,p=2", true},
        {"m=8192,t=2,p=3", false},
        {"m=4294967295,t=4294967295,p=4294967295", false},
        {"m=0,t=0,p=0", false},
    };
    for (auto const& [cost, fits] : costs) {
        CAPTURE(cost);
        auto const p = parse_phc(phc("$argon2id$v=19$" + std::string{cost}), bounds);
        CHECK(static_cast<bool>(p) == fits);
        CHECK((p.fault == "its cost is out of bounds") == !fits);
    }
    // Argon2 wants 8 KiB for each lane, whatever the bounds say
    CHECK_FALSE(parse_phc(phc("$argon2id$v=19$m=15,t=1,p=2"), {{1, 1, 1}, {64, 4, 4}}));
    CHECK(parse_phc(phc("$argon2id$v=19$m=16,t=1,p=2"), {{1, 1, 1}, {64, 4, 4}}));
}

TEST_CASE("base64 is read in its one canonical spelling", "[identity][phc]") {
    struct {
        std::string_view text;
        int octets;
    } const texts[] = {
        // -1: refused
        {"", 0},     {"A", -1},     {"AA", 1},   {"AB", -1},  {"AAA", 2},   {"AAB", -1},
        {"AAAA", 3}, {"AAAAA", -1}, {"////", 3}, {"+/+/", 3}, {"AA==", -1}, {"A A", -1},
        {"_-", -1},  {"/w", 1},     {"/x", -1},  {"//8", 2},  {"//9", -1},
    };
    for (auto const& [text, octets] : texts) {
        CAPTURE(text);
        std::array<std::uint8_t, 3> room{};
        auto const n = from_base64(text, room);
        CHECK((n ? static_cast<int>(*n) : -1) == octets);
        if (!n) continue;
        std::string back;
        append_base64(back, {room.data(), *n});
        CHECK(back == text);
    }
    std::array<std::uint8_t, 2> small{};
    CHECK_FALSE(from_base64("AAAA", small));
}
