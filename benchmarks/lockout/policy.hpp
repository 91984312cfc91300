// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

// What every law of the comparison is asked, a peer's model and our own gates alike.
namespace lockout {

using std::chrono::nanoseconds;
using namespace std::chrono_literals;

/// Whose name is tried.
enum class whose : std::uint8_t { victim, attackers_own, nobodys };  ///< the last: a name each by its secret
/// From what.
enum class from : std::uint8_t { anywhere, paired_device, console };

inline constexpr std::uint64_t right = 0;            ///< the secret that is
inline constexpr std::uint64_t outdated = 1;         ///< the one that was, before a change
inline constexpr std::uint64_t first_wrong = 1'000;  ///< and all others

struct knock {
    std::uint64_t source = 0;
    std::uint64_t application = 0;  ///< an ApplicationUri, a channel: whatever a client says of itself
    std::uint64_t secret = right;
    whose account = whose::victim;
    from place = from::anywhere;
};

/// A law of throttling, between a first look (`arrive`) and a last (`settle`).
/// Time only goes on. Thread safety: as a plain value.
class policy {
public:
    policy() = default;
    policy(policy const&) = delete;
    policy& operator=(policy const&) = delete;
    virtual ~policy() = default;

    /// May this one be verified? 0: yes, and it will be settled. Else how long the door is shut.
    [[nodiscard]] virtual nanoseconds arrive(knock const& k, nanoseconds now) = 0;
    virtual void settle(knock const& k, nanoseconds now) = 0;
    /// What the right secret from there would have to wait; changes nothing.
    [[nodiscard]] virtual nanoseconds wait(knock const& k, nanoseconds now) = 0;
    /// What an attacker waits who knows the law: longer than the door is shut, where that gets him more.
    [[nodiscard]] virtual nanoseconds patience(knock const& k, nanoseconds now) { return wait(k, now); }
    /// The owner has a new secret; the one before is `outdated`.
    virtual void change_secret(nanoseconds) {}
    /// The device stops and starts again. What is kept in memory is gone.
    virtual void restart(nanoseconds now) = 0;

    /// Writes to permanent memory so far.
    [[nodiscard]] virtual std::uint64_t writes() { return 0; }
    /// What it takes, whoever comes; 0 where that is not fixed.
    [[nodiscard]] virtual std::size_t bytes() { return 0; }
};

/// A line of the tables.
struct entry {
    std::string_view name;
    std::string_view keyed;   ///< by what
    std::string_view memory;  ///< how it grows with what strangers send
    bool by_source = false;   ///< what happens at one source is nothing to another: guesses are a multiple
    bool ours = false;
    std::function<std::unique_ptr<policy>()> make;
};

}  // namespace lockout
