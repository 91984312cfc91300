// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/words.hpp>

#include <array>
#include <bit>
#include <cstddef>
#include <string_view>

namespace sallyport::inline v0 {

/// 128 bits under which this boot hashes; never leaves the device.
struct sip_key {
    word a = 0, b = 0;
};

/// SipHash-2-4 (Aumasson, Bernstein 2012), fed word by word: a keyed hash that a stranger cannot aim at one
/// bucket.
class siphasher {
public:
    constexpr explicit siphasher(sip_key key) noexcept
        : v0_{key.a ^ 0x736f6d6570736575}, v1_{key.b ^ 0x646f72616e646f6d}, v2_{key.a ^ 0x6c7967656e657261},
          v3_{key.b ^ 0x7465646279746573} {}

    constexpr void feed(word m) noexcept {
        v3_ ^= m;
        rounds(2);
        v0_ ^= m;
        bytes_ += sizeof(word);
    }
    /// Feeds text that ends the message: little-endian words, then what is left beside the length.
    [[nodiscard]] constexpr word finish(std::string_view text = {}) noexcept {
        for (; text.size() >= sizeof(word); text.remove_prefix(sizeof(word))) feed(load_word(text.data()));
        word const last = load(text) | ((bytes_ + text.size()) & 0xff) << 56;
        v3_ ^= last;
        rounds(2);
        v0_ ^= last;
        v2_ ^= 0xff;
        rounds(4);
        return v0_ ^ v1_ ^ v2_ ^ v3_;
    }

private:
    /// A word's worth of bytes, little-endian.
    static constexpr word load_word(char const* bytes) noexcept {
        if constexpr (std::endian::native != std::endian::little) return load({bytes, sizeof(word)});
        std::array<char, sizeof(word)> w{};
        for (std::size_t i = 0; i < w.size(); ++i) w[i] = bytes[i];
        return std::bit_cast<word>(w);
    }
    static constexpr word load(std::string_view bytes) noexcept {
        word w = 0;
        for (std::size_t i = bytes.size(); i-- > 0;) w = w << 8 | static_cast<unsigned char>(bytes[i]);
        return w;
    }
    constexpr void rounds(int n) noexcept {
        for (; n > 0; --n) {
            v0_ += v1_, v1_ = std::rotl(v1_, 13) ^ v0_, v0_ = std::rotl(v0_, 32);
            v2_ += v3_, v3_ = std::rotl(v3_, 16) ^ v2_;
            v0_ += v3_, v3_ = std::rotl(v3_, 21) ^ v0_;
            v2_ += v1_, v1_ = std::rotl(v1_, 17) ^ v2_, v2_ = std::rotl(v2_, 32);
        }
    }
    word v0_, v1_, v2_, v3_, bytes_ = 0;
};

/// Of bytes.
[[nodiscard]] constexpr word siphash(sip_key key, std::string_view bytes) noexcept {
    return siphasher{key}.finish(bytes);
}
/// Of whole words, where they lie.
[[nodiscard]] inline word siphash_of_words(sip_key key, void const* words, std::size_t count) noexcept {
    siphasher h{key};
    for (std::size_t i = 0; i < count; ++i) h.feed(nth_word(words, i));
    return h.finish();
}
/// Of a value made of whole words, as the keys of our tables are.
template <wordy T>
[[nodiscard]] word siphash_of(sip_key key, T const& value) noexcept {
    return siphash_of_words(key, &value, words_of<T>);
}

}  // namespace sallyport::inline v0
