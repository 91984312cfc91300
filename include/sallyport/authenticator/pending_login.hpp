// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/attempt.hpp>
#include <sallyport/core/book.hpp>
#include <sallyport/core/principal.hpp>
#include <sallyport/core/result.hpp>
#include <sallyport/core/text.hpp>
#include <sallyport/core/visit.hpp>
#include <sallyport/fwd.hpp>
#include <sallyport/session/session.hpp>

#include <cstdint>
#include <utility>
#include <variant>

namespace sallyport::inline v0 {

/// An attempt between its two doors: reserved, and not yet settled. Settled once, by `settle`, `confirm` or
/// `withdraw`; dropped, it is a failure; not settled in time, too. It may be moved to another thread, for
/// hashing; it must not outlive its gate.
/// Thread safety: as a plain value.
template <class Gate>
class [[nodiscard]] pending_login {
public:
    pending_login(pending_login&& o) noexcept
        : gate_{std::exchange(o.gate_, nullptr)}, at_{o.at_}, who_{o.who_}, typed_{o.typed_}, said_{o.said_},
          asked_at_{o.asked_at_}, asked_{o.asked_} {}
    pending_login& operator=(pending_login&&) = delete;
    ~pending_login() {
        if (gate_ != nullptr) gate_->drop(*this);
    }

    /// Asks the verifier; slow, without the lock. The same attempt as `begin` was given, once more: nothing
    /// is kept of it that could dangle, and a different one stays a failure. (Another secret is a different
    /// one where a guard has looked at the first.) Whatever the verifier throws comes through.
    void verify(attempt const& a) {
        if (gate_ != nullptr) gate_->verify(*this, a);
    }
    /// For hosts with a directory of their own, in place of `verify`. Should accounts have changed since
    /// `begin`, the gate's verifier is asked whether it still holds, where it can tell (`current`).
    void verified(answer said) noexcept {
        if (gate_ != nullptr) gate_->verified(*this, said);
    }
    /// The verdict, and with it the session. Without a `verify` it is a failure.
    result<session::session> settle() {
        return gate_ == nullptr ? result<session::session>{} : gate_->settle(*this);
    }
    /// The verdict without a session: who was proven. For re-authentication, the old password on a change,
    /// unlocking.
    result<principal> confirm() { return gate_ == nullptr ? result<principal>{} : gate_->confirm(*this); }
    /// The secret was never tested (the host is shutting down, its queue is full): charged to nobody. One
    /// that was tested, or may have been, is a failure as if dropped: else guesses would be free for whoever
    /// hangs up in time.
    void withdraw() noexcept {
        if (gate_ == nullptr) return;
        if (!asked_) said_ = answer{unavailable{}};
        gate_->drop(*this);
    }

private:
    friend Gate;
    [[nodiscard]] principal const* proven() const noexcept { return std::get_if<principal>(&said_); }
    [[nodiscard]] bool untested() const noexcept { return std::holds_alternative<unavailable>(said_); }
    friend class result<pending_login>;
    pending_login() = default;  // where an attempt was refused
    pending_login(Gate& gate, place at, visit const& who, name const& typed, std::uint64_t asked_at) noexcept
        : gate_{&gate}, at_{at}, who_{who}, typed_{typed}, asked_at_{asked_at} {}

    Gate* gate_ = nullptr;
    place at_{};
    visit who_{};
    name typed_{};  // as the person wrote it, for the audit
    answer said_{denial{}};
    std::uint64_t asked_at_ = 0;  // the gate's count of re-evaluations before the verifier was asked
    bool asked_ = false;          // has it been?
};

}  // namespace sallyport::inline v0
