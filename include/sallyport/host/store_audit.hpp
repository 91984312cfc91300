// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/audit/event.hpp>
#include <sallyport/trust/directory.hpp>

#include <fmt/format.h>

#include <optional>
#include <string>
#include <string_view>

namespace sallyport::inline v0 {
namespace host {

/// What belongs into the audit about a trust store: lists that have changed (by whom, is for the host to
/// know), and a store that cannot be read. Nothing for what the audit has heard from a judgement already (a
/// certificate that now waits) or need not hear (a store that can be read again).
[[nodiscard]] inline std::optional<audit::event> event_of(trust::store_event const& of, instant at,
                                                          std::string_view service = {},
                                                          std::string_view actor = {}) {
    using kind = trust::store_event::kind;
    audit::event e{.id = audit::event_id::trust_list_changed,
                   .service = service,
                   .value = of.generation,
                   .actor = actor,
                   .at = at};
    if (of.certificate) {
        e.user = std::string_view{of.certificate->common_name()};
        e.device = of.certificate->print();
    }
    switch (of.what) {
        case kind::changed: e.detail = std::string_view{of.text}; return e;
        case kind::noticed:
            e.actor = actor.empty() ? std::string_view{"another process"} : actor;
            e.detail = std::string_view{of.text};
            return e;
        case kind::recovered:
            e.detail = of.text.empty() ? std::string_view{"a change that was interrupted has been completed"}
                                       : std::string_view{of.text};
            return e;
        case kind::fault:
            e.id = audit::event_id::trust_store_unreadable;
            e.detail = std::string_view{of.text};
            return e;
        case kind::rejected:
        case kind::mended: break;
    }
    return std::nullopt;
}

}  // namespace host
}  // namespace sallyport::inline v0
