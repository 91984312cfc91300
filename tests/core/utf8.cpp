// SPDX-License-Identifier: BSL-1.0
#include "support/catch.hpp"

#include <sallyport/core/utf8.hpp>

#include <string>
#include <string_view>

namespace {

using namespace std::string_view_literals;
using sallyport::code_point;
using sallyport::first_code_point;

static_assert(first_code_point("A"sv).value == U'A');
static_assert(first_code_point("é"sv).value == U'é' && first_code_point("é"sv).bytes == 2);
static_assert(first_code_point("€uro"sv).value == U'€' && first_code_point("€uro"sv).bytes == 3);
static_assert(first_code_point("🔒"sv).value == U'🔒' && first_code_point("🔒"sv).bytes == 4);

/// UTF-8 as RFC 3629 §3 writes it, by its table and not by our shifts.
std::string encoded(char32_t c) {
    auto const byte = [](char32_t b) { return static_cast<char>(b); };
    if (c < 0x80) return {byte(c)};
    if (c < 0x800) return {byte(0xc0 | c / 64), byte(0x80 | c % 64)};
    if (c < 0x10000) return {byte(0xe0 | c / 4096), byte(0x80 | c / 64 % 64), byte(0x80 | c % 64)};
    return {byte(0xf0 | c / 262144), byte(0x80 | c / 4096 % 64), byte(0x80 | c / 64 % 64),
            byte(0x80 | c % 64)};
}

TEST_CASE("every code point is read as it was written, surrogates never", "[core][utf8]") {
    std::size_t wrong = 0;
    for (char32_t c = 0; c <= 0x10ffff; ++c) {
        std::string const s = encoded(c);
        code_point const read = first_code_point(s + "x");
        bool const surrogate = c >= 0xd800 && c < 0xe000;
        bool const right = surrogate ? !read.well_formed && read.bytes == 1
                                     : read.well_formed && read.value == c && read.bytes == s.size();
        wrong += right ? 0U : 1U;
    }
    CHECK(wrong == 0);
}

TEST_CASE("an ill-formed byte is taken alone, and reading goes on behind it", "[core][utf8]") {
    auto const text = GENERATE(as<std::string_view>(), "\x80"sv, "\xbf"sv, "\xc0\xaf"sv, "\xc1\xbf"sv,
                               "\xc3"sv, "\xe2\x82"sv, "\xe0\x80\xaf"sv, "\xe0\x9f\xbf"sv, "\xed\xa0\x80"sv,
                               "\xf0\x80\x80\xaf"sv, "\xf0\x8f\xbf\xbf"sv, "\xf4\x90\x80\x80"sv,
                               "\xf5\x80\x80\x80"sv, "\xfe"sv, "\xff"sv, "\xc3("sv, "\xe2(\xa1"sv);
    code_point const c = first_code_point(text);
    CHECK_FALSE(c.well_formed);
    CHECK(c.bytes == 1);
    CHECK(c.value == static_cast<unsigned char>(text[0]));
}

}  // namespace
