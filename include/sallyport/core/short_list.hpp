// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>

namespace sallyport::inline v0 {

/// At most so many of a kind, held in place, in the order in which they came.
/// Thread safety: as a plain value.
template <class T, std::size_t Most>
class short_list {
public:
    static constexpr std::size_t most = Most;

    /// Adds one; false, and unchanged, where there is no room.
    bool add(T const& one) noexcept {
        if (size_ == Most) return false;
        all_[size_++] = one;
        return true;
    }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] T const& operator[](std::size_t i) const noexcept { return all_[i]; }
    /// The last one; there is one.
    [[nodiscard]] T& back() noexcept { return all_[size_ - 1]; }
    [[nodiscard]] T const& back() const noexcept { return all_[size_ - 1]; }
    [[nodiscard]] T const* begin() const noexcept { return all_; }
    [[nodiscard]] T const* end() const noexcept { return all_ + size_; }

private:
    T all_[Most]{};
    std::size_t size_ = 0;
};

}  // namespace sallyport::inline v0
