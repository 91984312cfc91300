// SPDX-License-Identifier: BSL-1.0
#include "support/catch.hpp"

#include <sallyport/core/name_rules.hpp>

#include <algorithm>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>

namespace {

using namespace std::string_view_literals;
using sallyport::fold_name;
using sallyport::is_made_up;
using sallyport::made_up_name;
using sallyport::name;
using sallyport::printable_utf8;
using sallyport::trimmed;
using sallyport::well_formed_name;

static_assert(well_formed_name("amira") && !well_formed_name("") && fold_name(" Amira ") == name{"amira"});

TEST_CASE("a name is 1 to 64 bytes, and more than blanks", "[core][name_rules]") {
    CHECK_FALSE(well_formed_name(""));
    CHECK_FALSE(well_formed_name(" "));
    CHECK_FALSE(well_formed_name(std::string(64, ' ')));
    CHECK(well_formed_name("a"));
    CHECK(well_formed_name(" a"));
    CHECK(well_formed_name(std::string(64, 'a')));
    CHECK_FALSE(well_formed_name(std::string(65, 'a')));
    CHECK_FALSE(
        well_formed_name(std::string(63, 'a') + "  "));  // not trimmed first: what was sent is measured
    CHECK(well_formed_name(std::string(62, 'a') + "é"));
    CHECK_FALSE(well_formed_name(std::string(63, 'a') + "é"));
    CHECK_FALSE(well_formed_name(std::string(1'000'000, 'a')));
}

TEST_CASE("a name has no control characters, wherever they stand", "[core][name_rules]") {
    for (int c = 0; c < 0x100; ++c)
        for (std::size_t at = 0; at < 20; ++at) {
            std::string s = "abcdefghijklmnopqrst";
            s[at] = static_cast<char>(c);
            CAPTURE(c, at);
            CHECK(well_formed_name(s) == (c >= 0x20 && c < 0x7f));  // a lone octet from 0x80 on is no UTF-8
        }
    CHECK_FALSE(well_formed_name("a\xc2\x80"));  // C1, U+0080
    CHECK_FALSE(well_formed_name("a\xc2\x9f"));  // … U+009F
    CHECK(well_formed_name("a\xc2\xa0"));        // a no-break space is no control character
    CHECK_FALSE(well_formed_name("admin\r\nadmin"));
    CHECK_FALSE(well_formed_name("a\x1b[2J"));
    CHECK_FALSE(well_formed_name("amira\0bo"sv));
}

TEST_CASE("a name is UTF-8 as RFC 3629 has it", "[core][name_rules]") {
    for (auto const good :
         {"é"sv, "Åsa"sv, "王"sv, "🔒"sv, "\xf4\x8f\xbf\xbf"sv, "\xee\x80\x80"sv, "\xed\x9f\xbf"sv})
        CHECK(well_formed_name(good));
    for (auto const ill : {"\x80"sv, "\xbf"sv, "\xc0\x80"sv, "\xc0\xaf"sv, "\xc1\xbf"sv, "\xe0\x80\xaf"sv,
                           "\xe0\x9f\xbf"sv, "\xed\xa0\x80"sv, "\xed\xbf\xbf"sv, "\xf0\x8f\xbf\xbf"sv,
                           "\xf4\x90\x80\x80"sv, "\xf5\x80\x80\x80"sv, "\xf8\x88\x80\x80\x80"sv, "\xfe"sv,
                           "\xff"sv, "\xc3"sv, "\xe2\x82"sv, "\xf0\x9f\x94"sv, "\xc3\x28"sv})
        for (auto const* const before : {"", "a", "abcdefg", "abcdefgh", "abcdefghi"}) {
            CAPTURE(before);
            CHECK_FALSE(well_formed_name(before + std::string{ill}));
            CHECK_FALSE(well_formed_name(before + std::string{ill} + "after it"));
        }
}

/// RFC 3629 §4, rule by rule, and slowly.
bool printable_as_written(std::string_view s) {
    auto const octet = [&](std::size_t i) { return i < s.size() ? static_cast<unsigned char>(s[i]) : 0U; };
    auto const tail = [&](std::size_t i, unsigned from = 0x80, unsigned to = 0xbf) {
        return octet(i) >= from && octet(i) <= to;
    };
    for (std::size_t i = 0; i < s.size();) {
        unsigned const c = octet(i);
        if (c >= 0x20 && c < 0x7f)
            i += 1;
        else if (c == 0xc2 && tail(i + 1, 0xa0))
            i += 2;  // less U+0080 … U+009F
        else if (c >= 0xc3 && c <= 0xdf && tail(i + 1))
            i += 2;
        else if (c == 0xe0 && tail(i + 1, 0xa0) && tail(i + 2))
            i += 3;
        else if (((c >= 0xe1 && c <= 0xec) || c == 0xee || c == 0xef) && tail(i + 1) && tail(i + 2))
            i += 3;
        else if (c == 0xed && tail(i + 1, 0x80, 0x9f) && tail(i + 2))
            i += 3;
        else if (c == 0xf0 && tail(i + 1, 0x90) && tail(i + 2) && tail(i + 3))
            i += 4;
        else if (c >= 0xf1 && c <= 0xf3 && tail(i + 1) && tail(i + 2) && tail(i + 3))
            i += 4;
        else if (c == 0xf4 && tail(i + 1, 0x80, 0x8f) && tail(i + 2) && tail(i + 3))
            i += 4;
        else
            return false;
    }
    return true;
}

TEST_CASE("what is printable agrees with the RFC's own grammar on random octets", "[core][name_rules]") {
    std::mt19937 dice{1};
    std::size_t wrong = 0, good = 0;
    auto const one = [&](std::string& s) {  // biased towards what nearly is a character
        static constexpr unsigned char edges[] = {0x1f, 0x20, 0x7e, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0,
                                                  0xbf, 0xc0, 0xc1, 0xc2, 0xc3, 0xdf, 0xe0, 0xe1, 0xec,
                                                  0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5};
        switch (dice() % 4) {
            case 0: s += static_cast<char>(edges[dice() % sizeof edges]); break;
            case 1: s += static_cast<char>(dice()); break;
            default: s += static_cast<char>('a' + dice() % 26); break;
        }
    };
    for (int i = 0; i < 200'000; ++i) {
        std::string s;
        for (auto n = dice() % 24; n > 0; --n) one(s);
        bool const is = printable_as_written(s);
        good += is ? 1 : 0;
        wrong += printable_utf8(s) != is ? 1 : 0;
    }
    CHECK(wrong == 0);
    CHECK(good > 10'000);
}

TEST_CASE("a malformed name has one made up for it, which no account can bear", "[core][name]") {
    auto const made = made_up_name(0x0123456789abcdef);
    CHECK(made.view() ==
          "\xff"
          "fedcba9876543210");
    CHECK(is_made_up(made.view()));
    CHECK_FALSE(well_formed_name(made.view()));
    CHECK_FALSE(
        is_made_up("\xff"
                   "fedcba987654321"));
    CHECK_FALSE(
        is_made_up("\xff"
                   "fedcba987654321G"));
    CHECK_FALSE(is_made_up("ffedcba9876543210"));
    CHECK_FALSE(is_made_up(""));
}

TEST_CASE("names are trimmed of blanks and folded in ASCII alone", "[core][name_rules]") {
    CHECK(trimmed("  a b  ") == "a b");
    CHECK(trimmed("   ").empty());
    CHECK(fold_name("  ADMIN ") == name{"admin"});
    CHECK(fold_name("Ad Min") == name{"ad min"});
    CHECK(fold_name("ÄÖÜ") == name{"ÄÖÜ"});  // what else is one name, its directory knows
    CHECK(fold_name(std::string(64, 'Z')) == name{std::string(64, 'z')});
    for (int c = 0x20; c < 0x100; ++c) {
        std::string const s = "x" + std::string(1, static_cast<char>(c)) + "x";
        char const lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : static_cast<char>(c);
        CAPTURE(c);
        CHECK(fold_name(s) == name{"x" + std::string(1, lower) + "x"});
    }
}

}  // namespace
