// SPDX-License-Identifier: BSL-1.0
// No gate, no thread, no sleeping: a guard, some instants, one question each.
#include "support/catch.hpp"
#include "support/words.hpp"

#include <sallyport/penalty/backoff.hpp>
#include <sallyport/testing/bench.hpp>
#include <sallyport/testing/conformance.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using namespace std::chrono_literals;
using namespace sallyport;
using sallyport::penalty::early_attempt;
using sallyport::testing::at;
using sallyport::testing::bench;
using sallyport::testing::knock;

static_assert(guard<penalty::backoff<>> && checks<penalty::backoff<>, arrival> &&
              !checks<penalty::backoff<>, admission>);
static_assert(notes<penalty::backoff<>, rebuff> && notes<penalty::backoff<>, proof> &&
              !notes<penalty::backoff<>, departure>);

/// A penalty list on its own little heap, and what the gate does with it.
template <class G>
class list {
public:
    explicit list(G g) : one_{std::move(g)} {}

    verdict check(visit const& who, nanoseconds now) { return one_.check(arrival{who, at(now)}); }
    /// Reserves; REQUIREs that the door is open.
    void reserve(visit const& who, nanoseconds now) {
        REQUIRE(check(who, now));
        one_.note(arrival{who, at(now)});
    }
    void fail(visit const& who, nanoseconds now) {
        one_.note(failure{who, {reason::invalid_credentials, {}}, at(now)});
    }
    void prove(visit const& who, nanoseconds now) { one_.note(proof{who, principal{who.account}, at(now)}); }
    void withdraw(visit const& who, nanoseconds now) { one_.note(withdrawn{who, at(now)}); }
    void reserve_and_fail(visit const& who, nanoseconds now) { reserve(who, now), fail(who, now); }
    void fail_times(int n, visit const& who, nanoseconds now) {
        for (; n > 0; --n) reserve_and_fail(who, now);
    }
    /// As the gate does: asks, and tells of the refusal. The reason, and the delay that is then named.
    denial knock_in_vain(visit const& who, nanoseconds now) {
        verdict const v = check(who, now);
        REQUIRE_FALSE(v);
        one_.note(rebuff{who, v.error(), at(now)});
        return {v.error().why, v.error().why == reason::penalty_delay_active ? wait(who, now) : 0s};
    }
    nanoseconds wait(visit const& who, nanoseconds now) { return one_->delay(who, at(now)); }
    bool clear(visit const& who, nanoseconds now) { return one_->clear_penalty(who, at(now)); }
    std::vector<penalty_entry> lines(nanoseconds now) {
        std::vector<penalty_entry> all;
        one_->each_penalty(now, [&](penalty_entry const& e) { all.push_back(e); });
        return all;
    }
    std::size_t bytes() { return one_.bytes(); }

private:
    bench<G> one_;
};
auto plcnext(penalty::backoff_options<> o = {}) { return list{penalty::backoff<>{o}}; }
auto frozen() { return plcnext({.on_early_attempt = early_attempt::freeze}); }

visit const amira = knock("amira"), bo = knock("bo");

denial too_early(nanoseconds wait) { return {reason::penalty_delay_active, wait}; }
constexpr denial busy{reason::try_again_later, 0s};

TEST_CASE("the third failure in a row costs ten seconds, each further one thirty more",
          "[penalty][backoff]") {
    auto one = plcnext();
    struct {
        std::chrono::seconds tried_at, told_to_wait;
    } const steps[] = {{0s, 0s}, {1s, 0s}, {2s, 10s}, {12s, 40s}, {52s, 70s}, {122s, 100s}};
    for (auto const& step : steps) {
        CAPTURE(step.tried_at.count());
        one.reserve_and_fail(amira,
                             step.tried_at);  // the door is open at that very instant, and this try is wrong
        CHECK(one.wait(amira, step.tried_at) == step.told_to_wait);
    }
    nanoseconds now = 222s;
    for (int n = 7; n < 200; ++n) {
        one.reserve_and_fail(amira, now);
        CHECK(one.wait(amira, now) == std::min<nanoseconds>(std::chrono::seconds{10 + 30 * (n - 3)}, 1h));
        now += one.wait(amira, now);
    }
}

