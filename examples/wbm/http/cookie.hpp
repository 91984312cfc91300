// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/session/session.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
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

/// f(name, value) for each cookie of a `Cookie` header, in its order: browsers send what they got first first
/// (RFC 6265bis §5.8.3).
template <class F>
void each_cookie(std::string_view cookies, F f) {
    while (!cookies.empty()) {
        std::string_view one = cookies.substr(0, cookies.find(';'));
        cookies.remove_prefix(std::min(cookies.size(), one.size() + 1));
        while (!one.empty() && one.front() == ' ') one.remove_prefix(1);
        if (auto const equals = one.find('='); equals != std::string_view::npos)
            f(one.substr(0, equals), one.substr(equals + 1));
    }
}
/// The value of the cookie of that name. Two of them are none: somebody has set one beside ours.
[[nodiscard]] inline std::optional<std::string_view> cookie_named(std::string_view name,
                                                                  std::string_view cookies) noexcept {
    std::optional<std::string_view> found;
    std::size_t times = 0;
    each_cookie(cookies, [&](std::string_view its_name, std::string_view value) {
        if (its_name == name) found = value, ++times;
    });
    return times == 1 ? found : std::nullopt;
}
/// The session's token.
[[nodiscard]] inline std::optional<sallyport::session::session_token> token_in(
    std::string_view cookies) noexcept {
    auto const value = cookie_named(session_cookie, cookies);
    return value ? read_token(*value) : std::nullopt;
}

/// A cookie that stays when the browser is closed: as long as browsers keep one at all (RFC 6265bis §5.5: 400
/// days), which begins anew with each login.
[[nodiscard]] inline std::string set_lasting_cookie(std::string_view name, std::string_view value) {
    constexpr std::int64_t longest = 400LL * 24 * 60 * 60;
    return fmt::format("{}={}; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age={}", name, value, longest);
}
[[nodiscard]] inline std::string forget_cookie(std::string_view name) {
    return fmt::format("{}=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0", name);
}

}  // namespace wbm
