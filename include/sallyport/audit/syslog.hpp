// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/audit/catalogue.hpp>
#include <sallyport/audit/explain.hpp>
#include <sallyport/audit/rfc5424.hpp>
#include <sallyport/audit/tally.hpp>
#include <sallyport/concepts/audit_sink.hpp>
#include <sallyport/core/contained.hpp>

#include <cstdint>

#include <syslog.h>

namespace sallyport::inline v0 {
namespace audit {

/// Events to the device's own syslog(3): "login_refused [CR 1.11]: User 'admin' was …". Name and options of
/// the program are the host's affair (openlog). syslog(3) may block and tells nobody of losses, so it hangs
/// behind a ring:  ring.drain(device_log)
/// Thread safety: any thread.
class syslog {
public:
    explicit syslog(int facility = LOG_AUTHPRIV) noexcept : facility_{facility} {}

    void record(event const& e) noexcept {
        bool const built = contained([&] {
            line_buffer text;
            put(text, "{} [{}]: ", to_string(e.id), requirement_of(e));
            put_explanation(text, e);
            ::syslog(facility_ | static_cast<int>(syslog_code(severity_of(e))), "%.*s",
                     static_cast<int>(text.size()), text.data());
        });
        if (!built) lost_.add();
    }
    /// How many events there was no memory for.
    [[nodiscard]] std::uint64_t lost() const noexcept { return lost_.read(); }

private:
    int facility_;
    tally lost_;
};
static_assert(audit_sink<syslog>);

}  // namespace audit
}  // namespace sallyport::inline v0
