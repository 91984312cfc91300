// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/concepts/guard.hpp>
#include <sallyport/core/visit.hpp>

#include <string_view>

namespace sallyport::inline v0 {
namespace trust {

struct trusted_application_options {
    service_name service{};  ///< only there; empty: at every service
};

/// No session without a trusted application: whoever comes without a device that a validator has accepted is
/// refused before any secret is looked at, and charged nothing. Source: OPC 10000-4 §6.1.3; IEC 62443-4-2 CR
/// 1.2.
/// Thread safety: immutable.
class trusted_application {
public:
    constexpr explicit trusted_application(trusted_application_options o = {}) noexcept : options_{o} {}

    [[nodiscard]] verdict check(arrival const& a) const noexcept {
        bool const asked = options_.service.empty() || options_.service == a.who.service;
        if (!asked || a.who.device.known()) return permit;
        return denial{reason::untrusted_application, {}};
    }

private:
    trusted_application_options options_;
};
static_assert(guard<trusted_application> && checks<trusted_application, arrival>);

}  // namespace trust
}  // namespace sallyport::inline v0
