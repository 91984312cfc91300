// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/audit/event.hpp>
#include <sallyport/audit/fresh_mutex.hpp>
#include <sallyport/concepts/audit_sink.hpp>
#include <sallyport/core/name_rules.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <vector>

namespace sallyport::inline v0 {
namespace audit {

/// A machine that sends one wrong secret again and again, for a list of those that somebody has to go and
/// find.
struct stale_client_entry {
    name user{};  ///< whose secret it has; of a machine that uses an account, and knows no better
    address source{};
    service_name service{};
    thumbprint device{};            ///< where it proved one, or has a cookie
    bool administers = false;       ///< the account may administer
    bool sends_old_secret = false;  ///< what it sends was right before the last change
    std::uint64_t times = 0;        ///< how often, when it was last told of; 0: that was not counted
    nanoseconds every{};            ///< at what intervals, on average; 0: not counted
    nanoseconds since_wall{};       ///< when it was heard first; 0: not counted
    instant told{};                 ///< when it was last told of
    bool let_in_since = false;      ///< a right secret has come from there since: it may know by now
};

/// Keeps, of all events, what is known of such machines: one line for each of user, source, service and
/// device. A line goes once it has not been told of for 26 hours (while it goes on it is told of once a day).
/// So many lines and no more; a new one then takes the place of the one that was told of longest ago.
/// `record` allocates nothing.
/// Thread safety: any thread may call anything. Movable until it is first used. Fork: the child makes its
/// own.
class stale_clients {
public:
    static constexpr std::size_t capacity = 64;
    static constexpr nanoseconds kept_for = std::chrono::hours{26};

    void record(event const& e) noexcept {
        switch (e.id) {
            case event_id::stale_client:
            case event_id::stale_administrator:
            case event_id::old_secret_in_use: return note(e);
            case event_id::login_admitted: return let_in(e);
            default: return;
        }
    }
    /// Those that are still to be found, the newest first. May throw bad_alloc.
    [[nodiscard]] std::vector<stale_client_entry> list(instant now) const {
        std::vector<stale_client_entry> all;
        {
            std::scoped_lock const hold{mutex_};
            for (auto const& l : lines_)
                if (in_use(l, now)) all.push_back(l);
        }
        std::sort(all.begin(), all.end(),
                  [](auto const& a, auto const& b) { return a.told.steady > b.told.steady; });
        return all;
    }

private:
    static bool in_use(stale_client_entry const& l, instant now) noexcept {
        return !l.user.empty() && now.steady - l.told.steady < kept_for;
    }
    static bool same(stale_client_entry const& l, event const& e) noexcept {
        return !l.user.empty() && l.source == e.source && l.service == e.service && l.device == e.device &&
               fold_name(l.user.view()) == fold_name(e.user.view());
    }
    void note(event const& e) noexcept {
        if (e.user.empty()) return;
        std::scoped_lock const hold{mutex_};
        auto at = std::find_if(lines_.begin(), lines_.end(), [&](auto const& l) { return same(l, e); });
        if (at == lines_.end()) {
            at = std::min_element(lines_.begin(), lines_.end(),
                                  [](auto const& a, auto const& b) { return rank(a) < rank(b); });
            *at = {.user = e.user, .source = e.source, .service = e.service, .device = e.device};
        }
        at->told = e.at;
        at->let_in_since = false;
        if (e.id == event_id::old_secret_in_use) at->sends_old_secret = true;
        if (e.id == event_id::stale_administrator) at->administers = true;
        if (e.value < 2) return;
        at->times = e.value;
        at->every = e.within / static_cast<std::int64_t>(std::min<std::uint64_t>(e.value - 1, 1U << 30));
        at->since_wall = e.at.wall - e.within;
    }
    /// Of that user, from there: the machine itself, or a person beside it.
    void let_in(event const& e) noexcept {
        std::scoped_lock const hold{mutex_};
        for (auto& l : lines_)
            if (same(l, e)) l.let_in_since = true;
    }
    /// Free lines first, then those that were told of longest ago.
    static nanoseconds rank(stale_client_entry const& l) noexcept {
        return l.user.empty() ? nanoseconds::min() : l.told.steady;
    }

    mutable fresh_mutex mutex_;
    std::array<stale_client_entry, capacity> lines_{};
};
static_assert(audit_sink<stale_clients>);

}  // namespace audit
}  // namespace sallyport::inline v0
