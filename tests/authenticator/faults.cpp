// SPDX-License-Identifier: BSL-1.0
#include "house.hpp"
#include "support/build.hpp"
#include "support/catch.hpp"

#include <sallyport/audit/counters.hpp>
#include <sallyport/audit/folding.hpp>
#include <sallyport/audit/ring.hpp>
#include <sallyport/audit/tee.hpp>
#include <sallyport/audit/to.hpp>

#include <atomic>
#include <bitset>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace {

using namespace gatehouse;

#if defined(__cpp_exceptions)

TEST_CASE("a verifier that throws has failed the attempt, and holds nothing", "[authenticator][faults]") {
    auto at = published();
    auto const right = knock("amira", "valve-7");
    for (bool const out_of_memory : {false, true}) {
        at.folk.book->while_verifying = [&](attempt const&) {
            if (out_of_memory) throw std::bad_alloc{};
            throw std::runtime_error{"the directory fell over"};
        };
        CHECK_THROWS(at.gate.login(right));
        CHECK(at.at_the_door() == 0);
        CHECK_THROWS(at.gate.confirm(right));
        CHECK(at.at_the_door() == 0);
        CHECK(at.gate.delay(right) == 0s);
        {
            auto p = at.gate.begin(right);
            REQUIRE(p);
            p->verified(principal{.is = "amira"});
            CHECK_THROWS(p->verify(right));  // and what was said before is no longer worth anything
            CHECK(p->settle().error() == denial{reason::undecided, 10s});
        }
        CHECK(at.gate.open_sessions() == 0);
        CHECK(at.gate.login(right).error().why == reason::penalty_delay_active);
        at.gate.administer("root").clear_penalty("amira");
    }
    at.folk.book->while_verifying = nullptr;
    auto who = at.gate.login(right);
    REQUIRE(who);
    REQUIRE(who->lock());
    at.folk.book->while_verifying = [](attempt const&) { throw std::runtime_error{"again"}; };
    CHECK_THROWS(who->unlock(secret{"valve-7"}));
    CHECK(who->state() == standing::locked);
    CHECK(at.at_the_door() == 0);
}

TEST_CASE("a verifier that throws at a malformed attempt has failed it, too", "[authenticator][faults]") {
    auto at = published();
    at.folk.book->while_verifying = [](attempt const&) { throw std::runtime_error{"?"}; };
    for (int i = 0; i < 3; ++i) CHECK_THROWS(at.gate.login(knock("\xff", "x")));
    CHECK(at.gate.delay(knock("\xff", "x")) == 10s);
    CHECK(at.at_the_door() == 0);
}

/// Throws while it is told to.
struct brittle_sink {
    std::shared_ptr<std::atomic<bool>> broken;
    sallyport::testing::recorder behind;
    void record(sallyport::audit::event const& e) {
        if (*broken) throw std::bad_alloc{};
        behind.record(e);
    }
};

TEST_CASE("the login path goes on when the sink throws; losses are counted and reported",
          "[authenticator][faults]") {
    auto const broken = std::make_shared<std::atomic<bool>>(true);
    sallyport::testing::recorder log;
    sallyport::authenticator gate{sallyport::environment{}
                                      .with_clock(sallyport::testing::manual_clock{})
                                      .with_audit(brittle_sink{broken, log}),
                                  people{}, sallyport::penalty::backoff<>{},
                                  sallyport::session::session_limit{}};
    auto who = gate.login(knock("amira", "valve-7"));
    REQUIRE(who);
    CHECK(fail(gate, "bo", 3).retry_after == 10s);
    CHECK(who->lock());
    CHECK(who->unlock(secret{"valve-7"}));  // one event for the proof, one for the lock
    CHECK(gate.administer("root").clear_penalty("bo"));
    who->close();
    CHECK(gate.audit_losses() == 9);
    CHECK(gate.open_sessions() == 0);
    gate.inspect([](auto const& door, auto const&...) { CHECK(door.size() == 0); });

    *broken = false;
    fail(gate, "bo");
    REQUIRE(log.events().size() == 2);
    CHECK(log.events()[0].id == event_id::login_refused);
    CHECK(log.events()[1].id == event_id::audit_lost);
    CHECK(log.events()[1].value == 9);
    fail(gate, "bo");
    CHECK(log.count(event_id::audit_lost) == 1);  // said once …
    *broken = true;
    fail(gate, "bo");
    *broken = false;
    fail(gate, "bo");
    CHECK(log.count(event_id::audit_lost) == 2);  // … and again when it happens again
    CHECK(log.events().back().value == 1);
    CHECK(gate.audit_losses() == 10);
}

