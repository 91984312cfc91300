// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/blueprint.hpp>
#include <sallyport/core/remark.hpp>
#include <sallyport/penalty/cell_table.hpp>
#include <sallyport/penalty/lane.hpp>
#include <sallyport/penalty/lane_books.hpp>
#include <sallyport/penalty/stale_client.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace sallyport::inline v0 {
namespace penalty {

/// Watches, for each place, whether a machine is at work there, and keeps what it has to say until the gate
/// asks. Remarks are few: one a day for each machine, twenty at once and then one in three minutes for all.
/// Thread safety: under the storage's lock.
class lane_watch {
public:
    /// Where the secret was heard.
    enum class table : std::uint8_t { unknown, known, pairs };

    void attach(blueprint& b, lane_books const& books) noexcept {
        for (std::size_t const n : {0U, 1U})
            habits_[n] = b.claim("lanes.habits/1", books.places[n].capacity() * words_of<habit>);
        habits_[2] = b.claim("lanes.habits_of_pairs/1", books.pairs.capacity() * words_of<habit>);
    }
    /// A secret was wrong there. `administers()`: may the account administer? Asked of machines alone.
    template <class Administers>
    void heard(table t, cell_ref at, visit const& who, nanoseconds now, Administers administers) noexcept {
        region& all = habits_[static_cast<std::size_t>(t)];
        std::size_t const word_at = (at.slot - 1) * words_of<habit>;
        habit h = all.get<habit>(word_at);
        if (h.generation != at.generation) h = {.generation = at.generation};
        bool const machine = h.heard(who.fingerprint, now);
        all.put(word_at, h);
        if (!machine) return;
        remark const r{remark_kind::stale_client, who, h.times, h.every(), habit::since(h.first, now)};
        say(r, now);
        if (administers()) {
            remark a = r;
            a.what = remark_kind::stale_administrator;
            say(a, now);
        }
    }
    /// Somebody sent the secret from before the change.
    void heard_old(visit const& who, nanoseconds now) noexcept {
        say(remark{.what = remark_kind::old_secret, .who = who, .times = 1}, now);
    }
    /// Too many wrong pairing codes.
    void code_burned(visit const& who, nanoseconds now) noexcept {
        say(remark{.what = remark_kind::code_burned, .who = who, .times = 1}, now);
    }
    /// What is to be told next.
    [[nodiscard]] std::optional<remark> take() noexcept {
        if (untold_ == 0) return std::nullopt;
        return remarks_[--untold_];
    }

private:
    static constexpr lane_rate pace{20, std::chrono::minutes{3}};

    void say(remark const& r, nanoseconds now) noexcept {
        if (untold_ == remarks_.size() || !said_.admissible(pace, now)) return;
        said_.charge(pace, now);
        remarks_[untold_++] = r;
    }

    std::array<region, 3> habits_{};
    std::array<remark, 4> remarks_{};  // of this process, as is their pace
    std::size_t untold_ = 0;
    lane said_{};
};

}  // namespace penalty
}  // namespace sallyport::inline v0
