// SPDX-License-Identifier: BSL-1.0
#include "support/catch.hpp"

#include <sallyport/audit/escape.hpp>

#include <charconv>
#include <random>
#include <string>
#include <string_view>

namespace {

using namespace std::string_view_literals;
using namespace sallyport;
using audit::escaped, audit::json_style, audit::structured_data_style;

static_assert(audit::escape_style<audit::plain_style>);

struct {
    std::string_view typed, plain, json, structured;
} const names[] = {
    {"admin"sv, "admin", "admin", "admin"},
    {"Zoë Łukasz 李 🔒"sv, "Zoë Łukasz 李 🔒", "Zoë Łukasz 李 🔒", "Zoë Łukasz 李 🔒"},
    {"x\n12.05.22"sv, "x\\x0a12.05.22", "x\\u000a12.05.22", "x\\\\x0a12.05.22"},
    {"\r\t\0\x7f"sv, "\\x0d\\x09\\x00\\x7f", "\\u000d\\u0009\\u0000\\u007f", "\\\\x0d\\\\x09\\\\x00\\\\x7f"},
    {"\x1b[2J\x1b]0;t\a"sv, "\\x1b[2J\\x1b]0;t\\x07", "\\u001b[2J\\u001b]0;t\\u0007",
     "\\\\x1b[2J\\\\x1b\\]0;t\\\\x07"},
    {"\u009b31m"sv, "\\u{9b}31m", "\\u009b31m", "\\\\u{9b}31m"},  // C1: a CSI of one code point
    {"\u202egnp.\u2066"sv, "\\u{202e}gnp.\\u{2066}", "\\u202egnp.\\u2066", "\\\\u{202e}gnp.\\\\u{2066}"},
    {"a\u2028b\u2029c"sv, "a\\u{2028}b\\u{2029}c", "a\\u2028b\\u2029c", "a\\\\u{2028}b\\\\u{2029}c"},
    {"ad\u200bmin\ufeff"sv, "ad\\u{200b}min\\u{feff}", "ad\\u200bmin\\ufeff", "ad\\\\u{200b}min\\\\u{feff}"},
    {"\U000e0041"sv, "\\u{e0041}", "\\udb40\\udc41", "\\\\u{e0041}"},  // a tag: not to be seen
    {"' \" \\ ]"sv, "\\x27 \\x22 \\x5c ]", "' \\\" \\\\ ]", "' \\\" \\\\ \\]"},
    {"\xff\xc3(\xed\xa0\x80"sv, "\\xff\\xc3(\\xed\\xa0\\x80", "\\ufffd\\ufffd(\\ufffd\\ufffd\\ufffd",
     "\\\\xff\\\\xc3(\\\\xed\\\\xa0\\\\x80"},
};

TEST_CASE("whatever is typed as a name stays a name", "[audit][escape]") {
    for (auto const& n : names) {
        CAPTURE(n.plain);
        CHECK(escaped(n.typed) == n.plain);
        CHECK(escaped<json_style>(n.typed) == n.json);
        CHECK(escaped<structured_data_style>(n.typed) == n.structured);
    }
}

TEST_CASE("both sides of each edge of what is harmless", "[audit][escape]") {
    struct {
        char32_t last_good, first_bad, last_bad, next_good;
    } const edges[] = {{0x7e, 0x7f, 0x9f, 0xa0},          {0xac, 0xad, 0xad, 0xae},
                       {0x61b, 0x61c, 0x61c, 0x61d},      {0x180d, 0x180e, 0x180e, 0x180f},
                       {0x200a, 0x200b, 0x200f, 0x2010},  {0x2027, 0x2028, 0x202e, 0x202f},
                       {0x205f, 0x2060, 0x206f, 0x2070},  {0xfdcf, 0xfdd0, 0xfdef, 0xfdf0},
                       {0xfefe, 0xfeff, 0xfeff, 0xff00},  {0xfff8, 0xfff9, 0xfffb, 0xfffc},
                       {0xfffd, 0xfffe, 0xffff, 0x10000}, {0xdffff, 0xe0000, 0xe00ff, 0xe0100}};
    CHECK_FALSE(audit::harmless(0x1f));
    CHECK(audit::harmless(0x20));
    for (auto const& e : edges) {
        CAPTURE(static_cast<unsigned>(e.first_bad));
        if (e.last_good != 0xdffff)
            CHECK(audit::harmless(e.last_good));  // a noncharacter, the last of its plane
        CHECK_FALSE(audit::harmless(e.first_bad));
        CHECK_FALSE(audit::harmless(e.last_bad));
        CHECK(audit::harmless(e.next_good));
    }
    CHECK_FALSE(audit::harmless(0x10ffff));
    CHECK(audit::harmless(0x10fffd));
}

/// What plain_style was given; "?" where that cannot be told.
std::string unescaped(std::string_view s) {
    std::string out;
    auto const number = [](std::string_view digits) {
        unsigned n = 0;
        auto const [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), n, 16);
        return fault == std::errc{} && end == digits.data() + digits.size() ? n : 0xffffffff;
    };
    while (!s.empty()) {
        if (s[0] != '\\') {
            out += s[0], s.remove_prefix(1);
        } else if (s.substr(1, 1) == "x") {
            out += static_cast<char>(number(s.substr(2, 2))), s.remove_prefix(4);
        } else if (s.substr(1, 2) == "u{") {
            std::size_t const end = s.find('}');
            char32_t const c = number(s.substr(3, end - 3));
            if (c < 0x800)
                out += {static_cast<char>(0xc0 | c >> 6), static_cast<char>(0x80 | (c & 63))};
            else if (c < 0x10000)
                out += {static_cast<char>(0xe0 | c >> 12), static_cast<char>(0x80 | (c >> 6 & 63)),
                        static_cast<char>(0x80 | (c & 63))};
            else
                out += {static_cast<char>(0xf0 | c >> 18), static_cast<char>(0x80 | (c >> 12 & 63)),
                        static_cast<char>(0x80 | (c >> 6 & 63)), static_cast<char>(0x80 | (c & 63))};
            s.remove_prefix(end + 1);
        } else {
            return "?";
        }
    }
    return out;
}

TEST_CASE("random bytes come out harmless, bounded, and no two alike", "[audit][escape]") {
    std::mt19937 chance{20220512};
    std::string_view const bits[] = {"\xe2\x80\xae", "\xf0\x9f", "\n",    "\\", "\\x0a", "\\u{85}", "'",
                                     "\xc2\x85",     "é",        "\x1b[", "]",  "\""};
    for (int round = 0; round < 20'000; ++round) {
        std::string typed;
        for (std::size_t parts = chance() % 12; parts > 0; --parts) {
            if (chance() % 2 == 0)
                typed += bits[chance() % std::size(bits)];
            else
                typed += static_cast<char>(chance());
        }
        std::string const plain = escaped(typed), json = escaped<json_style>(typed),
                          data = escaped<structured_data_style>(typed);
        for (std::string const& out : {plain, json, data}) {
            REQUIRE(out.size() <= 6 * typed.size());
            for (std::string_view rest = out; !rest.empty();) {
                code_point const c = first_code_point(rest);
                REQUIRE(c.well_formed);
                REQUIRE(audit::harmless(c.value));
                rest.remove_prefix(c.bytes);
            }
        }
        REQUIRE(plain.find('\'') == std::string::npos);
        REQUIRE(unescaped(plain) == typed);
    }
}

}  // namespace
