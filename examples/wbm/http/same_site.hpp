// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "message.hpp"

#include <sallyport/core/secret.hpp>
#include <sallyport/session/session.hpp>

#include <sodium.h>

#include <array>
#include <string>
#include <string_view>

namespace wbm {

/// What tells a form that this session was shown from one that another site made up (CSRF): BLAKE2b of the
/// session's token under a key of this start. It needs no memory, and tells nothing of the token. Compared as
/// a secret, in constant time. Thread safety: immutable.
class form_seal {
public:
    form_seal() noexcept { randombytes_buf(key_.data(), key_.size()); }
    form_seal(form_seal const&) = delete;
    form_seal& operator=(form_seal const&) = delete;
    ~form_seal() { sallyport::wipe(key_.data(), key_.size()); }

    [[nodiscard]] std::string of(sallyport::session::session_token const& t) const {
        std::array<unsigned char, 16> seal{};
        crypto_generichash(
            seal.data(), seal.size(),
            reinterpret_cast<unsigned char const*>(t.bits.data()),  // NOLINT(*-reinterpret-cast)
            sizeof t.bits, key_.data(), key_.size());
        std::array<char, 2 * seal.size() + 1> hex{};
        sodium_bin2hex(hex.data(), hex.size(), seal.data(), seal.size());
        return hex.data();
    }

private:
    std::array<unsigned char, crypto_generichash_KEYBYTES> key_{};
};

/// Does the browser say that another site sent this? For forms that are posted before there is a session
/// (login, first start) this is what keeps strangers from logging a person in as somebody else; for the
/// others it is a second lock. Programs that are no browsers send neither header.
[[nodiscard]] inline bool from_elsewhere(request const& r) noexcept {
    if (!r.fetch_site.empty() && r.fetch_site != "same-origin" && r.fetch_site != "none") return true;
    if (r.origin.empty()) return false;
    constexpr std::string_view scheme = "https://";
    return !r.origin.starts_with(scheme) || r.origin.substr(scheme.size()) != r.host;
}

}  // namespace wbm
