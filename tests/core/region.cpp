// SPDX-License-Identifier: BSL-1.0
#include "support/catch.hpp"

#include <sallyport/core/house.hpp>
#include <sallyport/core/region.hpp>

#include <array>
#include <cstdint>

namespace {

using sallyport::region;
using sallyport::word;
using sallyport::wordy;

struct with_padding {
    std::uint64_t a;
    std::uint32_t b;
};
struct half_a_word {
    std::uint32_t a;
};
struct points_somewhere {
    points_somewhere(points_somewhere const& other);
    std::uint64_t a;
};
static_assert(wordy<word> && wordy<sallyport::visit> && wordy<sallyport::guest> &&
              wordy<sallyport::principal>);
static_assert(!wordy<with_padding> && !wordy<half_a_word> && !wordy<points_somewhere> && !wordy<double>);

TEST_CASE("values go in and come out whole", "[core][region]") {
    struct pair {
        std::uint32_t a, b;
        word c;
    };
    std::array<word, 6> words{};
    region all{words.data()};
    all.part(2).put(1, pair{1, 2, 3});
    CHECK(all.get<pair>(3).b == 2);
    CHECK(all.get<pair>(3).c == 3);
    CHECK(all.holds(3, pair{1, 2, 3}));
    CHECK_FALSE(all.holds(3, pair{1, 2, 4}));
    CHECK_FALSE(all.holds(3, pair{9, 2, 3}));
    CHECK(words[2] == 0);
    CHECK(words[5] == 0);
    all.publish(5, 7);
    CHECK(all.peek(5) == 7);
}

TEST_CASE("a region that was only measured is not attached, nor is a part of it", "[core][region]") {
    CHECK_FALSE(region{}.attached());
    CHECK_FALSE(region{}.part(8).attached());
    word one = 0;
    CHECK(region{&one}.attached());
}

}  // namespace
