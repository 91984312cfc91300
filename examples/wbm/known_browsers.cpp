// SPDX-License-Identifier: BSL-1.0
#include "known_browsers.hpp"

#include "http/cookie.hpp"

namespace wbm {
namespace {

/// Is it the name of such a cookie, whoever's? What a client makes up is not said back to it.
bool is_ours(std::string_view name) noexcept {
    constexpr std::string_view begins = "__Host-sallyport-device-";
    constexpr std::size_t digits = 16;
    return name.starts_with(begins) && name.size() == begins.size() + digits &&
           name.find_first_not_of("0123456789abcdef", begins.size()) == std::string_view::npos;
}

}  // namespace

sallyport::proven_pairing known_browsers::proof(std::string_view user, std::string_view cookies) const {
    auto const account = who_.account_key(user);
    if (!account) return {};
    auto const value = cookie_named(key_.name_of(*account), cookies);
    return key_.check(value.value_or(std::string_view{}), *account, epoch);
}

std::vector<std::string> known_browsers::welcome(std::uint64_t session, sallyport::attempt const& a,
                                                 std::string_view cookies) {
    auto const account = who_.account_key(a.user);
    if (!account) return {};
    auto id = a.pairing.id();
    if (!gate_.paired(a)) {
        // New here, or revoked since: never again the id of a cookie that somebody may have copied.
        id = key_.fresh_id();
        if (!gate_.pair_bearer(session, id)) return {};
    }
    std::string const ours = key_.name_of(*account);
    std::vector<std::string> set{set_lasting_cookie(ours, key_.value_of(*account, epoch, id))};

    std::vector<std::string_view> others;
    each_cookie(cookies, [&](std::string_view name, std::string_view) {
        if (is_ours(name) && name != ours) others.push_back(name);
    });
    for (std::size_t n = 0; others.size() - n >= at_most; ++n) set.push_back(forget_cookie(others[n]));
    return set;
}

std::string known_browsers::forget(std::string_view user) const {
    auto const account = who_.account_key(user);
    return account ? forget_cookie(key_.name_of(*account)) : std::string{};
}

}  // namespace wbm
