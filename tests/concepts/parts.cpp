// SPDX-License-Identifier: BSL-1.0
// The smaller concepts, each with its exemplar and its near misses.
#include "support/catch.hpp"

#include <sallyport/audit/event.hpp>
#include <sallyport/concepts/audit_sink.hpp>
#include <sallyport/concepts/clock_source.hpp>
#include <sallyport/concepts/lockable.hpp>
#include <sallyport/concepts/password_hasher.hpp>
#include <sallyport/concepts/storage.hpp>
#include <sallyport/concepts/waiter.hpp>
#include <sallyport/environment/environment.hpp>
#include <sallyport/environment/no_lock.hpp>
#include <sallyport/testing/manual_clock.hpp>
#include <sallyport/testing/recorder.hpp>

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>

namespace {

using namespace sallyport;

// ---- clock_source
struct stopped {
    instant now() const noexcept { return {}; }
};
struct seconds_clock {
    std::chrono::seconds now() const noexcept { return {}; }
};
struct changing_clock {
    instant now() noexcept { return {}; }
};
struct throwing_clock {
    instant now() const { return {}; }
};
static_assert(clock_source<stopped> && clock_source<boot_clock> && clock_source<testing::manual_clock>);
static_assert(!clock_source<seconds_clock> && !clock_source<changing_clock> && !clock_source<throwing_clock>);

// ---- lockable
struct half_a_lock {
    void lock() {}
};
static_assert(lockable<no_lock> && lockable<std::mutex> && lockable<std::shared_mutex> &&
              lockable<std::recursive_mutex>);
static_assert(!lockable<half_a_lock> && !lockable<int>);

// ---- storage
struct static_words {
    bool open(blueprint const&) noexcept { return true; }
    bool lock() noexcept { return true; }
    void unlock() noexcept {}
    region words() noexcept { return {}; }
    sip_key key() const noexcept { return {}; }
};
struct lock_says_nothing : static_words {
    void lock() noexcept {}
};
struct opens_throwing : static_words {
    bool open(blueprint const&) { return true; }
};
struct shows_a_pointer : static_words {
    word* words() noexcept { return nullptr; }
};
struct key_that_changes : static_words {
    sip_key key() noexcept { return {}; }
};
static_assert(storage<static_words> && storage<heap_storage<>> && storage<heap_storage<no_lock>>);
static_assert(!storage<lock_says_nothing> && !storage<opens_throwing> && !storage<shows_a_pointer> &&
              !storage<key_that_changes>);

// ---- audit_sink
struct to_nobody {
    void record(audit::event const&) noexcept {}
};
struct by_value {  // may throw and may copy: the gate counts what is lost
    void record(audit::event) {}
};
struct works_on : to_nobody {
    void tick(instant) {}
    nanoseconds next_tick(instant) { return {}; }
};
struct works_on_without_saying_when : to_nobody {
    void tick(instant) {}
};
struct takes_text {
    void record(std::string_view) noexcept {}
};
struct wants_to_change_it {
    void record(audit::event&) noexcept {}
};
static_assert(audit_sink<to_nobody> && audit_sink<by_value> && audit_sink<no_audit> &&
              audit_sink<testing::recorder>);
static_assert(!audit_sink<takes_text> && !audit_sink<wants_to_change_it> && !audit_sink<int>);
static_assert(ticking<works_on> && !ticking<to_nobody> && !ticking<works_on_without_saying_when>);

// ---- waiter
struct impatient {
    std::uint64_t ticket() noexcept { return 0; }
    bool wait(std::uint64_t, nanoseconds) noexcept { return false; }
    void notify() noexcept {}
};
struct waits_for_ever : impatient {
    void wait(std::uint64_t) noexcept {}
};
struct notifies_throwing : impatient {
    void notify() {}
};
static_assert(waiter<impatient> && waiter<no_waiter> && waiter<condition_waiter> && waiter<polling_waiter>);
static_assert(!waiter<waits_for_ever> && !waiter<notifies_throwing>);

// ---- password_hasher
struct reversed {
    std::optional<std::string> hash(secret p) const {
        return std::string{p.reveal().rbegin(), p.reveal().rend()};
    }
    match verify(secret p, std::string_view stored) const {
        return *hash(p) == stored ? match::right : match::wrong;
    }
    std::string fault_of(std::string_view) const { return {}; }
    bool needs_rehash(std::string_view) const { return true; }
    std::string_view dummy() const noexcept { return "x"; }
    std::size_t memory() const noexcept { return 0; }
    std::string_view fault() const noexcept { return {}; }
};
struct says_bool : reversed {
    bool verify(secret, std::string_view) const { return true; }
};
struct without_a_dummy : reversed {
    void dummy() const = delete;
};
static_assert(password_hasher<reversed> && !password_hasher<says_bool> && !password_hasher<without_a_dummy>);
static_assert(match{} == match::wrong, "silence refuses");

TEST_CASE("the smallest parts there can be make an environment", "[concepts]") {
    auto const e =
        sallyport::environment{}.with_clock(stopped{}).with_audit(to_nobody{}).with_waiter(impatient{});
    CHECK(e.clock.now().steady == nanoseconds::zero());
    CHECK(reversed{}.verify(secret{"abc"}, "cba") == match::right);
    CHECK(reversed{}.verify(secret{"abc"}, "abc") == match::wrong);
}

}  // namespace
