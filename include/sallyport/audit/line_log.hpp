// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/audit/catalogue.hpp>
#include <sallyport/audit/explain.hpp>
#include <sallyport/audit/line_sink.hpp>
#include <sallyport/audit/utc.hpp>

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace sallyport::inline v0 {
namespace audit {

struct line_log_options {
    std::string component = "Sallyport.Gate";  ///< who speaks; escaped
    std::size_t column = 60;                   ///< how wide that column is, as in PLCnext's Output.log
};

/// A line as in a PLCnext controller's Output.log, the component's column 60 wide:
///   12.05.22 13:35:33.583 Sallyport.Gate              WARN  - User 'admin' was refused …
/// Day, month, year, and the time in UTC. Where the device's clock is not to be trusted the text begins with
/// "[clock not set, 12.345 s after boot] ", which orders the lines of one run all the same.
class plc_line {
public:
    explicit plc_line(line_log_options const& o = {}) : component_{escaped(o.component)} {
        if (component_.size() < o.column) component_.resize(o.column, ' ');
    }
    void operator()(line_buffer& to, event const& e) const {
        utc const t = utc::from(e.at.wall);
        put(to, "{:02}.{:02}.{:02} {:02}:{:02}:{:02}.{:03} {} {:<5} - ", t.day, t.month, t.year % 100, t.hour,
            t.minute, t.second, t.millisecond, component_, level(severity_of(e)));
        if (!e.at.wall_trusted) {
            auto const ms = std::chrono::floor<std::chrono::milliseconds>(e.at.steady).count();
            put(to, "[clock not set, {}.{:03} s after boot] ", ms / 1000, ms % 1000);
        }
        put_explanation(to, e);
        to.push_back('\n');
    }

private:
    static constexpr std::string_view level(severity s) noexcept {
        switch (s) {
            case severity::info:
            case severity::notice: return "INFO";
            case severity::warning: return "WARN";
            case severity::error: return "ERROR";
        }
        return "ERROR";
    }
    std::string component_;
};

/// Lines in the manner of PLCnext, to the host's writer:  line_log{to_stream{std::clog}}
template <line_writer Writer>
class line_log : public line_sink<plc_line, Writer> {
public:
    explicit line_log(Writer writer, line_log_options const& o = {})
        : line_sink<plc_line, Writer>{plc_line{o}, std::move(writer)} {}
};
static_assert(line_format<plc_line> && audit_sink<line_log<void (*)(std::string_view)>>);

}  // namespace audit
}  // namespace sallyport::inline v0
