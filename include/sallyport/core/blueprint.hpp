// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/region.hpp>

#include <cstddef>
#include <limits>
#include <string_view>
#include <utility>

namespace sallyport::inline v0 {

/// Whoever keeps state claims it here, in one function `attach(blueprint&)` that runs twice: first to be
/// measured, then to be given its words. So plan and attachment cannot disagree.
class blueprint {
public:
    /// To measure.
    blueprint() = default;
    /// To hand out.
    blueprint(region all, sip_key key) noexcept : all_{all}, key_{key} {}

    /// `words` zeroed words called `what`; not attached while measuring. The name is part of the fingerprint:
    /// change its number ("backoff/1") when the meaning of the words changes.
    [[nodiscard]] region claim(std::string_view what, std::size_t words) noexcept {
        for (char const c : what) mix(static_cast<unsigned char>(c));
        mix(words);
        if (words > most - words_) too_large_ = true;
        std::size_t const at = std::exchange(words_, too_large_ ? words_ : words_ + words);
        return all_.part(at);
    }
    [[nodiscard]] sip_key key() const noexcept { return key_; }
    [[nodiscard]] std::size_t words() const noexcept { return words_; }
    /// False where the claims add up to more than a storage may hold; nothing is then opened.
    [[nodiscard]] bool feasible() const noexcept { return !too_large_; }
    /// Tells two plans apart.
    [[nodiscard]] word fingerprint() const noexcept { return print_; }

    /// An eighth of the address space at most, so that sizes in bytes cannot wrap.
    static constexpr std::size_t most = std::numeric_limits<std::size_t>::max() / sizeof(word) / 8;

private:
    void mix(word w) noexcept { print_ = (print_ ^ w) * 0x100000001b3; }  // FNV-1a

    region all_{};
    sip_key key_{};
    std::size_t words_ = 0;
    word print_ = 0xcbf29ce484222325;
    bool too_large_ = false;
};

}  // namespace sallyport::inline v0