TEST_CASE("the door is shut one nanosecond before, and open at the very instant", "[penalty][backoff]") {
    auto one = plcnext();
    one.fail_times(3, amira, 5s);
    CHECK(one.check(amira, 5s).error() == too_early(10s));
    CHECK(one.check(amira, 15s - 1ns).error() == too_early(1ns));
    CHECK(one.check(amira, 15s - 1ns).error().retry_after_ms() == 1);
    CHECK(one.check(amira, 15s));
    CHECK(one.wait(amira, 15s) == 0s);
    CHECK(one.wait(amira, 15s - 1ns) == 1ns);
}

TEST_CASE("patience buys nothing: the count stands after a year", "[penalty][backoff]") {
    auto one = plcnext();
    one.fail_times(3, amira, 0s);
    constexpr nanoseconds year = 365 * 24h;
    one.reserve_and_fail(amira, year);
    CHECK(one.wait(amira, year) == 40s);
}

TEST_CASE("extend: an early attempt counts as the next failure and starts that delay from now",
          "[penalty][backoff]") {
    auto one = plcnext();
    one.fail_times(3, amira, 0s);  // until 10 s
    CHECK(one.knock_in_vain(amira, 4s) == too_early(40s));
    CHECK(one.wait(amira, 4s) == 40s);
    CHECK(one.knock_in_vain(amira, 44s - 1ns) == too_early(70s));  // one nanosecond too early
    CHECK(one.check(amira, 114s - 2ns).error() == too_early(1ns));
    one.reserve_and_fail(amira, 114s - 1ns);
    CHECK(one.wait(amira, 114s - 1ns) == 100s);
}

TEST_CASE("freeze: an early attempt changes nothing", "[penalty][backoff]") {
    auto one = frozen();
    one.fail_times(3, amira, 0s);
    for (int i = 0; i < 100; ++i) CHECK(one.knock_in_vain(amira, 4s) == too_early(6s));
    CHECK(one.knock_in_vain(amira, 10s - 1ns) == too_early(1ns));
    one.reserve_and_fail(amira, 10s);
    CHECK(one.wait(amira, 10s) == 40s);
}

TEST_CASE("a proof erases the record", "[penalty][backoff]") {
    auto one = plcnext();
    one.fail_times(3, amira, 0s);
    one.reserve(amira, 10s);
    one.prove(amira, 10s);
    CHECK(one.lines(10s).empty());
    one.fail_times(2, amira, 11s);
    CHECK(one.wait(amira, 11s) == 0s);
    one.reserve_and_fail(amira, 11s);
    CHECK(one.wait(amira, 11s) == 10s);
}

TEST_CASE("a proof leaves other reservations standing", "[penalty][backoff]") {
    auto one = plcnext();
    for (int i = 0; i < 3; ++i) one.reserve(amira, 0s);
    one.prove(amira, 0s);
    REQUIRE(one.lines(0s).size() == 1);
    CHECK(one.lines(0s)[0].in_flight == 2);
    one.reserve(amira, 0s);
    CHECK(one.check(amira, 0s).error() == busy);
    for (int i = 0; i < 3; ++i) one.fail(amira, 1s);
    CHECK(one.wait(amira, 1s) == 10s);
}

TEST_CASE("as many may be in flight as could all fail without a delay", "[penalty][backoff]") {
    auto one = plcnext();
    for (int i = 0; i < 3; ++i)
        one.reserve(amira, 0s);  // none delays the next if all of those before have failed
    CHECK(one.check(amira, 0s).error() == busy);
    CHECK(one.check(bo, 0s));  // it is nobody else's affair
    one.fail(amira, 1s);
    CHECK(one.check(amira, 1s).error() == busy);  // one failed, two in flight: three in all
    one.withdraw(amira, 1s);
    one.reserve(amira, 1s);
    one.fail(amira, 2s);
    one.fail(amira, 2s);
    CHECK(one.check(amira, 2s).error() == too_early(10s));
}

