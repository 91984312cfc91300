// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/house.hpp>
#include <sallyport/core/result.hpp>
#include <sallyport/core/secret.hpp>
#include <sallyport/fwd.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <utility>

namespace sallyport::inline v0 {
namespace session {

/// What brings a session back: 128 random bits, never 0. Only a keyed hash of it is kept; never log it.
struct session_token {
    std::array<word, 2> bits{};
    friend constexpr bool operator==(session_token const&, session_token const&) =
        delete;  // compared under its hash, in constant time
};

/// What a session asks of its gate: the one virtual interface, so that a session has one type whatever the
/// composition.
class keeper {
    friend class session;
    [[nodiscard]] virtual standing look(place) noexcept = 0;
    [[nodiscard]] virtual role_set roles(place) noexcept = 0;  // none where it is not open
    virtual bool touch(place) noexcept = 0;
    virtual bool lock(place) noexcept = 0;
    virtual result<principal> unlock(place, secret) = 0;
    virtual session_token issue(place) noexcept = 0;  // all zero where there is none to be had
    virtual void leave(place) noexcept = 0;
    virtual void let_go() noexcept = 0;

protected:
    ~keeper() = default;
};

/// Proof of a login. Letting go of it ends the session; one that ended elsewhere (timed out, evicted, closed
/// by an administrator, its account disabled) leaves the handle a dead letter: `state()` says why, everything
/// else refuses, and letting go does nothing.
/// Thread safety: the const members from any thread, the others as a plain value. It must not outlive its
/// gate.
class [[nodiscard]] session {
public:
    session(session&& o) noexcept : gate_{std::exchange(o.gate_, nullptr)}, at_{o.at_}, who_{o.who_} {}
    session& operator=(session&&) = delete;
    ~session() { close(); }

    /// Public, for lists and logs: never reused while the gate lives, and no secret.
    [[nodiscard]] std::uint64_t number() const noexcept { return at_.number; }
    /// Who it was that logged in. The roles that he holds *now* are asked by `may`.
    [[nodiscard]] principal const& who() const noexcept { return who_; }
    /// Two atomic loads and a clock, no lock; in shared memory the lock where somebody is in the middle of
    /// writing its line, or was stopped or killed there: `ended` if that lock cannot be had.
    [[nodiscard]] standing state() const noexcept {
        return gate_ == nullptr ? standing::ended : gate_->look(at_);
    }
    /// Is one of these roles held now, by a session that is open? The lock as at `state`. A locked session
    /// may nothing.
    [[nodiscard]] bool may(role_set any_of) const noexcept {
        return gate_ != nullptr && gate_->roles(at_).meets(any_of);
    }
    /// Used: its idle time-out begins anew. False where it is not open, or the storage's lock cannot be had:
    /// ask `state`.
    bool touch() noexcept { return gate_ != nullptr && gate_->touch(at_); }
    /// Until `unlock`, nothing may be done with it; its time-outs run on. False where it was not open.
    bool lock() noexcept { return gate_ != nullptr && gate_->lock(at_); }
    /// The password once more. It goes through the gate: it can be refused by a penalty, and a wrong one
    /// counts.
    result<principal> unlock(secret password) {
        return gate_ == nullptr ? result<principal>{} : gate_->unlock(at_, password);
    }
    /// Handed out once, drawn when asked for; nullopt afterwards, and where the session is not open.
    [[nodiscard]] std::optional<session_token> token() noexcept {
        session_token const t = gate_ == nullptr ? session_token{} : gate_->issue(at_);
        return (t.bits[0] | t.bits[1]) != 0 ? std::optional{t} : std::nullopt;
    }
    /// Ends it.
    void close() noexcept {
        if (auto* const gate = std::exchange(gate_, nullptr)) gate->leave(at_);
    }
    /// Lets go without ending it: from now on the session is held by its token and its number alone.
    std::uint64_t detach() noexcept {
        if (auto* const gate = std::exchange(gate_, nullptr)) gate->let_go();
        return at_.number;
    }

private:
    template <class Environment, class Verifier, class... Guards>
    friend class sallyport::authenticator;
    friend class result<session>;
    session() = default;  // where a login was refused
    session(keeper& gate, place at, principal const& who) noexcept : gate_{&gate}, at_{at}, who_{who} {}

    keeper* gate_ = nullptr;
    place at_{};
    principal who_{};
};

}  // namespace session
}  // namespace sallyport::inline v0
