// SPDX-License-Identifier: BSL-1.0
#include "support/catch.hpp"

#include <sallyport/core/pairing_code.hpp>

#include <string>

namespace {

using sallyport::pairing_code;

TEST_CASE("a pairing code is sixteen characters of five bits in four groups", "[core]") {
    auto const c = pairing_code::from({0, 0});
    CHECK(c.view() == "0000-0000-0000-0000");
    CHECK(pairing_code::from({~0ULL, ~0ULL}).view() == "ZZZZ-ZZZZ-ZZZZ-ZZZZ");
    CHECK(pairing_code::from({1, 0}).view() == "1000-0000-0000-0000");
    CHECK(pairing_code::from({0, std::uint64_t{31} << 35}).view() == "0000-0000-0000-000Z");
    static_assert(pairing_code::characters * 5 >= 64);
}

TEST_CASE("a pairing code is read as people type it", "[core]") {
    auto const as_shown = pairing_code::read("7KQM-0D1F-XW9R-5TAB");
    REQUIRE(as_shown);
    CHECK(pairing_code::read("7kqm 0d1f xw9r 5tab") == as_shown);
    CHECK(pairing_code::read("7KQMODIFXW9R5TAB") == as_shown);  // o for 0, i for 1
    CHECK(pairing_code::read("7KQM0DLF-XW9R-5TAB ") == as_shown);
    CHECK(pairing_code::read("7KQM-0D1F-XW9R-5TAC") != as_shown);
}

TEST_CASE("what cannot be a pairing code is none", "[core]") {
    CHECK_FALSE(pairing_code::read(""));
    CHECK_FALSE(pairing_code::read("7KQM-0D1F-XW9R-5TA"));
    CHECK_FALSE(pairing_code::read("7KQM-0D1F-XW9R-5TABC"));
    CHECK_FALSE(pairing_code::read("7KQM-0D1F-XW9R-5TAU"));  // no u in this alphabet
    CHECK_FALSE(pairing_code::read(std::string(1'000'000, '7')));
}

}  // namespace
