// SPDX-License-Identifier: BSL-1.0
// Several processes behind one penalty list that outlives a restart: each of them writes to the journal, and
// none of them shuts out the others by dying.
#include "shared_house.hpp"
#include "support/catch.hpp"
#include "support/folder.hpp"

#include <sallyport/penalty/journal.hpp>
#include <sallyport/presets/resilient.hpp>
#include <sallyport/testing/device_forge.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace {

using namespace std::chrono_literals;
using namespace shared_house;
using sallyport::reason;

/// A device with a segment and a disk. Its storage can be one that a test has made.
template <class Storage = sallyport::shared_memory_storage>
struct shared_device {
    place_for_segment const here{};
    support::folder const disk{};
    [[nodiscard]] std::string journal() const { return disk.file("lanes.journal"); }
    [[nodiscard]] auto gate(std::string const& segment, std::string const& path,
                            std::string const& boot) const {
        return sallyport::presets::resilient(
            sallyport::environment{}.with_storage(Storage{{.path = segment}}), anybody{},
            sallyport::penalty::journal{{.path = path, .device = "device", .boot_id = boot}});
    }
    [[nodiscard]] auto gate() const { return gate(here.segment(), journal(), "boot"); }
    /// After a power loss: the segment is gone, the disk is not.
    [[nodiscard]] auto gate_of_next_boot() const { return gate(here.at("other"), journal(), "next boot"); }
};
[[nodiscard]] sallyport::attempt from_device(std::string_view user, std::uint8_t n) {
    sallyport::thumbprint id;
    id.bytes.fill(n);
    auto a = knock(user, "right");
    a.device = sallyport::testing::device_forge::make(id);
    return a;
}

/// How many of so many wrong secrets were verified, each from a source of its own.
template <class Gate>
int guess(Gate& gate, std::string_view user, int times, int first) {
    int verified = 0;
    for (int n = first; n < first + times; ++n) {
        std::string const wrong = "guess " + std::to_string(n);
        auto a = knock(user, wrong);
        a.source =
            sallyport::address::ipv4(10, 0, static_cast<std::uint8_t>(n >> 8), static_cast<std::uint8_t>(n));
        verified += gate.login(a).error().why == reason::invalid_credentials ? 1 : 0;
    }
    return verified;
}
/// Kills its process where it would have let go of the lock: all is done, and nothing of it stands.
class mortal_storage : public sallyport::shared_memory_storage {
public:
    using shared_memory_storage::shared_memory_storage;
    static inline bool die = false;
    void unlock() noexcept {
        if (die) (void)kill(getpid(), SIGKILL);
        shared_memory_storage::unlock();
    }
};
static_assert(sallyport::shared_storage<mortal_storage>);
inline bool was_killed(pid_t child) {
    int status = 0;
    return waitpid(child, &status, 0) == child && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
}

TEST_CASE("shared journal: every program of a segment writes to it, and the one after a restart",
          "[environment][shared_memory][journal][fork]") {
    shared_device<> const d;
    REQUIRE(true_in_a_child([&] {
        auto first = d.gate();
        return first.login(knock("amira", "right")) && true_in_a_child([&] {
                   auto second = d.gate();
                   return second.ready() && second.login(knock("bo", "right")) &&
                          second.login(from_device("root", 3));
               });
    }));
    auto again = d.gate();  // the programs have gone, the segment has not
    REQUIRE(again.ready());
    CHECK(again.login(knock("carla", "right")));
    CHECK(again.administer("root").pair("root", from_device("root", 9).device.print()));
    CHECK(again.login(from_device("root", 9)));
    auto lost = d.gate(d.here.segment(), "/nowhere/at/all/lanes.journal", "boot");
    CHECK_FALSE(lost.ready());
    CHECK(lost.fault() == "penalty::journal: its folder cannot be opened");
    CHECK(again.login(knock("dora", "right")));  // the fault is that program's alone
}

TEST_CASE("shared journal: whoever is killed once the file is replaced shuts nobody out",
          "[environment][shared_memory][journal][fork]") {
    shared_device<mortal_storage> const d;
    auto gate = d.gate();
    REQUIRE(gate.login(knock("amira", "right")));
    for (int times = 0; times < 3; ++times) {
        CAPTURE(times);
        REQUIRE(was_killed(in_a_child([&] {
            auto other = d.gate();
            mortal_storage::die = true;  // in this child
            (void)other.login(knock("bo", "right"));
            return true;
        })));
        CHECK(gate.login(knock(times == 0 ? "carla" : times == 1 ? "dora" : "emil", "right")));
    }
    // One that is older is nobody's to take up.
    std::string const older = support::text_of(d.journal());
    REQUIRE(gate.login(knock("fadi", "right")));
    REQUIRE(std::rename(d.disk.with(older, "older").c_str(), d.journal().c_str()) == 0);
    CHECK(gate.login(knock("gul", "right")).error().why == reason::storage_unavailable);
}