TEST_CASE("with nothing in flight an expired delay is enough, and then one at a time", "[penalty][backoff]") {
    auto one = plcnext();
    one.fail_times(3, amira, 0s);
    one.reserve(amira, 10s);
    CHECK(one.check(amira, 10s).error() == busy);
    CHECK(one.check(amira, 1h).error() == busy);
    one.fail(amira, 1h);
    CHECK(one.check(amira, 1h).error() == too_early(40s));  // the delay starts at the failure's settling
}

TEST_CASE("whom attempts in flight alone keep out is not early", "[penalty][backoff]") {
    auto one = plcnext();
    for (int i = 0; i < 3; ++i) one.reserve(amira, 0s);
    for (int i = 0; i < 1000; ++i) CHECK(one.knock_in_vain(amira, 0s) == busy);  // no delay is named …
    REQUIRE(one.lines(0s).size() == 1);
    CHECK(one.lines(0s)[0].failures == 0);  // … nothing is counted …
    CHECK(one.wait(amira, 0s) == 0s);       // … and nothing extended
    for (int i = 0; i < 3; ++i) one.withdraw(amira, 0s);
    CHECK(one.lines(0s).empty());
    CHECK(one.check(amira, 0s));
}

TEST_CASE("being asked by another guard to come again is not being early here", "[penalty][backoff]") {
    auto one = plcnext();
    one.fail_times(3, amira, 0s);
    bench<penalty::backoff<>> other{penalty::backoff<>{}};
    for (int i = 0; i < 3; ++i) {
        other.note(arrival{amira, at(0s)});
        other.note(failure{amira, {}, at(0s)});
    }
    other.note(rebuff{amira, busy, at(1s)});
    CHECK(other->delay(amira, at(1s)) == 9s);
    other.note(rebuff{
        amira, {reason::penalty_delay_active, 1s}, at(1s)});  // whichever guard said it: a delay runs here
    CHECK(other->delay(amira, at(1s)) == 40s);
}

TEST_CASE("a refusal by another guard where no delay runs here is none of ours", "[penalty][backoff]") {
    bench<penalty::backoff<>> one{penalty::backoff<>{}};
    for (int i = 0; i < 10; ++i) one.note(rebuff{amira, {reason::penalty_delay_active, 1s}, at(1s)});
    CHECK(one->delay(amira, at(1s)) == 0s);
    CHECK(one.check(arrival{amira, at(1s)}));
}

TEST_CASE("what was never tested costs nothing", "[penalty][backoff]") {
    auto one = plcnext();
    for (int i = 0; i < 100; ++i) {
        one.reserve(amira, 0s);
        one.withdraw(amira, 0s);
    }
    CHECK(one.lines(0s).empty());
    one.fail_times(2, amira, 0s);
    one.reserve(amira, 0s);
    one.withdraw(amira, 0s);
    CHECK(one.wait(amira, 0s) == 0s);  // two, not three
    one.reserve_and_fail(amira, 0s);
    CHECK(one.wait(amira, 0s) == 10s);
}

TEST_CASE("one name, every service: a penalty is for all of them", "[penalty][backoff]") {
    auto one = plcnext();
    address const there = address::ipv4(198, 51, 100, 1);
    one.reserve_and_fail(knock("amira", there, "opcua"), 0s);
    one.reserve_and_fail(knock("AMIRA ", {}, "wbm"), 0s);
    one.reserve_and_fail(knock("amira", {}, "ssh"), 0s);
    CHECK(one.check(knock("amira", there, "elsewhere"), 0s).error() == too_early(10s));
    CHECK(one.check(bo, 0s));
}

TEST_CASE("by source: whichever name is tried, and whatever is shown", "[penalty][backoff]") {
    list one{penalty::backoff<penalty::by_source>{}};
    address const here = address::from("2001:db8:1:2::1"), there = address::from("2001:db8:1:3::1");
    one.reserve_and_fail(knock("amira", here), 0s);
    one.reserve_and_fail(knock("bo", address::from("2001:db8:1:2::ffff")), 0s);
    visit certificate = knock("chen", here);
    certificate.shown = proof_kind::certificate;
    one.reserve_and_fail(certificate, 0s);
    CHECK(one.check(knock("dana", here), 0s).error() == too_early(10s));
    CHECK(one.check(certificate, 0s).error() == too_early(10s));
    CHECK(one.check(knock("amira", there), 0s));
    CHECK(one.check(knock("amira", {}), 0s));  // no address: skipped, never shared by all
    one.fail_times(100, knock("amira", {}), 0s);
    CHECK(one.check(knock("bo", {}), 0s));
    REQUIRE(one.lines(0s).size() == 1);
    CHECK(one.lines(0s)[0].source == here);
    CHECK(one.lines(0s)[0].account.empty());
}

