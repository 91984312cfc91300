// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/audit/event.hpp>
#include <sallyport/audit/tally.hpp>
#include <sallyport/audit/to.hpp>
#include <sallyport/concepts/audit_sink.hpp>
#include <sallyport/core/contained.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <tuple>
#include <utility>

namespace sallyport::inline v0 {
namespace audit {

/// Several sinks as one, in their order:  tee{to{ring}, to{counters}, line_log{to_stream{std::clog}}}
/// One that throws does not rob the next; its loss is counted.
/// Thread safety: as the sinks. Movable as they are.
template <audit_sink... Sinks>
class tee {
public:
    explicit tee(Sinks... sinks) : sinks_{std::move(sinks)...} {}

    void record(event const& e) noexcept {
        each([&](auto& sink) { sink.record(e); });
    }
    void tick(instant now) noexcept {
        each([&](auto& sink) { detail::tick_if_ticking(sink, now); });
    }
    /// The earliest of theirs.
    [[nodiscard]] nanoseconds next_tick(instant now) noexcept {
        nanoseconds next = nanoseconds::max();
        each([&](auto& sink) { next = std::min(next, detail::next_tick_of(sink, now)); });
        return next;
    }
    /// The first that one of them has; empty where all are well.
    [[nodiscard]] std::string_view fault() const noexcept {
        std::string_view first;
        std::apply(
            [&](auto const&... sink) { ((first = first.empty() ? detail::fault_of(sink) : first), ...); },
            sinks_);
        return first;
    }
    /// How often one of them threw.
    [[nodiscard]] std::uint64_t lost() const noexcept { return lost_.read(); }

    /// The sinks themselves, by their place.
    template <std::size_t I>
    [[nodiscard]] auto& get() noexcept {
        return std::get<I>(sinks_);
    }
    template <std::size_t I>
    [[nodiscard]] auto const& get() const noexcept {
        return std::get<I>(sinks_);
    }

private:
    template <class F>
    void each(F f) noexcept {
        std::apply([&](auto&... sink) { ((contained([&] { f(sink); }) ? void() : lost_.add()), ...); },
                   sinks_);
    }
    std::tuple<Sinks...> sinks_;
    tally lost_;
};
static_assert(audit_sink<tee<>> && ticking<tee<>> && audit_sink<to<tee<>>>);

}  // namespace audit
}  // namespace sallyport::inline v0