TEST_CASE("shared journal: what the killed one wrote off is written ahead once more",
          "[environment][shared_memory][journal][fork]") {
    shared_device<mortal_storage> const d;
    auto gate = d.gate();
    REQUIRE(guess(gate, "amira", 1, 0) == 1);  // five are on disk
    REQUIRE(was_killed(in_a_child([&] {
        auto other = d.gate();
        mortal_storage::die = true;
        (void)other.administer("root").pair("root", from_device("root", 9).device.print());  // one is
        return true;
    })));
    CHECK(guess(gate, "amira", 4, 100) == 4);
    auto next = d.gate_of_next_boot();
    REQUIRE(next.ready());
    CHECK(guess(next, "amira", 20, 200) <= 5);
}

/// Dies at the n-th milestone, if it is told to; and knows whether somebody is inside its lock.
class watched_storage : public sallyport::shared_memory_storage {
public:
    using shared_memory_storage::shared_memory_storage;
    static inline int die_at = 0, commits = 0;
    static inline bool locked = false;
    bool lock() noexcept { return locked = shared_memory_storage::lock(); }
    void unlock() noexcept {
        locked = false;
        shared_memory_storage::unlock();
    }
    void commit() noexcept {
        if (die_at != 0 && ++commits == die_at) (void)kill(getpid(), SIGKILL);
        shared_memory_storage::commit();
    }
};
struct asks_for_the_lock {
    static inline int times = 0, locked = 0;
    static sallyport::verdict check(sallyport::arrival const&) noexcept { return sallyport::permit; }
    static void attach(sallyport::blueprint& b) noexcept {
        if (b.claim("asks", 1).attached()) ++times, locked += watched_storage::locked ? 1 : 0;
    }
};

TEST_CASE("shared journal: what was kept is put back under the lock",
          "[environment][shared_memory][journal]") {
    place_for_segment const here;
    sallyport::authenticator const gate{
        sallyport::environment{}.with_storage(watched_storage{{.path = here.segment()}}), anybody{},
        asks_for_the_lock{}};
    REQUIRE(gate.ready());
    CHECK(asks_for_the_lock::times == 1);
    CHECK(asks_for_the_lock::locked == 1);
    CHECK_FALSE(watched_storage::locked);
}

TEST_CASE("shared journal: whoever is killed while he puts back what was kept leaves it to the next",
          "[environment][shared_memory][journal][fork]") {
    shared_device<watched_storage> const d;
    constexpr std::uint8_t accounts = 40;
    REQUIRE(true_in_a_child([&] {
        auto gate = d.gate();
        for (std::uint8_t n = 1; n <= accounts; ++n)
            if (!gate.login(from_device("user " + std::to_string(n), n))) return false;
        return guess(gate, "amira", 10, 0) == 10;
    }));
    auto const gate_after = [&](int die_at) {
        (void)unlink(d.here.at("other").c_str()), (void)unlink(d.here.at("other.keys").c_str());
        CAPTURE(die_at);
        REQUIRE(was_killed(in_a_child([&] {
            watched_storage::die_at = die_at;
            (void)d.gate_of_next_boot();
            return true;
        })));
        return d.gate_of_next_boot();
    };
    for (int const die_at : {1, 2, 30, accounts + 1}) {
        CAPTURE(die_at);
        auto gate = gate_after(die_at);
        REQUIRE(gate.ready());
        CHECK(gate.administer("root").pairs().size() == accounts);
        CHECK(gate.paired(from_device("user 1", 1)));
        CHECK(guess(gate, "amira", 5, 100) == 0);
    }
}

TEST_CASE("shared journal: two programs that start at once both come up with all that was kept",
          "[environment][shared_memory][journal][fork]") {
    shared_device<> const d;
    constexpr std::uint8_t accounts = 60;
    {
        auto gate = d.gate();
        for (std::uint8_t n = 1; n <= accounts; ++n)
            REQUIRE(gate.login(from_device("user " + std::to_string(n), n)));
    }
    for (int times = 0; times < 8; ++times) {
        CAPTURE(times);
        (void)unlink(d.here.at("other").c_str()), (void)unlink(d.here.at("other.keys").c_str());
        signal_pipe const go_one, go_two;
        auto const start = [&](signal_pipe const& go) {
            return in_a_child([&] { return go.hear() && d.gate_of_next_boot().ready(); });
        };
        pid_t const one = start(go_one), two = start(go_two);
        go_one.say(), go_two.say();
        bool const both = ended_well(one) && ended_well(two);
        CHECK(both);
        auto gate = d.gate_of_next_boot();
        CHECK(gate.administer("root").pairs().size() == accounts);
    }
}

}  // namespace
