// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/audit/event.hpp>
#include <sallyport/core/pair_entry.hpp>
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
    administration(Gate& gate, std::string_view by) noexcept : gate_{gate}, by_{audit::as_typed(by)} {}

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
    /// Forgets the failures of an account, from whatever source they came; false where there were none.
    /// Attempts in flight stay reserved. An empty name: those of the cell that newcomers share once a table
    /// is full. A malformed name has no account: it is cleared as it was typed, or as the list shows it.
    bool clear_penalty(std::string_view user) { return gate_.clear_penalty(user, {}, by_); }
    /// Forgets the failures of a source, for penalties kept by source or by both.
    bool clear_penalty(std::string_view user, address const& source) {
        return gate_.clear_penalty(user, source, by_);
    }

    /// The devices that are paired with an account; an empty name: all. May throw std::bad_alloc.
    [[nodiscard]] std::vector<pair_entry> pairs(std::string_view user = {}) {
        auto list = gate_.pairs(user);
        gate_.record_act(audit::event_id::pairs_listed, by_, audit::as_typed(user), list.size());
        return list;
    }
    /// Pairs a device with an account before it has ever logged in there, by the thumbprint of its
    /// certificate: penalties elsewhere then never refuse it. False where no guard keeps pairs, or the
    /// account has as many as it may and each of them owes something.
    bool pair(std::string_view user, thumbprint const& device) {
        return gate_.pair(user, device, pairing_kind::appointed, by_);
    }
    /// Ends a pair; false where there is none. The device counts as any other until it is paired again.
    bool revoke_pair(std::string_view user, thumbprint const& device) {
        return device.known() && gate_.revoke_pairs(user, device, by_) != 0;
    }
    /// Ends all pairs of an account; how many they were.
    std::size_t revoke_pairs(std::string_view user) { return gate_.revoke_pairs(user, {}, by_); }
    /// A device has another certificate: what was paired with the one is paired with the other, and owes what
    /// it owed. How many pairs they were.
    std::size_t carry_pairs_over(thumbprint const& from, thumbprint const& to) noexcept {
        return gate_.carry_pairs_over(from, to, by_);
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
