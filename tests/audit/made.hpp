// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/audit/catalogue.hpp>
#include <sallyport/audit/event.hpp>
#include <sallyport/concepts/audit_sink.hpp>

#include <chrono>
#include <cstddef>
#include <mutex>
#include <numeric>
#include <string>
#include <string_view>
#include <vector>

// Events made by hand, and sinks that keep what they are told. A manual instant stands beside each question.
namespace made {

using namespace std::chrono_literals;
using namespace sallyport;

/// The afternoon on which a controller wrote the log line that ours are modelled on.
inline constexpr nanoseconds that_afternoon = 1652362533583ms;

inline instant after(nanoseconds steady) {
    return {.steady = steady, .wall = that_afternoon + steady, .wall_trusted = true};
}

/// 'admin' is refused at opcua.
inline audit::event refusal(nanoseconds at = 0s, reason why = reason::penalty_delay_active,
                            nanoseconds delay = 40s) {
    return {.id = audit::event_id::login_refused,
            .why = {why, delay},
            .user = "admin",
            .source = address::ipv4(192, 0, 2, 7),
            .service = "opcua",
            .shown = proof_kind::password,
            .at = after(at)};
}

/// An event of that kind in which every part has something to say.
inline audit::event full(audit::event_id id) {
    audit::event e = refusal();
    e.id = id;
    if (id != audit::event_id::login_refused) e.why = {reason::none, {}};
    if (id == audit::event_id::session_closed) e.ending = standing::timed_out;
    if (id == audit::event_id::session_terminated) e.ending = standing::terminated;
    e.device.bytes[0] = 0xab, e.device.bytes[31] = 0x01;
    e.session = 7;
    e.value = 16;
    e.actor = "amira";
    e.detail = "accounts.toml:3:5";
    return e;
}

/// One event for everything that can be told: each id, each reason for a refusal, each ending.
inline std::vector<audit::event> everything() {
    std::vector<audit::event> all;
    for (audit::event_id const id : audit::event_ids) all.push_back(full(id));
    for (reason const why : audit::refusals)
        all.push_back(full(audit::event_id::login_refused)), all.back().why.why = why;
    for (standing const s : audit::endings)
        all.push_back(full(audit::event_id::session_closed)), all.back().ending = s;
    return all;
}

/// Keeps what it is told, somewhere else: a sink may be moved.
class kept {
public:
    explicit kept(std::vector<audit::event>& in) : in_{&in} {}
    kept(kept&& other) noexcept : in_{other.in_} {}
    void record(audit::event const& e) {
        std::scoped_lock const hold{mutex_};
        in_->push_back(e);
    }

private:
    std::vector<audit::event>* in_;
    std::mutex mutex_;
};
static_assert(audit_sink<kept>);

/// A writer that keeps its lines.
inline auto lines_into(std::vector<std::string>& lines) {
    return [&lines](std::string_view line) { lines.emplace_back(line); };
}

/// What the events stand for, all together.
inline std::uint64_t happenings_in(std::vector<audit::event> const& events) {
    return std::accumulate(
        events.begin(), events.end(), std::uint64_t{0},
        [](std::uint64_t sum, audit::event const& e) { return sum + audit::happenings(e); });
}

}  // namespace made
