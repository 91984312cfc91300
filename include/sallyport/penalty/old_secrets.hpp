// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/blueprint.hpp>
#include <sallyport/penalty/cell_table.hpp>
#include <sallyport/penalty/lane_books.hpp>
#include <sallyport/penalty/lane_options.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace sallyport::inline v0 {
namespace penalty {

/// The fingerprints of an account's last two secrets before a change, each for a while. On the morning after,
/// whatever still sends one of them is known for what it is: a machine that nobody told. Forgotten at a
/// restart: nothing about a secret ever lies on a disk.
/// Thread safety: under the storage's lock.
class old_secrets {
public:
    void attach(blueprint& b, lane_options const& o) noexcept {
        books_[0] = b.claim("lanes.old_of_unknown/1", (o.unknown + lane_books::shared_accounts) * width);
        books_[1] = b.claim("lanes.old/1", (o.known + lane_books::shared_accounts) * width);
    }
    void remember(bool known, cell_ref of, word print, nanoseconds until) noexcept {
        if (of.slot == 0) return;
        auto s = books_[known].get<shelf>(at(of.slot));
        if (s[0].print != print) s[1] = s[0];
        s[0] = {print, until.count()};
        books_[known].put(at(of.slot), s);
    }
    [[nodiscard]] bool knows(bool known, cell_ref of, word print, nanoseconds now) const noexcept {
        if (of.slot == 0 || print == 0) return false;
        bool found = false;
        for (entry const& e : books_[known].get<shelf>(at(of.slot)))
            found = found || (e.print == print && now < nanoseconds{e.until});
        return found;
    }
    /// The slot has a new tenant.
    void forget(bool known, std::uint32_t slot) noexcept {
        if (slot != 0) books_[known].put(at(slot), shelf{});
    }

private:
    struct entry {
        word print;
        std::int64_t until;  // steady nanoseconds
    };
    using shelf = std::array<entry, 2>;
    static constexpr std::size_t width = words_of<shelf>;
    static constexpr std::size_t at(std::uint32_t slot) noexcept { return (slot - 1) * width; }

    std::array<region, 2> books_{};
};

}  // namespace penalty
}  // namespace sallyport::inline v0
