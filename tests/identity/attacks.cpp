// SPDX-License-Identifier: BSL-1.0
// What has worked on others, by the name under which it is known, where it takes a directory of hashes: to
// make the device hash without end, or not at all. Each against both gates, whole.
#include <sallyport/identity/accounts.hpp>
#include <sallyport/identity/argon2id.hpp>
#include <sallyport/presets/plcnext.hpp>
#include <sallyport/presets/resilient.hpp>
#include <sallyport/testing/device_forge.hpp>
#include <sallyport/testing/manual_clock.hpp>

#include "people.hpp"
#include "support/catch.hpp"
#include "support/words.hpp"

#include <atomic>
#include <cstdint>
#include <latch>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace {

using namespace sallyport;
using namespace people;
using identity::accounts_options;

/// A hasher that takes its time, and counts how many do at once.
class slow_hasher : public counting_hasher {
public:
    struct meter {
        std::atomic<int> inside{0}, most{0};
        std::atomic<bool> quick{true};
        std::latch begun{1};                     ///< the one that hangs is at it
        std::atomic<std::latch*> hang{nullptr};  ///< until when the next one lasts, where it does
    };
    slow_hasher() : counting_hasher{2} {}
    [[nodiscard]] match verify(secret p, std::string_view stored) const {
        int const now = ++measured->inside;
        for (int seen = measured->most; now > seen && !measured->most.compare_exchange_weak(seen, now);) {}
        if (std::latch* const until = measured->hang.exchange(nullptr)) {
            measured->begun.count_down();
            until->wait();
        }
        if (!measured->quick) std::this_thread::sleep_for(2ms);
        match const said = counting_hasher::verify(p, stored);
        --measured->inside;
        return said;
    }
    std::shared_ptr<meter> measured = std::make_shared<meter>();
};
static_assert(password_hasher<slow_hasher>);

constexpr std::string_view plant = R"(
[[account]]
name = "amira"
roles = ["Engineer"]
password = "plain$2$valve-7"

[[account]]
name = "bo"
disabled = true
password = "plain$2$valve-7"
)";

using staff = identity::accounts<slow_hasher, role::role_table>;
auto env() { return environment{}.with_clock(testing::manual_clock{}); }
auto wanted(staff const& who) { return presets::resilient(env(), who, penalty::volatile_state{}); }
auto published(staff const& who) { return presets::plcnext(env(), who); }

struct house {
    folder f{};
    slow_hasher hasher{};
    staff who;
    explicit house(accounts_options o = small_house())
        : who{*identity::open_accounts(f.with(plant), hasher, role::plcnext_roles, o)} {}
};
address host(unsigned n) {
    return address::ipv4(10, static_cast<std::uint8_t>(n >> 16), static_cast<std::uint8_t>(n >> 8),
                         static_cast<std::uint8_t>(n));
}
attempt at_panel() {
    thumbprint t;
    t.bytes.fill(7);
    attempt a = by("amira", "valve-7");
    a.device = testing::device_forge::make(t);
    return a;
}

TEST_CASE("attack: an Argon2 flood keeps the owner out, or eats the memory", "[identity][attack][threads]") {
    auto const flood = [](auto make) {
        accounts_options o = small_house();
        o.hashing.patience = 1min;
        house h{o};
        auto gate = make(h.who);
        CHECK(gate.login(at_panel()));
        h.hasher.measured->quick = false;
        std::atomic<bool> done{false};
        std::atomic<unsigned> source{0};
        std::vector<std::thread> strangers;
        for (int t = 0; t < 12; ++t)
            strangers.emplace_back([&] {
                while (!done) {
                    unsigned const n = ++source;
                    (void)gate.login(by("unknown" + std::to_string(n), "guess", host(n)));
                }
            });
        while (h.hasher.measured->most < 1) std::this_thread::yield();
        for (int i = 0; i < 10; ++i) CHECK(gate.login(at_panel()));
        done = true;
        for (auto& t : strangers) t.join();
        CHECK(h.hasher.measured->most <= 2);  // as many as there are permits, and so much memory
        CHECK(h.who.hashing()->free() == 2);
    };
    flood([](staff const& who) { return wanted(who); });
    flood([](staff const& who) { return published(who); });
}