TEST_CASE("by both: nobody elsewhere can lock the owner out", "[penalty][backoff]") {
    list one{penalty::backoff<penalty::by_account_and_source>{}};
    address const here = address::ipv4(192, 0, 2, 1), there = address::ipv4(192, 0, 2, 2);
    one.fail_times(3, knock("amira", there), 0s);
    CHECK(one.check(knock("amira", there), 0s).error() == too_early(10s));
    CHECK(one.check(knock("amira", here), 0s));
    CHECK(one.check(knock("bo", there), 0s));
    CHECK(one.check(knock("amira", {}), 0s));
}

TEST_CASE("a certificate or nobody's login neither pays nor clears an account's penalty",
          "[penalty][backoff]") {
    auto one = plcnext();
    for (proof_kind const shown : {proof_kind::certificate, proof_kind::token, proof_kind::none}) {
        visit other = amira;
        other.shown = shown;
        one.fail_times(100, other, 0s);  // anybody can present her public certificate with a wrong signature
        CHECK(one.lines(0s).empty());
        one.fail_times(3, amira, 0s);
        CHECK(one.check(other, 0s));  // her way in while somebody guesses
        one.reserve(other, 0s);
        one.prove(other, 0s);
        CHECK(one.check(amira, 0s).error() == too_early(10s));
        REQUIRE(one.clear(amira, 0s));
    }
}

TEST_CASE("what cannot be guessed does not clear a source's penalty either", "[penalty][backoff]") {
    list one{penalty::backoff<penalty::by_source>{}};
    one.fail_times(2, amira, 0s);
    visit nobody = amira;
    nobody.shown = proof_kind::none;
    one.reserve(nobody, 0s);
    one.prove(nobody, 0s);
    one.reserve_and_fail(amira, 0s);
    CHECK(one.wait(amira, 0s) == 10s);
}

