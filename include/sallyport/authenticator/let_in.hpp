// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/book.hpp>
#include <sallyport/session/session_info.hpp>

#include <cstddef>
#include <cstdint>
#include <new>

namespace sallyport::inline v0 {

/// Whom this process let in: `tick` tells its host when they are gone. Two notes for each line of the book of
/// sessions: of those who had the line before, the last one is still told of.
/// Thread safety: under the gate's lock.
class let_in {
public:
    struct note {
        place at{};  ///< none: nothing stands here
        session::departed told{};
    };

    let_in() = default;
    let_in(let_in const&) = delete;
    let_in& operator=(let_in const&) = delete;
    ~let_in() { delete[] notes_; }

    /// Room for a book of so many lines, once; false where there is no memory.
    [[nodiscard]] bool make_room(std::size_t lines) noexcept {
        if (notes_ != nullptr) return false;
        notes_ = new (std::nothrow) note[2 * lines]{};
        size_ = notes_ == nullptr ? 0 : 2 * lines;
        return notes_ != nullptr;
    }
    void remember(place seat, service_name const& service, std::uint64_t channel) noexcept {
        note* const two = of(seat);
        note& older = two[0].at.number < two[1].at.number ? two[0] : two[1];
        older = {seat, {seat.number, standing::open, service, channel}};
    }
    void forget(place seat) noexcept {
        note* const two = of(seat);
        for (int i = 0; i < 2; ++i)
            if (two[i].at.number == seat.number) two[i] = {};
    }

    [[nodiscard]] note* begin() noexcept { return notes_; }
    [[nodiscard]] note* end() noexcept { return notes_ + size_; }

private:
    [[nodiscard]] note* of(place seat) noexcept { return notes_ + std::size_t{2} * seat.line; }

    // Bare: every program with a gate compiles this, and an owner from <memory> takes as long as a policy.
    note* notes_ = nullptr;
    std::size_t size_ = 0;
};

}  // namespace sallyport::inline v0
