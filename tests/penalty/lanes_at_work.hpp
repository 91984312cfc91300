// SPDX-License-Identifier: BSL-1.0
#pragma once

// Lanes on their own little heap, with somebody to knock, to be verified and to be settled.
#include <sallyport/penalty/lanes.hpp>
#include <sallyport/testing/bench.hpp>
#include <sallyport/testing/device_forge.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

namespace at_work {

using namespace std::chrono_literals;
using sallyport::address;
using sallyport::arrival;
using sallyport::denial;
using sallyport::nanoseconds;
using sallyport::reason;
using sallyport::thumbprint;
using sallyport::verdict;
using sallyport::visit;
using sallyport::word;
using sallyport::penalty::lane_options;
using sallyport::testing::at;

inline constexpr address here = address::ipv4(192, 0, 2, 7);
[[nodiscard]] constexpr address host(std::uint32_t n) noexcept {
    return address::ipv4(10, static_cast<std::uint8_t>(n >> 16), static_cast<std::uint8_t>(n >> 8),
                         static_cast<std::uint8_t>(n));
}
[[nodiscard]] inline thumbprint device(std::uint8_t n) {
    thumbprint t;
    t.bytes.fill(n);
    return t;
}
/// A password that nobody has sent before, unless one says which.
[[nodiscard]] inline visit knock(std::string_view user, address from = here, word secret = 0) {
    static word fresh = 1'000'000;
    visit v = sallyport::testing::knock(user, from);
    v.fingerprint = v.lasting_print = secret != 0 ? secret : ++fresh;
    return v;
}
[[nodiscard]] inline visit from_device(std::string_view user, std::uint8_t n, word secret = 0) {
    visit v = knock(user, here, secret);
    v.device = sallyport::testing::device_forge::make(device(n));
    return v;
}

template <class Memory = sallyport::penalty::volatile_state>
class lanes_at_work {
public:
    explicit lanes_at_work(lane_options o = {}) : lanes_at_work{o, Memory{}} {}
    lanes_at_work(lane_options o, Memory m, nanoseconds clock = 1h)
        : now{clock}, lanes_{sallyport::penalty::lanes<Memory>{o, std::move(m)}, at(clock)} {}

    [[nodiscard]] verdict look(visit const& who) const { return lanes_.check(arrival{who, at(now)}); }
    /// Reserves; `who` then knows what was charged. The refusal, where there is one.
    [[nodiscard]] denial begin(visit& who) {
        if (verdict const v = look(who); !v) return v.error();
        lanes_.note(arrival{who, at(now), &who.charged});
        return {lanes_->kept() ? reason::none : reason::storage_unavailable, {}};
    }
    void wrong(visit const& who) {
        lanes_.note(sallyport::failure{who, {reason::invalid_credentials, {}}, at(now)});
    }
    void right(visit const& who) {
        sallyport::principal const as{who.account, {}, 0};
        lanes_.note(sallyport::proof{who, as, at(now)});
    }
    void withdraw(visit const& who) { lanes_.note(sallyport::withdrawn{who, at(now)}); }
    /// Was it verified? Then it was wrong.
    bool guess(visit who) {
        if (begin(who).why != reason::none) return false;
        wrong(who);
        return true;
    }
    bool log_in(visit who) {
        if (begin(who).why != reason::none) return false;
        right(who);
        return true;
    }
    /// How many of so many guesses were verified, each by a source of its own.
    int guess_as_strangers(std::string_view user, int times, std::uint32_t first = 0) {
        int verified = 0;
        for (int n = 0; n < times; ++n)
            verified += guess(knock(user, host(first + static_cast<std::uint32_t>(n)))) ? 1 : 0;
        return verified;
    }
    [[nodiscard]] nanoseconds delay(visit const& who) { return lanes_->delay(who, at(now)); }
    [[nodiscard]] auto& operator*() { return *lanes_; }
    [[nodiscard]] auto* operator->() { return &*lanes_; }
    [[nodiscard]] std::size_t bytes() const { return lanes_.bytes(); }

    nanoseconds now;

private:
    sallyport::testing::bench<sallyport::penalty::lanes<Memory>> lanes_;
};

}  // namespace at_work
