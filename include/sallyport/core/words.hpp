// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace sallyport::inline v0 {

using word = std::uint64_t;

/// What may live in a storage: bytes that mean the same wherever they are read, with no padding to leak or to
/// differ.
template <class T>
concept wordy = std::is_trivially_copyable_v<T> && std::has_unique_object_representations_v<T> && sizeof(T) %
                    sizeof(word) ==
                0;

template <wordy T>
inline constexpr std::size_t words_of = sizeof(T) / sizeof(word);

template <wordy T>
[[nodiscard]] constexpr std::array<word, words_of<T>> as_words(T const& value) noexcept {
    return std::bit_cast<std::array<word, words_of<T>>>(value);
}

/// The n-th word of a wordy value, where it lies.
[[nodiscard]] inline word nth_word(void const* value, std::size_t n) noexcept {
    word w = 0;
    std::memcpy(&w, static_cast<unsigned char const*>(value) + n * sizeof w, sizeof w);
    return w;
}

}  // namespace sallyport::inline v0
