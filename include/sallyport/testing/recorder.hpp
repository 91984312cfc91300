// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/audit/event.hpp>
#include <sallyport/concepts/audit_sink.hpp>

#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

namespace sallyport::inline v0 {
namespace testing {

/// Keeps every event, for a test to look at; copies share one list. Not for devices: it grows without bound.
/// Thread safety: everything.
class recorder {
public:
    void record(audit::event const& e) {
        std::lock_guard const hold{state_->mutex};
        state_->events.push_back(e);
    }
    [[nodiscard]] std::vector<audit::event> events() const {
        std::lock_guard const hold{state_->mutex};
        return state_->events;
    }
    [[nodiscard]] std::size_t count(audit::event_id id) const {
        std::lock_guard const hold{state_->mutex};
        std::size_t n = 0;
        for (audit::event const& e : state_->events) n += e.id == id ? 1 : 0;
        return n;
    }
    void clear() {
        std::lock_guard const hold{state_->mutex};
        state_->events.clear();
    }

private:
    struct state {
        std::mutex mutex;
        std::vector<audit::event> events;
    };
    std::shared_ptr<state> state_ = std::make_shared<state>();
};
static_assert(audit_sink<recorder>);

}  // namespace testing
}  // namespace sallyport::inline v0
