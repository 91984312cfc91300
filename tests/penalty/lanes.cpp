// SPDX-License-Identifier: BSL-1.0
// Who pays what: each rule by its name, on the guard alone.
#include "lanes_at_work.hpp"
#include "support/catch.hpp"

#include <sallyport/testing/conformance.hpp>

#include <array>
#include <string>
#include <vector>

namespace {

using namespace at_work;
using desk = lanes_at_work<>;

static_assert(sallyport::guard<sallyport::penalty::lanes<>>);
static_assert(!sallyport::checks<sallyport::penalty::lanes<>, sallyport::admission>,
              "a full house never costs a penalty");

TEST_CASE("lanes keep a guard's promises", "[penalty][lanes]") {
    for (std::uint64_t seed = 1; seed < 8; ++seed)
        CHECK(sallyport::testing::conformance([] { return sallyport::penalty::lanes<>{}; }, seed).empty());
}

TEST_CASE("all strangers together have ten guesses, and then one an hour", "[penalty][lanes]") {
    desk d;
    CHECK(d.guess_as_strangers("amira", 100) == 10);
    CHECK(d.look(knock("amira", host(5000))).error() == denial{reason::penalty_delay_active, 1h});
    d.now += 1h - 1ns;
    CHECK(d.guess_as_strangers("amira", 100, 1000) == 0);
    d.now += 1ns;
    CHECK(d.guess_as_strangers("amira", 100, 2000) == 1);
    CHECK(d.guess(knock("bo")));  // another account
}

TEST_CASE("one source cannot use up what all share", "[penalty][lanes]") {
    desk d;
    int verified = 0;
    for (int i = 0; i < 20; ++i) verified += d.guess(knock("amira")) ? 1 : 0;
    CHECK(verified == 5);
    CHECK(d.delay(knock("amira")) == 4h);
    CHECK(d.delay(knock("amira", host(1))) == 0s);
    CHECK(d.guess_as_strangers("amira", 10) == 5);
}

TEST_CASE("a source pays over all accounts", "[penalty][lanes]") {
    desk d;
    int verified = 0;
    for (int i = 0; i < 60; ++i) verified += d.guess(knock("user" + std::to_string(i))) ? 1 : 0;
    CHECK(verified == 20);
    CHECK(d.delay(knock("somebody")) == 1min);
    CHECK(d.log_in(knock("somebody", host(1))));
}

TEST_CASE("where the host knows no address, source lanes are skipped and never shared by all",
          "[penalty][lanes]") {
    desk d;
    for (int i = 0; i < 100; ++i) CHECK(d.guess(knock("user" + std::to_string(i), address{})));
    int verified = 0;
    for (int i = 0; i < 20; ++i) verified += d.guess(knock("amira", address{})) ? 1 : 0;
    CHECK(verified == 10);  // the account's own lane still stands
}

TEST_CASE("a trusted device that is not paired pays a lane of its own kind", "[penalty][lanes]") {
    desk d;
    CHECK(d.guess_as_strangers("amira", 20) == 10);
    int verified = 0;
    for (std::uint8_t n = 1; n <= 20; ++n) verified += d.guess(from_device("amira", n)) ? 1 : 0;
    CHECK(verified == 10);  // all trusted devices together
    CHECK(d.delay(from_device("amira", 99)) == 1h);
    CHECK(d.delay(from_device("bo", 99)) == 0s);
}

TEST_CASE("the first right secret pairs a trusted device, and then nobody else's guesses reach it",
          "[penalty][lanes]") {
    desk d;
    CHECK(d.log_in(from_device("amira", 1)));
    d.guess_as_strangers("amira", 50);
    for (std::uint8_t n = 2; n <= 20; ++n) d.guess(from_device("amira", n));
    CHECK(d.log_in(from_device("amira", 1)));
    CHECK(d.delay(from_device("amira", 1)) == 0s);
    // For every other account it is a trusted device as any.
    int verified = 0;
    for (int i = 0; i < 20; ++i) verified += d.guess(from_device("bo", 1)) ? 1 : 0;
    CHECK(verified == 10);
}

TEST_CASE("a stranger's right secret pairs nobody, nor does what cannot be guessed", "[penalty][lanes]") {
    desk d;
    CHECK(d.log_in(knock("amira")));
    visit token = from_device("amira", 1);
    token.shown = sallyport::proof_kind::token;
    CHECK(d.log_in(token));
    int pairs = 0;
    d->each_pair(knock("amira"), d.now, [&](auto const&) { ++pairs; });
    CHECK(pairs == 0);
}

TEST_CASE("a paired device has ten guesses, and then twelve an hour", "[penalty][lanes]") {
    desk d;
    REQUIRE(d.log_in(from_device("amira", 1)));
    int verified = 0;
    for (int i = 0; i < 20; ++i) verified += d.guess(from_device("amira", 1)) ? 1 : 0;
    CHECK(verified == 10);
    CHECK(d.delay(from_device("amira", 1)) == 5min);
    d.now += 5min;
    CHECK(d.guess(from_device("amira", 1)));
    CHECK(d.guess_as_strangers("amira", 20) == 10);  // and it costs the account's strangers nothing
}

TEST_CASE("a device pays over all accounts, in addition", "[penalty][lanes]") {
    desk d;
    int verified = 0;
    for (int i = 0; i < 60; ++i) verified += d.guess(from_device("user" + std::to_string(i), 1)) ? 1 : 0;
    CHECK(verified == 20);
    CHECK(d.log_in(from_device("somebody", 2)));
    CHECK(d.log_in(knock("somebody")));  // its source pays nothing
}

TEST_CASE("an attempt reserves in all its lanes or in none", "[penalty][lanes]") {
    desk d;
    for (int i = 0; i < 5; ++i) REQUIRE(d.guess(knock("amira")));
    for (int i = 0; i < 1000; ++i) CHECK_FALSE(d.guess(knock("amira")));  // its source's lane is full …
    CHECK(d.guess_as_strangers("amira", 20) == 5);  // … and the account's paid no more
}

TEST_CASE("the wait freezes: an attempt during it is not verified and changes nothing", "[penalty][lanes]") {
    desk d;
    d.guess_as_strangers("amira", 10);
    for (int minutes = 60; minutes > 0; --minutes) {
        CHECK(d.delay(knock("amira", host(77))) == std::chrono::minutes{minutes});
        CHECK(d.guess_as_strangers("amira", 10, 100) == 0);
        d.now += 1min;
    }
    CHECK(d.delay(knock("amira", host(77))) == 0s);
}

TEST_CASE("retry_after is the largest over the lanes", "[penalty][lanes]") {
    desk d;
    for (int i = 0; i < 5; ++i) d.guess(knock("amira"));
    d.guess_as_strangers("amira", 5);
    CHECK(d.look(knock("amira", host(50))).error().retry_after == 1h);
    CHECK(d.look(knock("amira")).error().retry_after == 4h);
}

TEST_CASE("64 parallel wrong secrets on a burst of 10: at most 10 are verified", "[penalty][lanes]") {
    desk d;
    std::vector<visit> flying;
    for (std::uint32_t n = 0; n < 64; ++n) {
        visit v = knock("amira", host(n));
        denial const no = d.begin(v);
        if (no.why == reason::none)
            flying.push_back(v);
        else
            CHECK(no == denial{reason::try_again_later, {}});  // only reservations stand against it
    }
    CHECK(flying.size() == 10);
    for (visit const& v : flying) d.wrong(v);
    CHECK(d.look(knock("amira", host(99))).error() == denial{reason::penalty_delay_active, 1h});
}

TEST_CASE("64 parallel right secrets: all are let in, in turns", "[penalty][lanes]") {
    desk d;
    int in = 0;
    for (std::uint32_t n = 0; n < 64;) {
        std::vector<visit> flying;
        for (; n < 64; ++n) {
            visit v = knock("amira", host(n));
            if (d.begin(v).why != reason::none) break;
            flying.push_back(v);
        }
        for (visit const& v : flying) d.right(v), ++in;
    }
    CHECK(in == 64);
    CHECK(d.delay(knock("amira")) == 0s);
}

TEST_CASE("a success releases its own reservation and nothing else", "[penalty][lanes]") {
    desk d;
    int verified = 0;
    for (std::uint32_t n = 0; n < 100; ++n) {
        verified += d.guess(knock("amira", host(n))) ? 1 : 0;
        d.log_in(knock("amira", host(500 + n)));
    }
    CHECK(verified == 10);
}

TEST_CASE("what was never tested is charged to nobody", "[penalty][lanes]") {
    desk d;
    for (std::uint32_t n = 0; n < 100; ++n) {
        visit v = knock("amira", host(n));
        REQUIRE(d.begin(v).why == reason::none);
        d.withdraw(v);
    }
    CHECK(d.guess_as_strangers("amira", 20) == 10);
}

TEST_CASE("what cannot be guessed pays its source or its device alone, and no account's lane refuses it",
          "[penalty][lanes]") {
    desk d;
    d.guess_as_strangers("amira", 20);
    visit certificate = knock("amira", host(900));
    certificate.shown = sallyport::proof_kind::certificate, certificate.fingerprint = 0;
    CHECK(d.log_in(certificate));  // an administrator's way in
    int verified = 0;
    for (int i = 0; i < 60; ++i) verified += d.guess(certificate) ? 1 : 0;
    CHECK(verified == 20);
    CHECK(d.log_in(from_device("bo", 1)));
    visit public_one = from_device("bo", 2);
    public_one.shown = sallyport::proof_kind::certificate;
    verified = 0;
    for (int i = 0; i < 60; ++i) verified += d.guess(public_one) ? 1 : 0;
    CHECK(verified == 20);
    CHECK(d.guess_as_strangers("bo", 20) == 10);  // nobody locks an account with its public certificate
}

TEST_CASE("the console has a lane of its own where the composition has it", "[penalty][lanes]") {
    visit panel = knock("amira", address{});
    panel.presence = sallyport::whereabouts::console;
    desk without;
    without.guess_as_strangers("amira", 20);
    CHECK_FALSE(without.log_in(panel));
    desk d{{.panel = sallyport::penalty::console::composed}};
    d.guess_as_strangers("amira", 20);
    CHECK(d.log_in(panel));
    int verified = 0;
    for (int i = 0; i < 20; ++i) {
        panel.fingerprint = 77'000 + static_cast<word>(i);
        verified += d.guess(panel) ? 1 : 0;
    }
    CHECK(verified == 5);
    CHECK(d.delay(panel) == 5min);
}

TEST_CASE("a settlement goes to the slot that was charged, whatever happened meanwhile", "[penalty][lanes]") {
    desk d;
    visit v = knock("amira");
    REQUIRE(d.begin(v).why == reason::none);
    REQUIRE(d.log_in(from_device("amira", 1)));
    v.known = false;  // the account was deleted meanwhile
    v.device = sallyport::testing::device_forge::make(device(1));
    d.wrong(v);
    CHECK(d.delay(knock("amira")) == 0s);
    CHECK(d.guess_as_strangers("amira", 20) == 9);
    visit twice = knock("bo");
    REQUIRE(d.begin(twice).why == reason::none);
    REQUIRE(d->clear_penalty(knock("bo", address{}), at(d.now)) == false);
    d.wrong(twice);
    CHECK(d.guess_as_strangers("bo", 20) == 9);
}

TEST_CASE("known and unknown names answer alike", "[penalty][lanes]") {
    desk d;
    std::uint64_t seed = 7;
    auto const dice = [&](std::uint64_t sides) {
        seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
        return seed % sides;
    };
    for (int i = 0; i < 5000; ++i) {
        d.now += std::chrono::seconds{dice(900)};
        auto const from = static_cast<std::uint32_t>(dice(12));
        word const secret = dice(3) == 0 ? 40 + dice(6) : 1'000'000'000 + static_cast<word>(i);
        bool const by_device = dice(4) == 0;
        visit one = by_device ? from_device("amira", static_cast<std::uint8_t>(1 + from), secret)
                              : knock("amira", host(2 * from), secret);
        visit other = by_device ? from_device("nobody", static_cast<std::uint8_t>(101 + from), secret)
                                : knock("nobody", host(2 * from + 1), secret);
        other.known = false;
        REQUIRE(d.look(one).error() == d.look(other).error());
        REQUIRE(d.guess(one) == d.guess(other));
        REQUIRE(d.delay(one) == d.delay(other));
    }
}

TEST_CASE("an administrator clears an account, or what it owes from one source", "[penalty][lanes]") {
    desk d;
    for (int i = 0; i < 5; ++i) d.guess(knock("amira"));
    d.guess_as_strangers("amira", 20);
    CHECK(d->clear_penalty(knock("amira"), at(d.now)));
    CHECK(d.delay(knock("amira")) == 1h);  // the source owes nothing any more; the account does
    CHECK(d->clear_penalty(knock("amira", address{}), at(d.now)));
    CHECK(d.delay(knock("amira", host(3))) == 0s);
    CHECK_FALSE(d->clear_penalty(knock("amira", address{}), at(d.now)));
    CHECK_FALSE(d->clear_penalty(knock("nobody"), at(d.now)));
}

TEST_CASE("the list of penalties says which lane, whose, and for how long", "[penalty][lanes]") {
    desk d;
    for (int i = 0; i < 5; ++i) d.guess(knock("amira"));
    int lines = 0;
    d->each_penalty(d.now, [&](sallyport::penalty_entry const& e) {
        ++lines;
        CHECK(e.policy == "penalty::lanes");
        CHECK(e.failures == 5);
        if (e.lane == "account_and_source") CHECK(e.delay == 4h);
        if (e.lane == "account_and_source")
            CHECK((e.source == here && e.account == sallyport::name{"amira"}));
        if (e.lane == "strangers") CHECK((e.delay == 0s && e.account == sallyport::name{"amira"}));
        if (e.lane == "source") CHECK((e.source == here && e.account.empty()));
    });
    CHECK(lines == 3);
}

TEST_CASE("consecutive_cap: after so many in a row strangers stay out until somebody acts who may",
          "[penalty][lanes]") {
    desk d{{.consecutive_cap = 12}};
    REQUIRE(d.log_in(from_device("amira", 1)));
    CHECK(d.guess_as_strangers("amira", 20) == 10);
    d.now += 24h;
    CHECK(d.guess_as_strangers("amira", 20, 100) == 2);  // the eleventh and the twelfth
    d.now += 24h * 30;
    CHECK(d.look(knock("amira", host(999))).error().why == reason::penalty_delay_active);
    CHECK_FALSE(d.log_in(from_device("amira", 2)));
    CHECK(d.log_in(from_device("amira", 1)));  // the paired device acts
    CHECK(d.guess_as_strangers("amira", 20, 200) == 10);
    d.now += 24h;
    d.guess_as_strangers("amira", 20, 300);
    d.now += 24h;
    CHECK_FALSE(d.log_in(knock("amira", host(400))));
    CHECK(d->clear_penalty(knock("amira", address{}), at(d.now)));  // an administrator acts
    CHECK(d.log_in(knock("amira", host(401))));
}

TEST_CASE("consecutive_cap: parallel guesses do not outrun it, a right secret starts anew",
          "[penalty][lanes]") {
    desk d{{.consecutive_cap = 4}};
    std::vector<visit> flying;
    for (std::uint32_t n = 0; n < 64; ++n)
        if (visit v = knock("amira", host(n)); d.begin(v).why == reason::none) flying.push_back(v);
    CHECK(flying.size() == 4);
    for (visit const& v : flying) d.withdraw(v);
    CHECK(d.guess_as_strangers("amira", 3) == 3);
    CHECK(d.log_in(knock("amira", host(90))));
    CHECK(d.guess_as_strangers("amira", 20, 100) == 4);
}

TEST_CASE("options that cannot be are named", "[penalty][lanes]") {
    lane_options o;
    o.repeat.every = 0s;
    CHECK(sallyport::penalty::lanes<>{o}.fault() == "penalty::lanes: a lane's interval must be positive");
    CHECK_FALSE(lane_options{.known = 0}.fault().empty());
    CHECK_FALSE(lane_options{.unknown = 15}.fault().empty());
    CHECK_FALSE(lane_options{.pairs_per_account = 17}.fault().empty());
    CHECK_FALSE(lane_options{.old_secret_for = -1s}.fault().empty());
    CHECK(lane_options{.unknown = 16}.fault().empty());
}

TEST_CASE("nobody burns a pairing code from behind a closed door", "[penalty][lanes]") {
    constexpr word right = 0xc0de, wrong = 0xbad;
    desk d;
    auto const with_code = [](visit v, word code) {
        v.code = code;
        return v;
    };
    REQUIRE(d.guess(knock("amira", host(1), 42)));
    visit renewed = knock("amira");
    renewed.lasting_print = 77;
    d->note(sallyport::renewal{renewed, at(d.now)});
    CHECK(d.guess_as_strangers("amira", 9, 100) == 9);  // the door is closed
    REQUIRE(d->issue_code(knock("amira"), right, at(d.now)));
    for (int times = 0; times < 20; ++times, d.now += 4s) {
        CHECK(d.guess(with_code(knock("amira", host(1), 42), wrong)));  // his own, once more
        CHECK(d.guess(with_code(knock("amira", host(1000 + static_cast<std::uint32_t>(times)), 77), wrong)));
        CHECK_FALSE(d.guess(with_code(knock("amira", host(2)), wrong)));
        visit again = with_code(knock("amira", host(1), 42), wrong);
        REQUIRE(d.begin(again).why == reason::none);
        d.withdraw(again);
    }
    // With the right code each wrong secret takes one, of whatever kind, and what was not verified gives it
    // back.
    for (int times = 0; times < 4; ++times) CHECK(d.guess(with_code(knock("amira", host(1), 42), right)));
    visit fifth = with_code(knock("amira", host(9)), right);
    REQUIRE(d.begin(fifth).why == reason::none);
    d.withdraw(fifth);
    REQUIRE(d.log_in(with_code(knock("amira", host(9)), right)));
    // An open door: a wrong code takes one.
    d.now += 48h;
    REQUIRE(d->issue_code(knock("amira"), right, at(d.now)));
    for (std::uint32_t n = 0; n < 5; ++n) CHECK(d.guess(with_code(knock("amira", host(300 + n)), wrong)));
    CHECK(d.guess_as_strangers("amira", 5, 400) == 5);
    CHECK_FALSE(d.log_in(with_code(knock("amira", host(9)), right)));
}

}  // namespace
