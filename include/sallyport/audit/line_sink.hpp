// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/audit/event.hpp>
#include <sallyport/audit/fresh_mutex.hpp>
#include <sallyport/audit/line_buffer.hpp>
#include <sallyport/audit/tally.hpp>
#include <sallyport/concepts/audit_sink.hpp>
#include <sallyport/core/contained.hpp>

#include <concepts>
#include <cstdint>
#include <mutex>
#include <string_view>
#include <type_traits>
#include <utility>

namespace sallyport::inline v0 {
namespace audit {

/// Takes whole lines, one at a time. If it answers a bool, false means that the line is lost; so does an
/// exception. It must not log to the sink that calls it.
/// Exemplar:  [](std::string_view line) { std::fwrite(line.data(), 1, line.size(), stderr); }
/// Models:    to_stream, and any callable like that.
template <class W>
concept line_writer = std::move_constructible<W> && requires(W& w, std::string_view line) {
    w(line);
};

/// Builds the line of an event, its end of line included where it has one.
/// Models:    plc_line, json_line, rfc5424_line.
template <class F>
concept line_format = std::move_constructible<F> && requires(F const& f, line_buffer& to, event const& e) {
    f(to, e);
};

/// Events as lines: a format, and the host's writer behind it. Losses are counted, and told in a line of
/// their own as soon as the writer works again.
/// Thread safety: any thread may record; lines are built side by side and written one by one. Slow writers
/// hang behind a ring.
/// Movable until it is first used. Fork: a child that logs makes its own.
template <line_format Format, line_writer Writer>
class line_sink {
public:
    line_sink(Format format, Writer writer) : format_{std::move(format)}, writer_{std::move(writer)} {}

    void record(event const& e) noexcept {
        bool written = false;
        contained([&] {
            line_buffer line;
            format_(line, e);
            std::scoped_lock const one_by_one{mutex_};
            written = told_of_losses(e.at) && write(line);
        });
        if (!written) lost_.add(), untold_.add();
    }
    /// How many events the writer did not take.
    [[nodiscard]] std::uint64_t lost() const noexcept { return lost_.read(); }

private:
    bool told_of_losses(instant at) {
        std::uint64_t const lost = untold_.take();
        if (lost == 0) return true;
        bool told = false;
        contained([&] {
            line_buffer line;
            format_(line, event{.id = event_id::audit_lost,
                                .value = lost,
                                .detail = "they could not be written",
                                .at = at});
            told = write(line);
        });
        if (!told) untold_.add(lost);
        return told;
    }
    bool write(line_buffer const& line) {
        std::string_view const text{line.data(), line.size()};
        if constexpr (std::is_convertible_v<std::invoke_result_t<Writer&, std::string_view>, bool>)
            return writer_(text);
        else
            return writer_(text), true;
    }

    [[no_unique_address]] Format format_;
    [[no_unique_address]] Writer writer_;
    fresh_mutex mutex_;
    tally lost_, untold_;
};

}  // namespace audit
}  // namespace sallyport::inline v0
