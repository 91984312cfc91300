// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/instant.hpp>
#include <sallyport/core/region.hpp>
#include <sallyport/core/visit.hpp>

#include <cstddef>
#include <limits>
#include <string_view>
#include <tuple>
#include <utility>

namespace sallyport::inline v0 {

/// Whoever keeps state claims it here, in one function `attach(blueprint&)` that runs twice: first to be
/// measured, then to be given its words. So plan and attachment cannot disagree.
class blueprint {
public:
    /// To measure.
    blueprint() = default;
    /// To hand out.
    blueprint(region all, sip_key key, instant now = {}) noexcept : all_{all}, key_{key}, now_{now} {}

    /// `words` zeroed words called `what`; not attached while measuring. The name is part of the fingerprint:
    /// change its number ("backoff/1") when the meaning of the words changes.
    [[nodiscard]] region claim(std::string_view what, std::size_t words) noexcept {
        for (char const c : what) mix(static_cast<unsigned char>(c));
        mix(words);
        if (words > most - words_) too_large_ = true;
        std::size_t const at = std::exchange(words_, too_large_ ? words_ : words_ + words);
        return all_.part(at);
    }
    /// Words of each reservation's slip, from the position that is returned on.
    [[nodiscard]] std::size_t claim_slip(std::size_t words) noexcept {
        if (words > std::tuple_size_v<slip> - slips_) too_large_ = true;
        return std::exchange(slips_, too_large_ ? slips_ : slips_ + words);
    }
    /// When the words are handed out, for whoever puts back what was kept over a restart.
    [[nodiscard]] instant now() const noexcept { return now_; }
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
    instant now_{};
    std::size_t words_ = 0;
    std::size_t slips_ = 0;
    word print_ = 0xcbf29ce484222325;
    bool too_large_ = false;
};

}  // namespace sallyport::inline v0