/// Its own work fails while it is told to, as a disk would.
struct brittle_worker {
    std::shared_ptr<std::atomic<bool>> broken;
    sallyport::testing::recorder behind;
    void record(sallyport::audit::event const& e) { behind.record(e); }
    void tick(instant) {
        if (*broken) throw std::runtime_error{"the disk is full"};
    }
    nanoseconds next_tick(instant) {
        if (*broken) throw std::runtime_error{"the disk is full"};
        return 5s;
    }
};

TEST_CASE("a sink that throws at its own work costs no session that is to be told of",
          "[authenticator][faults][tick]") {
    auto const broken = std::make_shared<std::atomic<bool>>(true);
    sallyport::testing::recorder log;
    sallyport::authenticator gate{sallyport::environment{}
                                      .with_clock(sallyport::testing::manual_clock{})
                                      .with_audit(brittle_worker{broken, log}),
                                  people{}};
    CHECK(gate.next_tick() == nanoseconds::max());
    auto who = gate.login(knock("amira", "valve-7", here, "wbm", 77));
    REQUIRE(who);
    REQUIRE(gate.administer("root").close(who->number()));
    auto const gone = gate.tick();
    REQUIRE(gone);
    CHECK(gone->channel == 77);
    CHECK(gate.audit_losses() == 1);
    *broken = false;
    CHECK_FALSE(gate.tick());
    CHECK(gate.next_tick() == 5s);
    CHECK(gate.audit_losses() == 1);
    gate.record({.id = event_id::session_changed});
    CHECK(log.count(event_id::audit_lost) == 1);
}

/// Throws at half of what it is told, in no rhythm that a report could fall in step with, until it is well.
struct moody_sink {
    struct mood {
        std::atomic<unsigned> asked{0};
        std::atomic<bool> well{false};
        std::atomic<unsigned> reports_refused{0};
        sallyport::audit::counters taken;
    };
    std::shared_ptr<mood> now;
    void record(sallyport::audit::event const& e) {
        if (!now->well && std::bitset<32>{now->asked++}.count() % 2 != 0) {
            if (e.id == event_id::audit_lost) ++now->reports_refused;
            throw std::bad_alloc{};
        }
        now->taken.record(e);
    }
};

TEST_CASE("however a sink fails, the losses that it is told of add up to those there were",
          "[authenticator][faults][threads]") {
    for (unsigned const threads : {1U, 4U}) {
        CAPTURE(threads);
        auto const sink = std::make_shared<moody_sink::mood>();
        sallyport::authenticator gate{sallyport::environment{}.with_audit(moody_sink{sink}), people{},
                                      sallyport::penalty::backoff<>{}};
        auto const tell = [&] {
            for (int i = 0; i < 500; ++i) gate.record({.id = event_id::session_changed});
        };
        std::vector<std::thread> others;
        for (unsigned t = 1; t < threads; ++t) others.emplace_back(tell);
        tell();
        for (auto& t : others) t.join();
        CHECK(gate.audit_losses() > 0);
        CHECK(sink->reports_refused > 0);  // what these told of is told again
        sink->well = true;
        gate.record({.id = event_id::session_changed});
        CHECK(sink->taken.of(event_id::session_changed) == 500 * threads + 1 - gate.audit_losses());
        CHECK(sink->taken.lost() == gate.audit_losses());
    }
}

TEST_CASE("a sink that always throws costs nobody a place", "[authenticator][faults]") {
    sallyport::authenticator gate{sallyport::environment{}
                                      .with_clock(sallyport::testing::manual_clock{})
                                      .with_audit(brittle_sink{std::make_shared<std::atomic<bool>>(true), {}})
                                      .with_house({.doors = 4, .kept_doors = 0, .places = 2}),
                                  people{}, sallyport::penalty::backoff<>{},
                                  sallyport::session::session_limit{{.total = 2}}};
    for (int i = 0; i < 50; ++i) {
        auto const who = gate.login(knock("amira", "valve-7"));
        REQUIRE(who);
        auto p = gate.begin(knock("bo", "pump-3"));
        REQUIRE(p);
        p->withdraw();
    }
    CHECK(gate.open_sessions() == 0);
    CHECK(gate.audit_losses() == 150);
}

#endif

// ---- a gate that cannot be -----------------------------------------------------------------------------

