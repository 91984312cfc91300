// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/audit/event.hpp>
#include <sallyport/trust/judgement.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace sallyport::inline v0 {
namespace host {

/// What belongs into the audit about a judgement: a refusal with its first fault, or an acceptance with the
/// first finding that was overlooked, and the names of the others. Nothing where there was nothing to find.
/// `value` is the OPC UA status code; the device is named by its whole certificate.
[[nodiscard]] inline std::optional<audit::event> event_of(trust::judgement const& j, instant at,
                                                          address source = {},
                                                          std::string_view service = {}) {
    if (j.all().empty()) return std::nullopt;
    trust::fault const& f = j.accepted() ? j.all().front() : *j.decisive();
    std::string detail = fmt::format("{}: {}", trust::to_string(f.what), f.because);
    if (j.accepted() &&
        j.all().size() > 1) {  // each that was overlooked: the names alone, there is no more room
        detail = trust::to_string(f.what);
        for (auto const& other : j.all().subspan(1)) detail.append(", ").append(trust::to_string(other.what));
    }
    audit::event e{
        .id = j.accepted() ? audit::event_id::certificate_overlooked : audit::event_id::certificate_refused,
        .source = source,
        .service = service,
        .shown = proof_kind::certificate,
        .value = static_cast<std::uint32_t>(f.what),
        .detail = std::string_view{detail},
        .at = at};
    if (auto const leaf = j.leaf()) {
        e.user = std::string_view{leaf->common_name()};
        e.device = leaf->print();
    }
    return e;
}

/// Tells of each judgement what is worth telling: every refusal, and what was overlooked in an acceptance (a
/// stale revocation list within its grace, a suppressed status) once a day for each certificate and what was
/// found about it, by the clock that is never set back. A client that connects each second does not bury the
/// log. It remembers 256 of them; beyond, the one told longest ago is forgotten, and told again sooner.
/// Thread safety: any number of threads.
class trust_audit {
public:
    static constexpr nanoseconds again_after = std::chrono::hours{24};
    static constexpr std::size_t capacity = 256;

    /// The event that is due now, or none.
    [[nodiscard]] std::optional<audit::event> event_of(trust::judgement const& j, instant at,
                                                       address source = {}, std::string_view service = {}) {
        auto due = host::event_of(j, at, source, service);
        if (due && j.accepted() && told_today(due->device, findings_of(j), at.steady)) return std::nullopt;
        return due;
    }

private:
    struct told {
        thumbprint device{};
        std::uint64_t what = 0;
        nanoseconds at{};
        bool taken = false;
    };
    /// Which statuses: one that was not there before is told at once, behind whatever it hides.
    [[nodiscard]] static std::uint64_t findings_of(trust::judgement const& j) noexcept {
        std::uint64_t all = 0;
        for (auto const& f : j.all()) all |= std::uint64_t{1} << trust::rank(f.what);
        return all;
    }
    [[nodiscard]] bool told_today(thumbprint const& device, std::uint64_t what, nanoseconds now) {
        std::lock_guard const hold{lock_};
        auto const known = std::find_if(all_.begin(), all_.end(), [&](told const& t) {
            return t.taken && t.device == device && t.what == what;
        });
        if (known != all_.end() && now - known->at < again_after) return true;
        auto const oldest = std::min_element(all_.begin(), all_.end(), [](told const& a, told const& b) {
            return a.taken != b.taken ? b.taken : a.at < b.at;
        });
        *(known != all_.end() ? known : oldest) = {device, what, now, true};
        return false;
    }

    std::mutex lock_;
    std::array<told, capacity> all_{};
};

}  // namespace host
}  // namespace sallyport::inline v0
