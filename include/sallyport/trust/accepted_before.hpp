// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/trust/judgement.hpp>
#include <sallyport/trust/security_policy.hpp>
#include <sallyport/trust/trust_list.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

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
/// each time. Each holds for its lists' generation, and between the dates that lie around it. There is room
/// for a thousand, and for all of up to 16,384 listed ones.
/// Thread safety: any. What is remembered is found without an allocation.
class accepted_before {
public:
    static constexpr std::size_t fewest_sets = 128, most_sets = 4096, ways = 8;

    [[nodiscard]] std::shared_ptr<finding const> find(occasion const& what, nanoseconds wall) const {
        std::lock_guard const hold{mutex_};
        for (set const* const in : sets_of(what))
            for (std::size_t i = 0; i < ways; ++i)
                if (entry const& e = in->entries[i];
                    in->marks[i] == mark_of(what) && e.found && e.what == what)
                    return e.found->holds.holds(wall) ? e.found : nullptr;
        return nullptr;
    }
    /// `listed`: how many certificates the lists hold.
    void keep(occasion const& what, std::shared_ptr<finding const> found, std::size_t listed) {
        std::vector<set> old;  // what goes does so after the lock
        std::lock_guard const hold{mutex_};
        if (std::size_t const many = std::min(most_sets, std::bit_ceil(listed) / 4); many > sets_.size()) {
            old.resize(many);  // the lists have become longer, so nothing of before is needed any more
            sets_.swap(old);
        }
        place const at = place_for(what);
        at.in->marks[at.at] = mark_of(what);
        at.in->entries[at.at].what = what;
        at.in->entries[at.at].found.swap(found);
    }

private:
    struct entry {
        occasion what{};
        std::shared_ptr<finding const> found{};
    };
    struct set {
        std::array<std::uint32_t, ways>
            marks{};  ///< seen at one glance: only the entry that fits is looked at
        std::array<entry, ways> entries{};
    };

    struct place {
        set* in;
        std::size_t at;
    };

    [[nodiscard]] static std::uint32_t mark_of(occasion const& o) noexcept {
        std::uint32_t mark = 0;
        std::memcpy(&mark, o.chain.bytes.data() + 8, sizeof mark);
        return mark;
    }
    /// Each may stand in one of two, never twice the same.
    [[nodiscard]] std::array<set*, 2> sets_of(occasion const& o) const noexcept {
        std::uint64_t h = 0;
        std::memcpy(&h, o.chain.bytes.data(), sizeof h);
        h ^= static_cast<std::uint64_t>(o.shown_by) * 0x9E37'79B9'7F4A'7C15U;
        auto const first = static_cast<std::size_t>(h % sets_.size());
        auto const further = static_cast<std::size_t>(1 + (h >> 32U) % (sets_.size() - 1));
        return {&sets_[first], &sets_[(first + further) % sets_.size()]};
    }
    /// Where it stands already, else in the emptier of its two sets, else where somebody has to go. With the
    /// emptier one taken, sets that are half full on average overflow as good as never (Azar, Broder, Karlin,
    /// Upfal: Balanced Allocations); with the first that has room, a few among thousands would.
    [[nodiscard]] place place_for(occasion const& what) noexcept {
        std::optional<place> room;
        std::size_t roomiest = 0;
        auto const both = sets_of(what);
        for (set* const in : both) {
            std::size_t free = 0, last_free = 0;
            for (std::size_t i = 0; i < ways; ++i) {
                entry const& e = in->entries[i];
                if (e.found && e.what == what) return {in, i};
                if (e.found && e.what.generation == what.generation) continue;
                ++free;
                last_free = i;
            }
            if (free > roomiest) {
                room = place{in, last_free};
                roomiest = free;
            }
        }
        std::size_t const turn = turn_++;
        return room ? *room : place{both[turn % 2], turn / 2 % ways};
    }

    mutable std::mutex mutex_;
    mutable std::vector<set> sets_ = std::vector<set>(fewest_sets);
    std::size_t turn_ = 0;
};

}  // namespace trust
}  // namespace sallyport::inline v0
