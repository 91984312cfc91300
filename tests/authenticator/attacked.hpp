// SPDX-License-Identifier: BSL-1.0
#pragma once

// Two whole gates to attack, made as a host makes them: the one that we want, and the one that a PLCnext
// device publishes.
#include "authenticator/house.hpp"

#include <sallyport/presets/plcnext.hpp>
#include <sallyport/presets/resilient.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace attacked {

using namespace gatehouse;
using sallyport::thumbprint;
using sallyport::whereabouts;
using sallyport::penalty::lane_options;
using sallyport::penalty::volatile_state;
using sallyport::session::session_limit_options;
using sallyport::testing::device_forge;

using surroundings = sallyport::environment<sallyport::testing::manual_clock, sallyport::heap_storage<>,
                                            sallyport::testing::recorder, sallyport::condition_waiter>;

struct resilient_rules {
    sallyport::presets::resilient_options o{};
    [[nodiscard]] auto operator()(surroundings e, people p) const {
        return sallyport::presets::resilient(std::move(e), std::move(p), volatile_state{}, o);
    }
};
struct published_rules {
    sallyport::presets::plcnext_options o{};
    [[nodiscard]] auto operator()(surroundings e, people p) const {
        return sallyport::presets::plcnext(std::move(e), std::move(p), o);
    }
};

/// A gate, who works there, its log, and a clock that is set by hand.
template <class Rules>
struct device {
    using gate_type =
        decltype(std::declval<Rules const&>()(std::declval<surroundings>(), std::declval<people>()));

    explicit device(Rules rules, house_options h = {})
        : gate(rules(sallyport::environment{}
                         .with_clock(sallyport::testing::manual_clock{})
                         .with_audit(log)
                         .with_house(h),
                     people{folk})) {}
    device(device const&) = delete;
    device& operator=(device const&) = delete;

    void pass(nanoseconds t) { gate.clock().advance(t); }
    /// How many secrets were verified so far, right or wrong.
    [[nodiscard]] int asked() const { return folk.book->asked; }
    [[nodiscard]] denial refused(attempt const& a) { return gate.login(a).error(); }
    [[nodiscard]] std::size_t at_the_door() {
        std::size_t n = 0;
        gate.inspect([&](auto const& door, auto const&...) { n = door.size(); });
        return n;
    }

    sallyport::testing::recorder log;
    people folk;
    gate_type gate;
};
[[nodiscard]] inline auto resilient(lane_options lanes = {}, house_options h = {},
                                    session_limit_options s = {}) {
    return device<resilient_rules>{{{.lanes = lanes, .sessions = s}}, h};
}
[[nodiscard]] inline auto plcnext(house_options h = {}, session_limit_options s = {}) {
    return device<published_rules>{{{.sessions = s}}, h};
}

[[nodiscard]] inline thumbprint print_of(std::uint16_t n) noexcept {
    thumbprint t;
    t.bytes.fill(0x5a);
    t.bytes[0] = static_cast<std::uint8_t>(n), t.bytes[1] = static_cast<std::uint8_t>(n >> 8);
    return t;
}
/// From the n-th trusted device.
[[nodiscard]] inline attempt at_panel(std::string_view user, std::string_view password, std::uint16_t n = 1,
                                      address from = here) {
    attempt a = knock(user, password, from);
    a.device = device_forge::make(print_of(n));
    return a;
}
/// At the device's own panel; the host knows it from hardware.
[[nodiscard]] inline attempt at_console(std::string_view user, std::string_view password) noexcept {
    attempt a = knock(user, password, address{});
    a.presence = whereabouts::console;
    return a;
}
/// A password that nobody has tried yet.
[[nodiscard]] inline std::string fresh_guess() {
    static std::atomic<unsigned> n{0};
    return "guess " + std::to_string(++n);
}
/// So many guesses, each another and each from a source of its own; how many of them were verified.
template <class Device>
int guess(Device& at, std::string_view user, unsigned times, unsigned first = 0) {
    int const before = at.asked();
    for (unsigned n = 0; n < times; ++n) (void)at.gate.login(knock(user, fresh_guess(), host(first + n)));
    return at.asked() - before;
}
/// How many guesses are verified in a day of one who knocks as soon as he may, always from somewhere else;
/// `between` happens before each of them.
template <class Device, class Between>
int guesses_a_day(Device& at, std::string_view user, Between between) {
    nanoseconds const midnight = at.gate.clock().now().steady + 24h;
    int verified = 0;
    for (unsigned n = 0; at.gate.clock().now().steady <= midnight; ++n) {
        between(n);
        int const before = at.asked();
        auto const no = at.gate.login(knock(user, fresh_guess(), host(n))).error();
        if (no.why != reason::penalty_delay_active) verified += at.asked() - before;
        at.pass(std::max<nanoseconds>(at.gate.delay(knock(user, "", host(n + 1))), 1s));
    }
    return verified;
}

}  // namespace attacked