TEST_CASE("attack: a disconnect in mid-hash frees its permit early", "[identity][attack][threads]") {
    auto const cut = [](auto make) {
        house h;
        auto gate = make(h.who);
        std::latch go_on{1};
        h.hasher.measured->hang = &go_on;
        attempt a = by("amira", "valve-7");
        a.channel = 7;
        reason why = reason::none;
        std::thread worker{[&] {
            if (auto p = gate.begin(a)) {
                p->verify(a);
                why = p->settle().error().why;
            }
        }};
        h.hasher.measured->begun.wait();
        CHECK(h.who.hashing()->free() == 1);
        (void)gate.close_channel("wbm", 7);  // the peer is gone …
        gate.clock().advance(61s);
        (void)gate.tick();  // … and the attempt settled as a failure
        CHECK(h.who.hashing()->free() == 1);
        CHECK(gate.login(by("amira", "valve-7")).error() == denial{reason::try_again_later, {}});
        go_on.count_down();
        worker.join();
        CHECK(why == reason::overdue);
        CHECK(h.who.hashing()->free() == 2);
        CHECK(gate.login(by("amira", "valve-7")));
    };
    cut([](staff const& who) { return wanted(who); });
    cut([](staff const& who) { return published(who); });
}

TEST_CASE("attack: a hostile PHC string with a huge m or t", "[identity][attack]") {
    constexpr identity::argon2id_options cheap{.cost = {8, 1, 1}, .accepted = {{8, 1, 1}, {64, 3, 1}}};
    identity::argon2id const hasher{cheap};
    auto const file = [&](std::string_view stored) {
        return "[[account]]\nname = \"amira\"\npassword = \"" + std::string{stored} + "\"\n";
    };
    auto const right = hasher.hash(secret{"valve-7"});
    REQUIRE(right);
    folder const f;
    auto who = identity::open_accounts(f.with(file(*right)), hasher, role::plcnext_roles, small_house());
    REQUIRE(who);
    auto one = presets::resilient(env(), *who, penalty::volatile_state{});
    auto other = presets::plcnext(env(), *who);
    constexpr std::string_view tail = "$AAECAwQFBgcICQoLDA0ODw$AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
    for (std::string_view const cost : {"m=4194304,t=1,p=1", "m=64,t=4294967295,p=1", "m=64,t=1,p=16777215",
                                        "m=4294967295,t=4294967295,p=1", "m=0,t=0,p=0", "t=1,m=64,p=1"}) {
        CAPTURE(cost);
        std::string const hostile = "$argon2id$v=19$" + std::string{cost} + std::string{tail};
        CHECK(hasher.verify(secret{"x"}, hostile) == match::wrong);  // comes back at once
        (void)f.with(file(hostile));
        CHECK(who->reload());  // an error: and the accounts that were read before stay
        CHECK_FALSE(identity::open_accounts(f.file(), hasher, role::plcnext_roles, small_house()));
        CHECK(one.login(by("amira", "valve-7")));
        CHECK(other.login(by("amira", "valve-7")));
    }
}

TEST_CASE("attack: a length check skips the dummy hash, and so tells who is known (CVE-2025-22234)",
          "[identity][attack]") {
    auto const ask = [](auto make) {
        for (std::string_view const user : {"amira", "nobody", "bo", "", "am\nira"})
            for (std::size_t const length : {0U, 1U, 7U, 72U, 73U, 128U, 129U, 1'000'000U}) {
                CAPTURE(user, length);
                house h;
                auto gate = make(h.who);
                std::string const password(length, 'x');
                auto const no = gate.login(by(user, password)).error();
                CHECK(no.outward() == denial{reason::invalid_credentials, {}});
                CHECK(h.hasher.done->hashes == 1);
                CHECK(h.hasher.done->last_cost == 2);
                CHECK(h.hasher.done->last_size <= 128);
                // Nor is more done for a duplicate, or while no permit is free.
                auto const held = h.who.hashing()->acquire(host(1)),
                           both = h.who.hashing()->acquire(host(1), identity::asker::proven);
                CHECK(gate.login(by(user, password)).error() == denial{reason::try_again_later, {}});
                CHECK(h.hasher.done->hashes == 1);
            }
    };
    ask([](staff const& who) { return wanted(who); });
    ask([](staff const& who) { return published(who); });
}

}  // namespace
