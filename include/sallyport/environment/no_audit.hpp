// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/concepts/audit_sink.hpp>

namespace sallyport::inline v0 {

/// Tells nobody. For tests and benchmarks; a device tells somebody (IEC 62443-4-2 CR 2.8).
struct no_audit {
    void record(audit::event const&) noexcept {}
};
static_assert(audit_sink<no_audit>);

}  // namespace sallyport::inline v0
