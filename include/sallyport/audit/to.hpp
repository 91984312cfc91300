// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/audit/event.hpp>
#include <sallyport/concepts/audit_sink.hpp>

#include <concepts>
#include <string_view>

namespace sallyport::inline v0 {
namespace audit {

namespace detail {
// Of a sink's optional parts what is there is asked; else the answer is neutral.
template <class Sink>
void tick_if_ticking(Sink& sink, instant now) {
    if constexpr (ticking<Sink>) sink.tick(now);
}
template <class Sink>
[[nodiscard]] nanoseconds next_tick_of(Sink& sink, instant now) {
    if constexpr (ticking<Sink>)
        return sink.next_tick(now);
    else
        return nanoseconds::max();
}
template <class Sink>
[[nodiscard]] std::string_view fault_of(Sink const& sink) {
    if constexpr (requires {
                      { sink.fault() }
                      noexcept->std::same_as<std::string_view>;
                  })
        return sink.fault();
    else
        return {};
}
}  // namespace detail

/// A sink that belongs to somebody else and outlives the gate: the ring that a page reads, the counters of
/// several gates.
///   environment{}.with_audit(audit::tee{audit::to{ring}, audit::to{counters}})
/// Thread safety: as the sink.
template <audit_sink Sink>
class to {
public:
    explicit to(Sink& sink) noexcept : sink_{&sink} {}

    void record(event const& e) noexcept(noexcept(sink_->record(e))) { sink_->record(e); }
    void tick(instant now) { detail::tick_if_ticking(*sink_, now); }
    [[nodiscard]] nanoseconds next_tick(instant now) { return detail::next_tick_of(*sink_, now); }
    [[nodiscard]] std::string_view fault() const noexcept { return detail::fault_of(*sink_); }

private:
    Sink* sink_;
};

}  // namespace audit
}  // namespace sallyport::inline v0
