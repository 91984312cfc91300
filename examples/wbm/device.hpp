// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "first_start.hpp"
#include "gate.hpp"
#include "known_browsers.hpp"
#include "staff.hpp"
#include "trust_desk.hpp"

#include <sallyport/audit/folding.hpp>
#include <sallyport/audit/line_log.hpp>
#include <sallyport/audit/to_stream.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <ostream>
#include <string>

namespace wbm {

struct device_options {
    /// Where its accounts lie, what is owed by whoever guessed, and the key of the browsers' cookies; made,
    /// for its owner alone, where it is missing.
    std::string folder{};
    std::string trust{};  ///< where its trust store lies; empty: in `folder`, as "pki"
    gate_options gate{};
    sallyport::identity::argon2id_options hashing{};
};

/// What stands behind the pages: the accounts, the gate in front of them, the applications that are trusted,
/// what is remembered of what happened, and the way in while there is no account yet. Lines for the log go to
/// `log`, the one-time secret to `console`; both are whole lines. Thread safety: everything but `tick`, which
/// belongs to one thread.
class device {
public:
    [[nodiscard]] static sallyport::loaded<std::unique_ptr<device>> open(device_options const& o,
                                                                         std::ostream& log,
                                                                         console_secret::show console);

    [[nodiscard]] login_gate& gate() noexcept { return gate_; }
    [[nodiscard]] people const& who() const noexcept { return people_; }
    [[nodiscard]] known_browsers& browsers() noexcept { return browsers_; }
    [[nodiscard]] staff& accounts() noexcept { return staff_; }
    [[nodiscard]] trust_desk& trust() noexcept { return *trust_; }
    [[nodiscard]] records const& told() const noexcept { return told_; }
    /// Events that never became a line of the log.
    [[nodiscard]] std::uint64_t unwritten() const noexcept {
        return told_.recent.lost() + log_.lost() + log_.behind().lost();
    }

    /// The gate of the first start; null once there is an account.
    [[nodiscard]] first_start_gate* first_start() noexcept { return fresh_ ? first_.get() : nullptr; }
    void started() noexcept { fresh_ = false; }

    /// Overdue work: sessions that timed out, lines for the log, accounts that were changed in their file.
    void tick();

private:
    device(people who, sallyport::penalty::device_cookie const& key, device_options const& o,
           std::ostream& log, console_secret::show console);

    records told_{};
    people people_;
    login_gate gate_;
    known_browsers browsers_;
    staff staff_;
    std::unique_ptr<trust_desk> trust_{};
    std::atomic<bool> fresh_;
    std::unique_ptr<first_start_gate> first_{};
    // Slow sinks hang behind the ring, and a flood of equal lines is folded.
    sallyport::audit::folding<sallyport::audit::line_log<sallyport::audit::to_stream<std::ostream>>> log_;
    std::chrono::steady_clock::time_point look_at_file_{};
};

}  // namespace wbm
