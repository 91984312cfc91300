// SPDX-License-Identifier: BSL-1.0
// The same wrong secret again, and the morning after a change: whoever was not told delays nobody.
#include "lanes_at_work.hpp"
#include "support/catch.hpp"

namespace {

using namespace at_work;
using desk = lanes_at_work<>;

TEST_CASE("the same wrong secret repeated is charged once, and verified all the same", "[penalty][lanes]") {
    desk d;
    for (int i = 0; i < 700; ++i) {
        CHECK(d.guess(knock("amira", here, 7)));
        d.now += 5s;
    }
    CHECK(d.delay(knock("amira")) == 0s);
    CHECK(d.guess_as_strangers("amira", 20) == 9);
}

TEST_CASE("a secret that has become right is let in though the lanes are frozen", "[penalty][lanes]") {
    desk d;
    for (word s = 1; s <= 5; ++s) d.guess(knock("amira", here, s));
    CHECK_FALSE(d.guess(knock("amira", here, 99)));
    CHECK(d.log_in(knock("amira", here, 5)));
    CHECK(d.guess(knock("amira", here, 5)));  // and a success does not empty the ring
}

TEST_CASE("over the repeat lane a repeated secret is frozen too", "[penalty][lanes]") {
    desk d;
    REQUIRE(d.guess(knock("amira", here, 7)));
    int verified = 0;
    for (int i = 0; i < 100; ++i) verified += d.guess(knock("amira", here, 7)) ? 1 : 0;
    CHECK(verified == 20);
    CHECK(d.look(knock("amira", here, 7)).error() == denial{reason::penalty_delay_active, 1s});
    d.now += 1s;
    CHECK(d.guess(knock("amira", here, 7)));
}

TEST_CASE("the ring holds four secrets, and the fifth is fresh again", "[penalty][lanes]") {
    desk d;
    for (word s = 1; s <= 4; ++s) REQUIRE(d.guess(knock("amira", here, s)));
    for (word s = 1; s <= 4; ++s) CHECK(d.guess(knock("amira", here, s)));
    CHECK(d.guess(knock("amira", here, 5)));  // the fifth charge: 1 makes room
    CHECK(d.guess(knock("amira", here, 2)));
    CHECK_FALSE(d.guess(knock("amira", here, 1)));
}

TEST_CASE("no ring is shared: nobody tells the owner's slips of the finger from elsewhere",
          "[penalty][lanes]") {
    desk d;
    REQUIRE(d.guess(knock("amira", here, 7)));
    REQUIRE(d.log_in(from_device("amira", 1)));
    REQUIRE(d.guess(from_device("amira", 1, 7)));
    CHECK(d.guess(knock("amira", host(1), 7)));
    CHECK(d.guess_as_strangers("amira", 20, 10) == 8);  // the same secret from two places was charged twice
    CHECK_FALSE(d.guess(knock("amira", host(2), 7)));
}

TEST_CASE("a repeated secret of a paired or a trusted device pays neither its lane nor the device's",
          "[penalty][lanes]") {
    desk d;
    REQUIRE(d.log_in(from_device("amira", 1)));
    for (int i = 0; i < 500; ++i, d.now += 2s) {
        CHECK(d.guess(from_device("amira", 1, 7)));
        CHECK(d.guess(from_device("bo", 2, 8)));
    }
    int verified = 0;
    for (int i = 0; i < 20; ++i) verified += d.guess(from_device("amira", 1)) ? 1 : 0;
    CHECK(verified == 10);
    CHECK(d.delay(from_device("bo", 3)) == 0s);
}

TEST_CASE("parallel repeats reserve in the repeat lane alone", "[penalty][lanes]") {
    desk d;
    REQUIRE(d.guess(knock("amira", here, 7)));
    int flying = 0;
    for (int i = 0; i < 64; ++i) {
        visit v = knock("amira", here, 7);
        if (denial const no = d.begin(v); no.why == reason::none)
            ++flying;
        else
            CHECK(no.why == reason::try_again_later);
    }
    CHECK(flying == 20);
    CHECK(d.log_in(knock("amira")));
}

TEST_CASE("the morning after: who still sends the secret before the change does not pay the account's lanes",
          "[penalty][lanes]") {
    desk d;
    constexpr word old = 4711;
    REQUIRE(d.log_in(from_device("amira", 1)));
    d->note(sallyport::renewal{knock("amira", here, old), at(d.now)});

    for (std::uint32_t n = 0; n < 30; ++n) CHECK(d.guess(knock("amira", host(n), old)));  // thirty machines
    CHECK(d.delay(knock("amira", host(99))) == 0s);
    CHECK(d.guess(from_device("amira", 1, old)));  // a paired one pays the device lane alone
    CHECK(d.guess(from_device("amira", 2, old)));
    int verified = 0;
    for (int i = 0; i < 20; ++i) verified += d.guess(from_device("amira", 1)) ? 1 : 0;
    CHECK(verified == 10);
    CHECK(d.guess_as_strangers("amira", 20, 100) == 10);
    CHECK(d.guess(knock("amira", host(300), old)));  // also while the account's lanes are frozen
    CHECK_FALSE(d.guess(knock("amira", host(301), 1)));
}

TEST_CASE("the morning after: an old secret pays its source, and is old for 30 days", "[penalty][lanes]") {
    desk d;
    d->note(sallyport::renewal{knock("amira", here, 4711), at(d.now)});
    REQUIRE(d.guess(knock("amira", here, 4711)));
    for (word s = 1; s <= 4; ++s) REQUIRE(d.guess(knock("amira", here, s)));
    CHECK_FALSE(d.guess(knock("amira", here, 5)));  // the first of five was the old one
    d.now += 24h * 30 - 1ns;
    for (std::uint32_t n = 0; n < 20; ++n) CHECK(d.guess(knock("amira", host(n), 4711)));
    CHECK(d.delay(knock("amira", host(99))) == 0s);
    d.now += 1ns;
    for (std::uint32_t n = 100; n < 110; ++n) CHECK(d.guess(knock("amira", host(n), 4711)));
    CHECK_FALSE(d.guess(knock("amira", host(110), 4711)));
}

TEST_CASE("the morning after: two old secrets are known, a third makes room", "[penalty][lanes]") {
    desk d;
    for (word s = 1; s <= 3; ++s) d->note(sallyport::renewal{knock("amira", here, s), at(d.now)});
    for (std::uint32_t n = 0; n < 40; ++n) CHECK(d.guess(knock("amira", host(n), 2 + n % 2)));
    CHECK(d.guess_as_strangers("amira", 20, 100) == 10);
    CHECK_FALSE(d.guess(knock("amira", host(300), 1)));
}

}  // namespace