template <class Gate>
void refuses_everything(Gate& gate) {
    CHECK_FALSE(gate.ready());
    CHECK_FALSE(gate.fault().empty());
    CHECK(gate.login(knock("amira", "valve-7")).error() == denial{reason::storage_unavailable, {}});
    CHECK(gate.begin(knock("amira", "valve-7")).error().why == reason::storage_unavailable);
    CHECK(gate.confirm(knock("amira", "valve-7")).error().why == reason::storage_unavailable);
    CHECK(gate.login(knock("amira", "valve-7")).error().outward().why == reason::try_again_later);
    CHECK(gate.present({{1, 2}}).error().why == reason::storage_unavailable);
    CHECK_FALSE(gate.unlock(1, secret{"valve-7"}));
    CHECK_FALSE(gate.lock(1));
    CHECK_FALSE(gate.close(1));
    CHECK(gate.close_all("amira") == 0);
    CHECK(gate.close_channel("opcua", 1) == 0);
    CHECK(gate.reevaluate() == 0);
    CHECK_FALSE(gate.tick());
    CHECK(gate.next_tick() == nanoseconds::max());
    CHECK(gate.open_sessions() == 0);
    CHECK(gate.delay(knock("amira", "")) == 0s);
    auto root = gate.administer("root");
    CHECK(root.sessions().empty());
    CHECK(root.penalties().empty());
    CHECK_FALSE(root.clear_penalty("amira"));
    CHECK_FALSE(root.set_session_maximum(3));
}

