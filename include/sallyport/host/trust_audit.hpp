// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/audit/event.hpp>
#include <sallyport/trust/judgement.hpp>

#include <fmt/format.h>

#include <optional>
#include <string>
#include <string_view>

namespace sallyport::inline v0 {
namespace host {

/// What belongs into the audit about a judgement: a refusal with its first fault, or an acceptance with the
/// first finding that was overlooked. Nothing where there was nothing to find. `value` is the OPC UA status
/// code; the device is named by its whole certificate.
[[nodiscard]] inline std::optional<audit::event> event_of(trust::judgement const& j, instant at,
                                                          address source = {},
                                                          std::string_view service = {}) {
    if (j.all().empty()) return std::nullopt;
    trust::fault const& f = j.accepted() ? j.all().front() : *j.decisive();
    std::string const detail = fmt::format("{}: {}", trust::to_string(f.what), f.because);
    audit::event e{
        .id = j.accepted() ? audit::event_id::certificate_overlooked : audit::event_id::certificate_refused,
        .source = source,
        .service = service,
        .shown = proof_kind::certificate,
        .value = static_cast<std::uint32_t>(f.what),
        .detail = std::string_view{detail},
        .at = at};
    if (auto const leaf = j.leaf()) {
        e.user = std::string_view{leaf->common_name()};
        e.device = leaf->print();
    }
    return e;
}

}  // namespace host
}  // namespace sallyport::inline v0
