// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/trust/judgement.hpp>
#include <sallyport/trust/security_policy.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>

namespace sallyport::inline v0 {
namespace trust {

/// What an acceptance depends on, but for the time. The whole presented blob counts: a victim's leaf with
/// another chain is another occasion. Suppressions and budgets are the validator's, which never change.
struct occasion {
    thumbprint chain{};
    std::uint64_t generation = 0;
    security_policy const* policy = nullptr;
    peer shown_by = peer::client_application;
    friend bool operator==(occasion const&, occasion const&) = default;
};

/// Remembers acceptances, and nothing else: strangers cannot make it grow, and a refusal is found out anew
/// each time. Each holds for its lists' generation, and between the dates that lie around it.
/// Thread safety: any. No allocation after it is made.
class accepted_before {
public:
    static constexpr std::size_t sets = 256, ways = 4;

    [[nodiscard]] std::shared_ptr<finding const> find(occasion const& what, nanoseconds wall) const {
        std::lock_guard const hold{mutex_};
        for (auto const& e : set_of(what))
            if (e.found && e.what == what) return e.found->holds.holds(wall) ? e.found : nullptr;
        return nullptr;
    }
    void keep(occasion const& what, std::shared_ptr<finding const> found) {
        std::lock_guard const hold{mutex_};
        auto& set = set_of(what);
        entry* at = &set[turn_++ % ways];
        for (auto& e : set)
            if (!e.found || e.what == what) at = &e;
        at->what = what;
        at->found.swap(found);  // the old one goes after the lock
    }

private:
    struct entry {
        occasion what{};
        std::shared_ptr<finding const> found{};
    };
    using set_type = std::array<entry, ways>;

    [[nodiscard]] set_type& set_of(occasion const& o) const noexcept {
        return (*entries_)[(o.chain.bytes[0] ^ static_cast<std::size_t>(o.shown_by)) % sets];
    }

    mutable std::mutex mutex_;
    std::unique_ptr<std::array<set_type, sets>> entries_ = std::make_unique<std::array<set_type, sets>>();
    std::size_t turn_ = 0;
};

}  // namespace trust
}  // namespace sallyport::inline v0
