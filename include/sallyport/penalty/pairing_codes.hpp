// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/blueprint.hpp>
#include <sallyport/penalty/cell_table.hpp>
#include <sallyport/penalty/lane_books.hpp>
#include <sallyport/penalty/lane_options.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace sallyport::inline v0 {
namespace penalty {

/// The pairing codes that are out: one an account at most, for a few minutes, and burned after a few tries.
/// Only a keyed hash of a code is kept. A try is taken before anything is verified, and is given back only
/// where nothing was. Forgotten at a restart.
/// Thread safety: under the storage's lock.
class pairing_codes {
public:
    static constexpr nanoseconds longest = std::chrono::minutes{10};
    static constexpr std::uint32_t most_tries = 5;

    void attach(blueprint& b, lane_options const& o) noexcept {
        codes_[0] = b.claim("lanes.codes_of_unknown/1", (o.unknown + lane_books::shared_accounts) * width);
        codes_[1] = b.claim("lanes.codes/1", (o.known + lane_books::shared_accounts) * width);
    }
    /// Gives one out, in place of any that was.
    void issue(bool known, cell_ref of, word code_hash, nanoseconds now) noexcept {
        if (of.slot != 0) put(known, of, {of.generation, 0, code_hash, saturating_add(now, longest).count()});
    }
    /// Is this the account's code? Takes no try.
    [[nodiscard]] bool right(bool known, cell_ref of, word code_hash, nanoseconds now) const noexcept {
        code const c = get(known, of);
        return live(c, of, now) && c.hash == code_hash && code_hash != 0;
    }
    /// One try less; true where that was the last one, and the code is burned.
    bool take_try(bool known, cell_ref of, nanoseconds now) noexcept {
        code c = get(known, of);
        if (!live(c, of, now)) return false;
        ++c.tries;
        put(known, of, c);
        return c.tries == most_tries;
    }
    /// Nothing was verified.
    void give_back(bool known, cell_ref of) noexcept {
        code c = get(known, of);
        if (c.generation != of.generation || c.tries == 0) return;
        --c.tries;
        put(known, of, c);
    }
    /// It has served.
    void use_up(bool known, cell_ref of) noexcept {
        if (of.slot != 0) put(known, of, code{});
    }

private:
    struct code {
        std::uint32_t generation = 0, tries = 0;  // of the account's slot
        word hash = 0;                            // 0: none is out
        std::int64_t until = 0;                   // steady nanoseconds
    };
    static constexpr std::size_t width = words_of<code>;

    static bool live(code const& c, cell_ref of, nanoseconds now) noexcept {
        return c.hash != 0 && c.generation == of.generation && c.tries < most_tries &&
               now < nanoseconds{c.until};
    }
    [[nodiscard]] code get(bool known, cell_ref of) const noexcept {
        return of.slot == 0 ? code{} : codes_[known].get<code>((of.slot - 1) * width);
    }
    void put(bool known, cell_ref of, code const& c) noexcept { codes_[known].put((of.slot - 1) * width, c); }

    std::array<region, 2> codes_{};
};

}  // namespace penalty
}  // namespace sallyport::inline v0
