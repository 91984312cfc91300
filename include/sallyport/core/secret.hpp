// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <array>
#include <cstddef>
#include <cstring>
#include <string_view>

namespace sallyport::inline v0 {

/// Overwrites with zeroes in a way that no optimizer removes.
inline void wipe(void* at, std::size_t bytes) noexcept {
    if (bytes != 0) explicit_bzero(at, bytes);
}

/// A view of a secret. It cannot be streamed, formatted or compared by `==`: only `equals`, in constant time,
/// and `reveal`, whose name stands out in a review. It does not own: whoever owns the bytes wipes them (see
/// `secret_text`).
class secret {
public:
    constexpr secret() = default;
    constexpr explicit secret(std::string_view bytes) noexcept : bytes_{bytes} {}

    [[nodiscard]] constexpr std::size_t size() const noexcept { return bytes_.size(); }
    [[nodiscard]] constexpr bool empty() const noexcept { return bytes_.empty(); }
    /// The bytes themselves, for whoever verifies or hashes them.
    [[nodiscard]] constexpr std::string_view reveal() const noexcept { return bytes_; }

    /// Equal to `other`? The time depends on the lengths alone.
    [[nodiscard]] constexpr bool equals(secret other) const noexcept {
        unsigned difference = bytes_.size() == other.bytes_.size() ? 0U : 1U;
        for (std::size_t i = 0; i < bytes_.size(); ++i) {
            char const theirs = i < other.bytes_.size() ? other.bytes_[i] : '\0';
            difference |= static_cast<unsigned char>(bytes_[i]) ^
                          static_cast<unsigned>(static_cast<unsigned char>(theirs));
        }
        return difference == 0;
    }

    bool operator==(secret const&) const = delete;

private:
    std::string_view bytes_{};
};

/// A secret held inline and wiped when it goes, when it is moved from and when it is replaced. Longer input
/// is refused, not cut.
template <std::size_t N = 128>
class secret_text {
public:
    secret_text() = default;
    secret_text(secret_text&& other) noexcept { take(other); }
    secret_text& operator=(secret_text&& other) noexcept {
        if (this != &other) take(other);
        return *this;
    }
    ~secret_text() { clear(); }

    /// Keeps a copy of `bytes`; false, and empty, where they are too many.
    [[nodiscard]] bool assign(std::string_view bytes) noexcept {
        clear();
        if (bytes.size() > N) return false;
        if (!bytes.empty()) std::memcpy(bytes_.data(), bytes.data(), bytes.size());
        size_ = bytes.size();
        return true;
    }
    void clear() noexcept {
        wipe(bytes_.data(), N);
        size_ = 0;
    }
    [[nodiscard]] secret view() const noexcept { return secret{{bytes_.data(), size_}}; }

private:
    void take(secret_text& other) noexcept {
        bytes_ = other.bytes_;
        size_ = other.size_;
        other.clear();
    }
    std::array<char, N> bytes_{};
    std::size_t size_ = 0;
};

}  // namespace sallyport::inline v0
