// SPDX-License-Identifier: BSL-1.0
#include "support/catch.hpp"

#include <sallyport/core/line_seal.hpp>

#include <array>
#include <cstddef>
#include <set>

namespace {

using sallyport::line_seal;
using sallyport::sip_key;
using sallyport::word;

TEST_CASE("a seal fits its line under its key, and no other", "[core][line_seal]") {
    line_seal<8> const seal{sip_key{1, 2}}, same{sip_key{1, 2}}, another{sip_key{1, 3}};
    std::array<word, 2> const beside{7, 8};
    std::array<word, 8> const text{1, 2, 3, 4, 5, 6, 7, 8};
    word const right = seal(beside, text);
    CHECK(same(beside, text) == right);
    CHECK(another(beside, text) != right);
    CHECK(seal(std::array<word, 2>{8, 7}, text) != right);
}

TEST_CASE("each bit of a line counts, and so does its place", "[core][line_seal]") {
    line_seal<8> const seal{sip_key{0x0123456789abcdef, 42}};
    std::array<word, 2> beside{7, 8};
    std::array<word, 8> text{1, 2, 3, 4, 5, 6, 7, 8};
    std::set<word> seen{seal(beside, text)};
    for (std::size_t bit = 0; bit < 64; ++bit) {
        for (word& w : beside) {
            w ^= word{1} << bit;
            seen.insert(seal(beside, text));
            w ^= word{1} << bit;
        }
        for (word& w : text) {
            w ^= word{1} << bit;
            seen.insert(seal(beside, text));
            w ^= word{1} << bit;
        }
    }
    CHECK(seen.size() == 1 + 64 * 10);
    CHECK(seal(beside, {2, 1, 3, 4, 5, 6, 7, 8}) != seal(beside, text));
    CHECK(seal(beside, {}) != 0);
}

TEST_CASE("lines of nothing have seals as well, one for each key", "[core][line_seal]") {
    std::set<word> seen;
    for (word k = 0; k < 100; ++k) seen.insert(line_seal<3>{sip_key{k, 0}}(std::array<word, 1>{}, {}));
    CHECK(seen.size() == 100);
}

}  // namespace