TEST_CASE("options that contradict each other make a gate that refuses, and says why",
          "[authenticator][faults]") {
    using sallyport::penalty::backoff;
    using sallyport::session::session_limit;
    auto const broken = [](auto&& at, std::string_view who_is_at_fault) {
        CAPTURE(who_is_at_fault);
        refuses_everything(at.gate);
        CHECK(at.gate.fault().find(who_is_at_fault) != std::string_view::npos);
        auto const told = at.log.events().at(0);
        CHECK(told.id == event_id::gate_unavailable);
        CHECK(told.why.why == reason::storage_unavailable);
        CHECK(told.detail == at.gate.fault());
        CHECK(at.folk.book->asked == 0);
    };
    broken(published({.doors = 0}), "house_options");
    broken(published({.doors = 4, .kept_doors = 4}), "house_options");
    broken(published({.places = 0}), "house_options");
    broken(published({.overdue = 0s}), "house_options");
    broken(published({.idle = -1s}), "house_options");
    broken(published({.doors = 65'537}), "house_options");
    broken(published({.places = 16}), "fewer places");
    broken(published({}, {.total = 0}), "session_limit");
    broken(published({}, {.total = 2, .reserved = {admins, 3}}), "session_limit");
    broken(site{house_options{}, backoff<>{{.known = 0}}}, "penalty::backoff");
    broken(site{house_options{}, backoff<>{{.unknown = 0}}}, "penalty::backoff");
    broken(site{house_options{}, backoff<>{{.law = {.first = 2h}}}}, "law");
    broken(site{house_options{}, sallyport::role::role_check{{}}}, "role_check");
}

/// A verifier that knows what is wrong with it.
struct empty_directory : people {
    [[nodiscard]] std::string_view fault() const noexcept { return "empty_directory: nobody is on file"; }
};

TEST_CASE("a verifier that finds fault with itself makes a gate that refuses", "[authenticator][faults]") {
    sallyport::authenticator gate{sallyport::environment{}, empty_directory{},
                                  sallyport::penalty::backoff<>{}};
    refuses_everything(gate);
    CHECK(gate.fault() == "empty_directory: nobody is on file");
}

TEST_CASE("a sink whose options cannot be shuts the gate, wherever it hangs", "[authenticator][faults]") {
    namespace audit = sallyport::audit;
    auto const fault_over = [](auto sink) {
        sallyport::authenticator gate{sallyport::environment{}.with_audit(std::move(sink)), people{}};
        CHECK(gate.ready() == gate.fault().empty());
        CHECK(static_cast<bool>(gate.login(knock("amira", "valve-7"))) == gate.ready());
        return std::string{gate.fault()};
    };
    audit::ring nothing{{.capacity = 0}};
    std::string const why{nothing.fault()};
    REQUIRE_FALSE(why.empty());
    CHECK(fault_over(audit::ring{{.capacity = 0}}) == why);
    CHECK(fault_over(audit::to{nothing}) == why);
    CHECK(fault_over(audit::tee{audit::counters{}, audit::to{nothing}}) == why);
    CHECK(fault_over(audit::folding{audit::tee{audit::to{nothing}}}) == why);
    CHECK(fault_over(audit::folding{audit::counters{}, {.window = 0s}}) ==
          audit::folding_options{.window = 0s}.fault());
    CHECK(fault_over(audit::folding{audit::tee{audit::counters{}, audit::ring{}}}).empty());
}

TEST_CASE("a storage that is too small is not opened", "[authenticator][faults]") {
    auto const with = [](std::size_t bytes) {
        return sallyport::authenticator{sallyport::environment{}
                                            .with_clock(sallyport::testing::manual_clock{})
                                            .with_storage(sallyport::heap_storage<>{bytes}),
                                        people{}, sallyport::penalty::backoff<>{},
                                        sallyport::session::session_limit{}};
    };
    auto none = with(0), little = with(4096);
    refuses_everything(none);
    refuses_everything(little);
    CHECK(little.fault().find("storage") != std::string_view::npos);
    auto enough = with(std::size_t{8} << 20);
    CHECK(enough.ready());
    CHECK(enough.fault().empty());
    CHECK(enough.login(knock("amira", "valve-7")));
}

TEST_CASE("more records than memory can hold are refused, not attempted", "[authenticator][faults]") {
    auto at = site{house_options{}, sallyport::penalty::backoff<>{{.unknown = 1U << 24}}};
    refuses_everything(at.gate);
}

/// A storage whose lock can say no, as one in shared memory may.
class stubborn_storage : public sallyport::heap_storage<> {
public:
    explicit stubborn_storage(std::shared_ptr<std::atomic<bool>> stuck) noexcept : stuck_{std::move(stuck)} {}
    [[nodiscard]] bool lock() noexcept { return !*stuck_ && heap_storage::lock(); }

private:
    std::shared_ptr<std::atomic<bool>> stuck_;
};

TEST_CASE("while the storage cannot be locked nobody gets in, the right secret neither",
          "[authenticator][faults]") {
    auto const stuck = std::make_shared<std::atomic<bool>>(false);
    sallyport::authenticator gate{sallyport::environment{}
                                      .with_clock(sallyport::testing::manual_clock{})
                                      .with_storage(stubborn_storage{stuck}),
                                  people{}, sallyport::penalty::backoff<>{},
                                  sallyport::session::session_limit{}};
    auto who = gate.login(knock("amira", "valve-7"));
    REQUIRE(who);
    auto p = gate.begin(knock("bo", "pump-3"));
    REQUIRE(p);
    *stuck = true;
    CHECK(gate.login(knock("bo", "pump-3")).error() == denial{reason::storage_unavailable, {}});
    CHECK_FALSE(who->touch());
    CHECK_FALSE(who->token());
    CHECK_FALSE(who->lock());
    CHECK(gate.present({{1, 2}}).error().why == reason::storage_unavailable);
    p->verify(knock("bo", "pump-3"));
    CHECK(p->settle().error().why == reason::storage_unavailable);
    *stuck = false;
    CHECK(gate.open_sessions() == 1);
    CHECK(who->touch());
    CHECK(
        gate.login(knock("bo", "pump-3")));  // it was not settled, so it stands reserved until it is overdue
    gate.clock().advance(60s + 1ns);
    (void)gate.tick();
    gate.inspect([](auto const& door, auto const&...) { CHECK(door.size() == 0); });
}

TEST_CASE("a million sprayed names take no memory, and spare nobody who was watched",
          "[authenticator][faults]") {
    sallyport::authenticator gate{
        sallyport::environment{}
            .with_clock(sallyport::testing::manual_clock{})
            .with_storage(sallyport::heap_storage<>{std::size_t{2} << 20}),  // all that it will ever have
        voice{[](attempt const& a, instant) -> answer {
            if (a.shown.bytes.equals(secret{"valve-7"})) return principal{.is = a.user};
            return denial{reason::invalid_credentials, {}};
        }},
        sallyport::penalty::backoff<>{{.on_early_attempt = sallyport::penalty::early_attempt::freeze}},
        sallyport::session::session_limit{}};
    REQUIRE(gate.ready());
    auto const spray = [&](int from, int to) {
        char user[] = "user0000000";
        for (int i = from; i < to; ++i) {
            for (int rest = i, at = 10; at >= 4; --at, rest /= 10)
                user[at] = static_cast<char>('0' + rest % 10);
            auto const a = knock(user, "x");
            if (auto p = gate.begin(a)) {
                p->verify(a);
                (void)p->settle();
            }
        }
    };
    CHECK(fail(gate, "first", 3).retry_after == 10s);
    spray(0, scaled(1'000'000));
    CHECK(gate.delay(knock("first", "")) == 10s);
    std::size_t listed = gate.administer("root").penalties().size();
    CHECK(listed <= 4097);
    CHECK(gate.delay(knock("latecomer", "")) > 0s);  // beyond the table newcomers share one record
    gate.clock().advance(10s);
    CHECK(gate.login(knock("first", "valve-7")));
}

/// A guard that hands on another's word without a look.
struct careless_guard {
    sallyport::verdict check(sallyport::admission const&) const noexcept {
        return sallyport::verdict{sallyport::permit}.error();
    }
};
struct mute_guard {
    sallyport::verdict check(sallyport::arrival const&) const noexcept { return {}; }
};

TEST_CASE("a guard that says no without a reason is overheard", "[authenticator][faults]") {
    site careless{house_options{}, careless_guard{}};
    CHECK_FALSE(careless.gate.login(knock("amira", "valve-7")));
    CHECK(careless.gate.open_sessions() == 0);
    site mute{house_options{}, mute_guard{}};
    CHECK(mute.gate.login(knock("amira", "valve-7")).error() == denial{reason::undecided, 0s});
    CHECK(mute.folk.book->asked == 0);
}

}  // namespace
