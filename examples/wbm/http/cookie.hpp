// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/session/session.hpp>

#include <fmt/format.h>

#include <charconv>
#include <optional>
#include <string>
#include <string_view>

namespace wbm {

/// The cookie that brings a session back. `__Host-` binds it to this very host and to TLS (RFC 6265bis
/// §4.1.3.2).
inline constexpr std::string_view session_cookie = "__Host-sallyport";

[[nodiscard]] inline std::string set_session_cookie(sallyport::session::session_token const& t) {
    return fmt::format("{}={:016x}{:016x}; Path=/; Secure; HttpOnly; SameSite=Strict", session_cookie,
                       t.bits[0], t.bits[1]);
}
[[nodiscard]] inline std::string forget_session_cookie() {
    return fmt::format("{}=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0", session_cookie);
}

/// 32 hexadecimal digits in lower case; no other spelling.
[[nodiscard]] inline std::optional<sallyport::session::session_token> read_token(
    std::string_view text) noexcept {
    if (text.size() != 32 || text.find_first_not_of("0123456789abcdef") != std::string_view::npos)
        return std::nullopt;
    sallyport::session::session_token t;
    for (std::size_t half = 0; half < 2; ++half) {
        std::string_view const digits = text.substr(half * 16, 16);
        (void)std::from_chars(digits.data(), digits.data() + digits.size(), t.bits[half], 16);
    }
    return t;
}

/// The token in a `Cookie` header. Two cookies of our name are none: somebody has set one beside ours.
[[nodiscard]] inline std::optional<sallyport::session::session_token> token_in(
    std::string_view cookies) noexcept {
    std::optional<sallyport::session::session_token> found;
    bool seen = false;
    while (!cookies.empty()) {
        std::string_view one = cookies.substr(0, cookies.find(';'));
        cookies.remove_prefix(std::min(cookies.size(), one.size() + 1));
        while (!one.empty() && one.front() == ' ') one.remove_prefix(1);
        if (!one.starts_with(session_cookie) || one.substr(session_cookie.size(), 1) != "=") continue;
        if (seen) return std::nullopt;
        seen = true;
        found = read_token(one.substr(session_cookie.size() + 1));
    }
    return found;
}

}  // namespace wbm
