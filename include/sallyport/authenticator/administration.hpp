// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/audit/event.hpp>
#include <sallyport/core/penalty_entry.hpp>
#include <sallyport/core/text.hpp>
#include <sallyport/session/session_info.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace sallyport::inline v0 {

/// What an administrator may do with a gate; each act is audited with who did it. The host has checked that
/// he may.
/// Thread safety: everything. It must not outlive its gate.
template <class Gate>
class administration {
public:
    administration(Gate& gate, std::string_view by) noexcept : gate_{gate}, by_{by} {}

    /// Everybody who is inside. May throw std::bad_alloc; nothing has happened then.
    [[nodiscard]] std::vector<session::session_info> sessions() {
        auto list = gate_.sessions();
        gate_.record_act(audit::event_id::sessions_listed, by_, {}, list.size());
        return list;
    }
    /// Ends a session; false where there is none of that number.
    bool close(std::uint64_t number) { return gate_.end_session(number, standing::terminated, by_); }
    /// Ends all sessions of an account; how many they were.
    std::size_t close_all(std::string_view user) {
        return gate_.end_sessions_of(user, standing::terminated, by_);
    }

    /// Everybody who has failed. May throw std::bad_alloc; nothing has happened then.
    [[nodiscard]] std::vector<penalty_entry> penalties() {
        auto list = gate_.penalties();
        gate_.record_act(audit::event_id::penalties_listed, by_, {}, list.size());
        return list;
    }
    /// Forgets the failures of an account; false where there were none. Attempts in flight stay reserved. An
    /// empty name: those of the cell that newcomers share once a table is full.
    bool clear_penalty(std::string_view user) { return gate_.clear_penalty(user, {}, by_); }
    /// Forgets the failures of a source, for penalties kept by source or by both.
    bool clear_penalty(std::string_view user, address const& source) {
        return gate_.clear_penalty(user, source, by_);
    }

    /// The highest number of sessions from now on, 0 … `house_options::places`; open ones stay, also above
    /// it. False where it is out of range, or no guard has a maximum.
    bool set_session_maximum(std::uint32_t total) { return gate_.set_session_maximum(total, by_); }
    [[nodiscard]] std::uint32_t session_maximum() { return gate_.session_maximum(); }

private:
    Gate& gate_;
    name by_;
};

}  // namespace sallyport::inline v0
