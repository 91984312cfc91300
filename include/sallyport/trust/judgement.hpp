// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/trusted_device.hpp>
#include <sallyport/trust/fault.hpp>
#include <sallyport/trust/path.hpp>
#include <sallyport/trust/remedy.hpp>
#include <sallyport/trust/revocation.hpp>

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sallyport::inline v0 {
namespace trust {

/// What an investigation found out: a fact about bytes, lists and dates.
struct finding {
    certificate_ptr leaf{};    ///< null where what was presented is no certificate
    certificate_path chain{};  ///< the best candidate
    faults found{};
    time_window holds{};   ///< while no date of path or revocation lists is passed
    budget left{};         ///< of the work that one validation may cost
    bool gave_up = false;  ///< refused, and there was more to look at than the budget allows
};

/// A validation's outcome: the first fault, all faults, what the peer may be told, what belongs into the
/// audit, and what to do.
/// Thread safety: as a plain value; it shares what it found. Keep it while you look at what it shows: of a
/// temporary one nothing is shown that would dangle.
class judgement {
public:
    judgement(peer who, std::shared_ptr<finding const> found) noexcept
        : who_{who}, found_{std::move(found)} {}
    /// SecurityPolicy None: the certificate is ignored (Part 4 §6.1.3). No device has proven itself.
    [[nodiscard]] static judgement nothing_to_judge(peer who) { return {who, nullptr}; }

    /// The first fault that is not suppressed, else Good.
    [[nodiscard]] status first() const noexcept {
        fault const* const f = decisive();
        return f == nullptr ? status::good : f->what;
    }
    [[nodiscard]] bool accepted() const noexcept { return decisive() == nullptr; }
    [[nodiscard]] fault const* decisive() const& noexcept { return found_ ? found_->found.first() : nullptr; }
    /// All findings, in the order of the steps; suppressed ones, too, for they are to be audited.
    [[nodiscard]] std::span<fault const> all() const& noexcept {
        return found_ ? std::span<fault const>{found_->found.all()} : std::span<fault const>{};
    }
    /// What goes over the wire. A stranger learns nothing about the lists.
    [[nodiscard]] status wire() const noexcept { return wire_status(first(), who_); }
    /// The type of the audit event: of the decisive fault, or of the first that was overlooked. Empty: none
    /// is due.
    [[nodiscard]] std::string_view audit_event() const noexcept {
        return all().empty() ? std::string_view{} : rule_of(accepted() ? all().front().what : first()).audit;
    }
    /// What an administrator can do: about the decisive fault, or about the first that was overlooked, for
    /// that does not mend itself. For the log, not for the peer.
    [[nodiscard]] std::string remedy() const {
        fault const* const f = decisive();
        if (f == nullptr && all().empty()) return std::string{remedy_of(status::good)};
        if (f == nullptr)
            return fmt::format("{} is overlooked. {}", to_string(all().front().what),
                               remedy_of(all().front().what, all().front().because));
        return fmt::format(
            "{}{}", remedy_of(f->what, f->because),
            found_->gave_up ? " (The search ended at its budget: the chain is larger than it need be.)" : "");
    }
    [[nodiscard]] std::string_view because() const& noexcept {
        fault const* const f = decisive();
        return f == nullptr ? std::string_view{} : f->because;
    }

    [[nodiscard]] peer shown_by() const noexcept { return who_; }
    [[nodiscard]] certificate_ptr leaf() const noexcept { return found_ ? found_->leaf : nullptr; }
    /// From the leaf to the root, as far as it was found.
    [[nodiscard]] std::span<certificate_ptr const> chain() const& noexcept {
        return found_ ? std::span<certificate_ptr const>{found_->chain} : std::span<certificate_ptr const>{};
    }
    /// The application that has proven itself, once the channel has shown that it holds the key. None where
    /// the judgement is a refusal, or the certificate is a user's.
    [[nodiscard]] trusted_device device() const noexcept {
        if (!accepted() || !found_ || who_ == peer::user) return {};
        return trusted_device{found_->leaf->print()};
    }

    [[nodiscard]] fault const* decisive() const&& = delete;
    [[nodiscard]] std::span<fault const> all() const&& = delete;
    [[nodiscard]] std::string_view because() const&& = delete;
    [[nodiscard]] std::span<certificate_ptr const> chain() const&& = delete;

private:
    peer who_;
    std::shared_ptr<finding const> found_;
};

}  // namespace trust
}  // namespace sallyport::inline v0