TEST_CASE("unknown names are treated exactly like known ones", "[penalty][backoff]") {
    for (auto const early : {early_attempt::extend, early_attempt::freeze}) {
        auto one = plcnext({.on_early_attempt = early});
        visit const known = knock("amira", {}, "opcua", true), unknown = knock("nobody", {}, "opcua", false);
        std::uint64_t dice = 7;
        nanoseconds now = 0s;
        std::vector<int> in_flight;
        for (int i = 0; i < 5000; ++i) {
            dice ^= dice << 13, dice ^= dice >> 7, dice ^= dice << 17;
            now += std::chrono::milliseconds{dice % 30'000};
            verdict const v = one.check(known, now), w = one.check(unknown, now);
            REQUIRE(static_cast<bool>(v) == static_cast<bool>(w));
            REQUIRE(v.error() == w.error());
            if (!v) {
                one.knock_in_vain(known, now);
                one.knock_in_vain(unknown, now);
            } else if (dice % 4 != 0) {
                one.reserve(known, now);
                one.reserve(unknown, now);
                in_flight.push_back(0);
            }
            if (!in_flight.empty() && dice % 3 != 0) {
                in_flight.pop_back();
                bool const withdrawn = dice % 5 == 0;
                for (visit const& who : {known, unknown})
                    withdrawn ? one.withdraw(who, now) : one.fail(who, now);
            }
            REQUIRE(one.wait(known, now) == one.wait(unknown, now));
        }
    }
}

TEST_CASE("a full table of strangers: who has a record keeps it, newcomers share one", "[penalty][backoff]") {
    auto one = plcnext({.known = 4, .unknown = 16});
    auto const stranger = [](int n) { return knock("stranger" + std::to_string(n), {}, "opcua", false); };
    for (int n = 0; n < 16; ++n) one.fail_times(3, stranger(n), 0s);
    CHECK(one.check(stranger(16), 0s));
    one.fail_times(2, stranger(16), 0s);
    one.reserve_and_fail(stranger(17), 0s);  // … with whom he shares: upward, never downward
    CHECK(one.check(stranger(18), 0s).error() == too_early(10s));
    for (int n = 0; n < 16; ++n) CHECK(one.check(stranger(n), 0s).error() == too_early(10s));
    CHECK(one.check(amira, 0s));  // accounts on file have a table to themselves
    one.fail_times(3, amira, 0s);
    CHECK(one.check(amira, 0s).error() == too_early(10s));
    CHECK(one.check(bo, 0s));

    std::size_t shared = 0;
    for (auto const& line : one.lines(0s)) shared += line.shared ? 1 : 0;
    CHECK(shared == 1);
    CHECK(one.lines(0s).size() == 16 + 1 + 1);
}

TEST_CASE("a full table of accounts: who has a record keeps it, newcomers share one", "[penalty][backoff]") {
    auto one = plcnext({.known = 4, .unknown = 16});
    auto const owner = [](int n) { return knock("owner" + std::to_string(n)); };
    for (int n = 0; n < 4; ++n) one.fail_times(3, owner(n), 0s);
    one.fail_times(3, owner(4), 0s);
    CHECK(one.check(owner(5), 0s).error() == too_early(10s));
    CHECK(one.check(knock("stranger", {}, "opcua", false), 0s));
    // One who has a record proves himself: it is gone, and there is room again.
    one.reserve(owner(0), 10s);
    one.prove(owner(0), 10s);
    CHECK(one.lines(10s).size() == 4);
}

TEST_CASE("who owns one account cannot clear the shared cell between guesses at another",
          "[penalty][backoff]") {
    auto one = plcnext({.known = 4, .unknown = 4});
    for (bool const known : {true, false}) {
        auto const anybody = [&](std::string const& n) { return knock(n, {}, "opcua", known); };
        for (int n = 0; n < 4; ++n) one.fail_times(3, anybody("early" + std::to_string(n)), 0s);
        visit const own = anybody("mallory"), victim = anybody("victim");
        int guesses = 0;
        nanoseconds now = 0s;
        for (int i = 0; i < 1000 && now < 24h; ++i) {
            if (one.check(own, now)) {
                one.reserve(own, now);
                one.prove(own, now);
            }
            if (one.check(victim, now)) {
                one.reserve_and_fail(victim, now);
                ++guesses;
            }
            now += std::max<nanoseconds>(one.wait(victim, now), 1s);
        }
        CAPTURE(known);
        CHECK(guesses <= 79);  // what the law gives in a day
    }
}

TEST_CASE("an administrator clears the shared cell, and nobody else does", "[penalty][backoff]") {
    auto one = plcnext({.known = 1, .unknown = 1});
    visit const first = knock("first", {}, "opcua", false), second = knock("second", {}, "opcua", false);
    one.fail_times(3, first, 0s);
    one.fail_times(3, second, 0s);
    CHECK_FALSE(one.clear(second, 0s));  // he has no record of his own
    CHECK(one.wait(second, 0s) == 10s);
    visit nobody{.shown = proof_kind::password};
    CHECK(one.clear(nobody, 0s));
    CHECK(one.wait(second, 0s) == 0s);
    CHECK(one.wait(first, 0s) == 10s);
    CHECK_FALSE(one.clear(nobody, 0s));  // nothing left
}

TEST_CASE("memory is what it was, whoever comes", "[penalty][backoff]") {
    auto one = plcnext();
    std::size_t const before = one.bytes();
    CHECK(before < 1'000'000);
    for (int n = 0; n < 100'000; ++n) {
        visit const somebody = knock("somebody" + std::to_string(n), {}, "opcua", false);
        if (one.check(somebody, 0s)) one.reserve_and_fail(somebody, 0s);
    }
    CHECK(one.bytes() == before);
    CHECK(one.lines(0s).size() == 4096 + 1);
}

TEST_CASE("clearing a penalty clears what was counted, not what is in flight", "[penalty][backoff]") {
    auto one = plcnext();
    one.fail_times(3, amira, 0s);
    CHECK(one.clear(amira, 0s));
    CHECK(one.check(amira, 0s));
    CHECK(one.lines(0s).empty());
    CHECK_FALSE(one.clear(amira, 0s));  // there was nothing
    CHECK_FALSE(one.clear(bo, 0s));

    one.reserve_and_fail(amira, 0s);
    one.reserve(amira, 0s);
    one.reserve(amira, 0s);
    CHECK(one.clear(amira, 0s));
    REQUIRE(one.lines(0s).size() == 1);
    CHECK(one.lines(0s)[0].in_flight == 2);
    CHECK(one.lines(0s)[0].failures == 0);
    one.reserve(amira, 0s);
    CHECK(one.check(amira, 0s).error() == busy);
    for (int i = 0; i < 3; ++i) one.fail(amira, 0s);
    CHECK(one.wait(amira, 0s) == 10s);
}

TEST_CASE("by both: an account is forgiven wherever it failed, and nobody else is", "[penalty][backoff]") {
    list one{penalty::backoff<penalty::by_account_and_source>{}};
    auto const from = [](std::string_view user, std::uint8_t host) {
        visit v = knock(user, address::ipv4(192, 0, 2, host));
        v.known = host % 2 == 0;  // the account may have been added or removed since
        return v;
    };
    auto const amira_from = [&](std::uint8_t host) { return from("amira", host); };
    for (std::uint8_t host = 1; host <= 40; ++host) one.fail_times(3, amira_from(host), 0s);
    one.fail_times(3, from("bo", 1), 0s);
    one.reserve_and_fail(amira_from(50), 0s);
    one.reserve(amira_from(50), 0s);
    for (bool const known : {true, false}) {
        auto const amira_anywhere = knock("amira", {}, "opcua", known);
        std::size_t before = one.lines(0s).size();
        while (one.clear(amira_anywhere, 0s)) {
            std::size_t const after = one.lines(0s).size();
            CHECK(before - after <= 8);  // what is stored in one hold of the lock is bounded
            before = after;
        }
    }
    for (std::uint8_t host = 1; host <= 40; ++host) CHECK(one.check(amira_from(host), 0s));
    CHECK(one.check(from("bo", 1), 0s).error() == too_early(10s));
    auto const lines = one.lines(0s);
    REQUIRE(lines.size() == 2);
    auto const& flying = lines[lines[0].account == name{"amira"} ? 0 : 1];
    CHECK(flying.failures == 0);
    CHECK(flying.in_flight == 1);
    CHECK_FALSE(one.clear(knock("amira", {}), 0s));
    CHECK_FALSE(one.clear(knock("chris", {}), 0s));
}

TEST_CASE("by both: the cell that newcomers share is no account's to be forgiven", "[penalty][backoff]") {
    list one{penalty::backoff<penalty::by_account_and_source>{{.known = 1, .unknown = 1}}};
    visit const first = knock("amira", address::ipv4(192, 0, 2, 1)),
                second = knock("amira", address::ipv4(192, 0, 2, 2));
    one.fail_times(3, first, 0s);
    one.fail_times(3, second, 0s);
    CHECK(one.clear(knock("amira", {}), 0s));
    REQUIRE(one.lines(0s).size() == 1);
    CHECK(one.lines(0s)[0].shared);
    CHECK_FALSE(one.clear(knock("amira", {}), 0s));
}

TEST_CASE("the list says who, how often, how many in flight and how long yet", "[penalty][backoff]") {
    auto one = plcnext();
    one.fail_times(4 - 1, amira, 0s);
    one.reserve_and_fail(amira, 10s);
    one.reserve(bo, 10s);
    auto const lines = one.lines(12s);
    REQUIRE(lines.size() == 2);
    auto const& hers = lines[0].account == name{"amira"} ? lines[0] : lines[1];
    auto const& his = lines[0].account == name{"amira"} ? lines[1] : lines[0];
    CHECK(hers.policy == "penalty::backoff");
    CHECK(hers.failures == 4);
    CHECK(hers.in_flight == 0);
    CHECK(hers.delay == 38s);
    CHECK(hers.known);
    CHECK_FALSE(hers.shared);
    CHECK(his.failures == 0);
    CHECK(his.in_flight == 1);
    CHECK(his.delay == 0s);
}

TEST_CASE("at the end of time a delay ends there, and does not wrap round into an open door",
          "[penalty][backoff]") {
    auto one = plcnext();
    nanoseconds const late = nanoseconds::max() - 1s;
    one.fail_times(3, amira, late);
    CHECK(one.check(amira, late).error() == too_early(1s));
    CHECK(one.knock_in_vain(amira, late).why == reason::penalty_delay_active);
    CHECK(one.wait(amira, late) == 1s);

    list forever{penalty::backoff<penalty::by_account, penalty::threshold_law>{
        {.law = {.failures = 1, .lock = nanoseconds::max()}}}};
    forever.reserve_and_fail(amira, 1h);
    CHECK(forever.wait(amira, 1h) == nanoseconds::max() - 1h);
    CHECK(forever.knock_in_vain(amira, 2h).why == reason::penalty_delay_active);
    CHECK(forever.wait(amira, 2h) == nanoseconds::max() - 2h);
}

TEST_CASE("every law serves: at the first failure, at the threshold, for one in flight",
          "[penalty][backoff]") {
    list threshold{penalty::backoff<penalty::by_account, penalty::threshold_law>{}};
    for (int i = 0; i < 5; ++i) threshold.reserve(amira, 0s);
    CHECK(threshold.check(amira, 0s).error() == busy);
    for (int i = 0; i < 5; ++i) threshold.fail(amira, 0s);
    CHECK(threshold.check(amira, 0s).error() == too_early(900s));

    list strict{
        penalty::backoff<penalty::by_account, penalty::exponential_law>{{.law = {.free_failures = 0}}}};
    strict.reserve(amira, 0s);
    CHECK(strict.check(amira, 0s).error() == busy);
    strict.fail(amira, 1s);
    CHECK(strict.check(amira, 1s).error() == too_early(30s));
}

TEST_CASE("options that cannot be say why", "[penalty][backoff]") {
    using options = penalty::backoff_options<>;
    CHECK(options{}.fault().empty());
    CHECK(options{.known = 0}.fault() == "penalty::backoff: a capacity of 0 keeps no penalty");
    CHECK(options{.unknown = 0}.fault() == "penalty::backoff: a capacity of 0 keeps no penalty");
    CHECK(options{.known = options::most}.fault().empty());
    CHECK(options{.known = options::most + 1}.fault() == "penalty::backoff: a capacity above 16,777,216");
    CHECK(options{.unknown = options::most + 1}.fault() == "penalty::backoff: a capacity above 16,777,216");
    CHECK(options{.law = {.first = 0s}}.fault() == "penalty law: a delay must be positive");
    CHECK(penalty::backoff<>{{.known = 0}}.fault() == options{.known = 0}.fault());
    static_assert(valid(options{.known = 512}).known == 512);
}

TEST_CASE("a penalty list keeps a guard's promises, whatever the key and the law", "[penalty][backoff]") {
    using namespace sallyport::penalty;
    for (std::uint64_t seed = 1; seed < 6; ++seed) {
        CHECK(sallyport::testing::conformance([] { return backoff<>{}; }, seed).empty());
        CHECK(sallyport::testing::conformance(
                  [] { return backoff<>{{.on_early_attempt = early_attempt::freeze}}; }, seed)
                  .empty());
        CHECK(sallyport::testing::conformance([] { return backoff<>{{.known = 1, .unknown = 1}}; }, seed)
                  .empty());
        CHECK(sallyport::testing::conformance([] { return backoff<by_source, exponential_law>{}; }, seed)
                  .empty());
        CHECK(sallyport::testing::conformance([] { return backoff<by_account_and_source, fibonacci_law>{}; },
                                              seed)
                  .empty());
        CHECK(sallyport::testing::conformance([] { return backoff<by_account, threshold_law>{}; }, seed)
                  .empty());
        CHECK(
            sallyport::testing::conformance([] { return backoff<by_account, linear_law>{}; }, seed).empty());
    }
}

}  // namespace
