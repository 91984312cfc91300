// SPDX-License-Identifier: BSL-1.0
// What has worked on others, by the name under which it is known: time that is
// not what it seems, and a memory that is lost, torn or out of reach. Each is
// driven against both gates, whole.
#include "authenticator/attacked.hpp"
#include "support/catch.hpp"
#include "support/folder.hpp"

#include <sallyport/penalty/journal.hpp>

#include <array>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

namespace {

using namespace attacked;

constexpr nanoseconds year = 24h * 365;
constexpr nanoseconds last_second = std::chrono::seconds{0x7fffffff};  // of 31 bits

TEST_CASE("attack: the delay overflows, and the door is open", "[authenticator][attack]") {
    auto plc = plcnext();
    for (int i = 0; i < 10'000; ++i) (void)plc.gate.login(knock("amira", "x"));
    CHECK(plc.gate.delay(knock("amira", "")) == 3600s);
    CHECK(plc.gate.administer("root").penalties().at(0).failures == 10'000);
    plc.pass(3600s - 1ns);
    CHECK(plc.refused(knock("amira", "valve-7")).why == reason::penalty_delay_active);

    // A law without a ceiling that matters.
    site doubling{
        house_options{},
        sallyport::penalty::backoff<sallyport::penalty::by_account, sallyport::penalty::exponential_law>{
            {.law = {.free_failures = 0, .first = 1s, .ceiling = nanoseconds::max()}}}};
    nanoseconds before{};
    for (int i = 0; i < 200; ++i) {
        (void)doubling.gate.login(knock("amira", "x"));
        nanoseconds const now = doubling.gate.delay(knock("amira", ""));
        CHECK(now >= before);
        CHECK(now > 0s);
        before = now;
    }
    CHECK(before == nanoseconds::max() - doubling.gate.clock().now().steady);

    // Lanes that give one back in a year, and lanes at the end of time: owed
    // beyond it, nobody gets in.
    auto wanted = resilient({.strangers = {10, sallyport::penalty::lane_rate::longest}});
    CHECK(guess(wanted, "amira", 20) == 10);
    for (int passed = 0; passed < 100; ++passed) {
        wanted.pass(year);
        CHECK(guess(wanted, "amira", 20, 100) <= 1);
        CHECK(wanted.gate.delay(knock("amira", "", host(99))) > 0s);
    }
    auto late = resilient();
    late.gate.clock().set_wall(0s);
    late.gate.clock().set_steady(nanoseconds::max() - 5s);
    CHECK(guess(late, "amira", 20) == 1);
    CHECK(late.refused(knock("amira", "valve-7", host(99))).why == reason::penalty_delay_active);
    late.pass(5s - 1ns);
    CHECK(guess(late, "amira", 20, 100) == 0);
    CHECK(late.gate.login(at_panel("amira", "valve-7")));
}

TEST_CASE("attack: the year 2038", "[authenticator][attack]") {
    auto const cross = [](auto& at, int burst) {
        auto inside = at.gate.login(knock("bo", "pump-3", there));
        REQUIRE(inside);
        at.gate.clock().set_wall(last_second - 5s);
        CHECK(guess(at, "amira", 20) == burst);
        nanoseconds const wait = at.gate.delay(knock("amira", "", host(99)));
        CHECK(wait > 0s);
        at.pass(10s - 1ns);
        CHECK(at.gate.delay(knock("amira", "", host(99))) == wait - 10s + 1ns);
        CHECK(inside->touch());
    };
    for (bool const boot_too : {false, true}) {
        CAPTURE(boot_too);
        auto wanted = resilient();
        auto plc = plcnext();
        if (boot_too) {
            wanted.gate.clock().set_steady(last_second - 5s);
            plc.gate.clock().set_steady(last_second - 5s);
        }
        cross(wanted, 10);
        cross(plc, 3);
        plc.pass(3600s);
        CHECK(plc.gate.login(knock("amira", "valve-7")));
    }
}

TEST_CASE(
    "attack: a clock set back or forward a year ends a penalty, or makes "
    "it endless",
    "[authenticator][attack]") {
    auto const set = [](auto& at, int burst) {
        auto inside = at.gate.login(knock("bo", "pump-3", there));
        auto waiting = at.gate.begin(knock("bo", "pump-3", there));
        REQUIRE((inside && waiting));
        CHECK(guess(at, "amira", 20) == burst);
        nanoseconds const wait = at.gate.delay(knock("amira", "", host(99)));
        nanoseconds const today = sallyport::testing::manual_clock::some_day;
        for (nanoseconds const wall : {today - year, today + year, nanoseconds{0}, nanoseconds{-year},
                                       nanoseconds::max(), nanoseconds::min()})
            for (bool const believed : {false, true}) {
                at.gate.clock().set_wall(wall, believed);
                CHECK(at.gate.delay(knock("amira", "", host(99))) == wait);
                CHECK(inside->state() == standing::open);
                CHECK(at.at_the_door() == 1);
            }
        waiting->verify(knock("bo", "pump-3", there));
        CHECK(waiting->settle());
        at.gate.clock().set_wall(0s, false);
        at.pass(wait);
        CHECK(at.gate.login(knock("amira", "valve-7",
                                  host(99))));  // a wall that nobody believes stops nobody
    };
    auto wanted = resilient();
    set(wanted, 10);
    auto plc = plcnext();
    set(plc, 3);
}

TEST_CASE("attack: suspend stops the clock of a penalty, or gives the budget back",
          "[authenticator][attack]") {
    auto wanted = resilient();
    auto who = wanted.gate.login(at_panel("bo", "pump-3"));
    CHECK(guess(wanted, "amira", 20) == 10);
    auto p = wanted.gate.begin(knock("amira", fresh_guess(), host(50)));
    CHECK_FALSE(p);
    auto flying = wanted.gate.begin(knock("bo", "pump-3", host(50)));
    REQUIRE((who && flying));
    flying->verify(knock("bo", "pump-3", host(50)));
    wanted.pass(8h);  // the lid was shut: time went by, and so much of the budget
                      // came back
    CHECK(guess(wanted, "amira", 20, 100) == 8);
    CHECK(who->state() == standing::timed_out);
    CHECK(flying->settle().error().why == reason::overdue);

    auto plc = plcnext();
    CHECK(guess(plc, "amira", 3) == 3);
    plc.pass(8h);
    CHECK(plc.gate.delay(knock("amira", "")) == 0s);
    CHECK(plc.refused(knock("amira", fresh_guess())) == denial{reason::invalid_credentials, 40s});
}

// ---- what is kept over a restart
// -------------------------------------------------------------------------

using sallyport::penalty::journal;

auto env() { return sallyport::environment{}.with_clock(sallyport::testing::manual_clock{}); }

/// A device of the wanted preset with a journal, switched off and on again over
/// one disk.
class device_with_a_disk {
public:
    using gate_type = decltype(sallyport::presets::resilient(env(), std::declval<people>(),
                                                             journal{sallyport::penalty::journal_options{}}));
    people folk{};
    device_with_a_disk() { boot(); }
    void boot() {
        gate_.reset();
        gate_ = std::unique_ptr<gate_type>{new gate_type(sallyport::presets::resilient(
            env(), people{folk},
            journal{{.path = file(), .device = "plc", .boot_id = "boot " + std::to_string(++boots_)}}))};
    }
    /// Switched off in good order.
    void off() { gate_.reset(); }
    /// As `boot`, with the disk as it was when the power went.
    void lose_power() {
        std::string const then = bytes();
        gate_.reset();
        put(then);
        boot();
    }
    [[nodiscard]] gate_type& gate() { return *gate_; }
    [[nodiscard]] std::string file() const { return disk_.file("penalties"); }
    [[nodiscard]] std::string bytes() const { return support::text_of(file()); }
    void put(std::string const& text) const {
        std::ofstream{file(), std::ios::binary | std::ios::trunc} << text;
    }
    int guess(unsigned times, unsigned first = 0) {
        int const before = folk.book->asked;
        for (unsigned n = 0; n < times; ++n)
            (void)gate_->login(knock("amira", fresh_guess(), host(first + n)));
        return folk.book->asked - before;
    }

private:
    support::folder disk_{};
    int boots_ = 0;
    std::unique_ptr<gate_type> gate_;
};

TEST_CASE("attack: a restart refreshes the budget", "[authenticator][attack]") {
    for (bool const power_loss : {false, true}) {
        CAPTURE(power_loss);
        device_with_a_disk d;
        REQUIRE(d.gate().ready());
        int verified = 0;
        for (unsigned hour = 0; hour < 8; ++hour) {
            verified += d.guess(20, 20 * hour);
            if (power_loss)
                d.lose_power();
            else
                d.boot();
        }
        CHECK(verified == 10);  // the clock begins anew at each boot, and no time has gone by
    }
    // The published rules forget, and say so: what a restart does not do is open
    // a door.
    people folk;
    for (int boot = 0; boot < 3; ++boot) {
        auto gate = sallyport::presets::plcnext(env(), people{folk});
        int const before = folk.book->asked;
        for (unsigned n = 0; n < 10; ++n) (void)gate.login(knock("amira", fresh_guess(), host(n)));
        CHECK(folk.book->asked == before + 3);
    }
}

TEST_CASE("attack: a torn state file is taken for an empty one", "[authenticator][attack]") {
    device_with_a_disk d;
    CHECK(d.guess(20) == 10);
    d.boot();
    std::string const whole = d.bytes();
    REQUIRE(whole.size() > 64);
    for (std::size_t const size : {std::size_t{0}, std::size_t{1}, whole.size() / 2, whole.size() - 1}) {
        CAPTURE(size);
        d.off(), d.put(whole.substr(0, size)), d.boot();
        CHECK_FALSE(d.gate().ready());
        CHECK_FALSE(d.gate().fault().empty());
        CHECK(d.gate().login(knock("amira", "valve-7")).error().why == reason::storage_unavailable);
        CHECK(d.gate().login(knock("bo", "pump-3")).error().outward().why == reason::try_again_later);
        CHECK(d.bytes().size() == size);  // it stays as it is, for whoever finds out why
    }
    for (std::size_t at = 0; at < whole.size(); at += whole.size() / 9) {
        CAPTURE(at);
        std::string flipped = whole;
        flipped[at] = static_cast<char>(flipped[at] ^ 1);
        d.off(), d.put(flipped), d.boot();
        CHECK_FALSE(d.gate().login(knock("amira", "valve-7")));
    }
    d.off(), d.put(whole), d.boot();
    CHECK(d.gate().login(knock("bo", "pump-3")));
    CHECK(d.guess(20, 100) == 0);
}

/// A storage whose lock can say no, as one in a broken segment would.
class moody_storage : public sallyport::heap_storage<> {
public:
    explicit moody_storage(std::atomic<bool> const& broken) : broken_{&broken} {}
    [[nodiscard]] bool lock() noexcept { return !*broken_ && sallyport::heap_storage<>::lock(); }

private:
    std::atomic<bool> const* broken_;
};

TEST_CASE("attack: a store that fails lets everyone in", "[authenticator][attack]") {
    std::atomic<bool> broken{false};
    sallyport::testing::recorder log;
    auto const shaky = [&] { return env().with_storage(moody_storage{broken}).with_audit(log); };
    auto const fail_it = [&](auto& gate) {
        broken = false;
        auto who = gate.login(knock("amira", "valve-7"));
        auto p = gate.begin(knock("bo", "pump-3"));
        REQUIRE((who && p));
        p->verify(knock("bo", "pump-3"));
        broken = true;  // at any step
        CHECK(gate.login(knock("bo", "pump-3")).error().why == reason::storage_unavailable);
        CHECK(gate.begin(knock("bo", "pump-3")).error().outward().why == reason::try_again_later);
        CHECK_FALSE(gate.confirm(knock("bo", "pump-3")));
        CHECK(p->settle().error().why == reason::storage_unavailable);
        CHECK_FALSE(who->touch());
        CHECK_FALSE(who->lock());
        CHECK_FALSE(who->token());
        CHECK_FALSE(gate.close(who->number()));
        CHECK_FALSE(gate.issue_pairing_code(who->number(), secret{"valve-7"}));
        CHECK(gate.open_sessions() == 0);
        CHECK(gate.administer("root").sessions().empty());
        CHECK_FALSE(gate.administer("root").set_session_maximum(5));
        CHECK(log.events().back().id != event_id::login_admitted);
        broken = false;
        CHECK(gate.login(knock("bo", "pump-3")));
        CHECK(who->touch());
    };
    auto wanted = sallyport::presets::resilient(shaky(), people{}, volatile_state{});
    fail_it(wanted);
    auto plc = sallyport::presets::plcnext(shaky(), people{});
    fail_it(plc);

    // A disk that takes nothing any more: nothing is verified whose failure would
    // be forgotten.
    device_with_a_disk d;
    CHECK(d.guess(5) == 5);
    std::filesystem::rename(d.file(), d.file() + ".away");
    d.put("somebody else's");
    CHECK(d.guess(20, 100) == 0);
    CHECK(d.gate().login(knock("amira", "valve-7", host(200))).error().why == reason::storage_unavailable);
    std::filesystem::rename(d.file() + ".away", d.file());
    CHECK(d.guess(20, 300) <= 5);
}

}  // namespace
