// SPDX-License-Identifier: BSL-1.0
#include "site.hpp"

#include "assets.hpp"
#include "http/cookie.hpp"
#include "pages/pieces.hpp"

#include <algorithm>
#include <array>

namespace wbm {
namespace {

constexpr auto const& roles = sallyport::role::plcnext_roles;
constexpr sallyport::role_set anybody{};
constexpr auto of_users = roles.set({"Admin", "UserManager"});
constexpr auto of_security = roles.set({"Admin", "SecurityEngineer"});
constexpr auto of_penalties = of_users | of_security;
constexpr auto of_certificates = roles.set({"Admin", "SecurityEngineer", "CertificateManager"});
constexpr auto watching = roles.set({"Admin", "SecurityEngineer", "SecurityAuditor"});

constexpr std::array all_pages{
    page{"/", "Overview", anybody, show_overview, nullptr, true},
    page{"/sessions", "Sessions", watching, show_sessions, nullptr, true},
    page{"/sessions/close", {}, of_security, nullptr, take_session_close},
    page{"/sessions/maximum", {}, of_security, nullptr, take_session_maximum},
    page{"/penalties", "Penalties", watching | of_penalties, show_penalties, nullptr, true},
    page{"/penalties/clear", {}, of_penalties, nullptr, take_penalty_clear},
    page{"/penalties/revoke", {}, of_penalties, nullptr, take_pair_revoke},
    page{"/penalties/revoke-all", {}, of_penalties, nullptr, take_pairs_revoke},
    page{"/users", "Users", of_users, show_users, nullptr, true},
    page{"/users/one", {}, of_users, show_user, nullptr},
    page{"/users/add", {}, of_users, nullptr, take_user_add},
    page{"/users/roles", {}, of_users, nullptr, take_user_roles},
    page{"/users/disable", {}, of_users, nullptr, take_user_disable},
    page{"/users/reset", {}, of_users, nullptr, take_user_reset},
    page{"/users/remove", {}, of_users, nullptr, take_user_remove},
    page{"/trust", "Trust", of_certificates, show_trust, nullptr, true},
    page{"/trust/one", {}, of_certificates, show_trust_one, nullptr},
    page{"/trust/approve", {}, of_certificates, nullptr, take_trust_approve},
    page{"/trust/issuer", {}, of_certificates, nullptr, take_trust_issuer},
    page{"/trust/reject", {}, of_certificates, nullptr, take_trust_reject},
    page{"/trust/remove", {}, of_certificates, nullptr, take_trust_remove},
    page{"/trust/add", {}, of_certificates, nullptr, take_trust_add},
    page{"/log", "Log", watching, show_log, nullptr, true},
    page{"/counters", "Counters", watching, show_counters, nullptr, true},
    page{"/metrics", {}, watching, show_metrics, nullptr},
    page{"/devices", "Your devices", anybody, show_devices, nullptr, true},
    page{"/devices/revoke", {}, anybody, nullptr, take_device_revoke},
    page{"/devices/revoke-others", {}, anybody, nullptr, take_other_devices_revoke},
    page{"/devices/code", {}, anybody, nullptr, take_device_code},
    page{"/password", "Your password", anybody, show_password, take_password, true},
    page{"/logout", {}, anybody, nullptr, take_logout},
};

page const* find(std::string_view path) noexcept {
    auto const* const found =
        std::find_if(all_pages.begin(), all_pages.end(), [&](page const& p) { return p.path == path; });
    return found == all_pages.end() ? nullptr : found;
}

}  // namespace

std::span<page const> pages() noexcept { return all_pages; }

bool call::may_act(std::string_view path) const noexcept {
    page const* const p = find(path);
    return p != nullptr && who.may(p->any_of);
}

reply site::answer(request const& asked) {
    for (assets::asset const* const a : {&assets::style, &assets::script, &assets::icon})
        if (asked.path == a->path)  // named by what is in it, so it may be kept
            return reply{.body = std::string{a->bytes}, .type = std::string{a->type}}.with(
                "Cache-Control", "public, max-age=31536000, immutable");
    if (asked.posts() && from_elsewhere(asked))
        return framed_outside(words_, "Not from here",
                              bad_news("Another site has sent this form. Nothing was done."), 403);
    auto const who = who_asks(asked);
    return who ? for_visitor(*who, asked) : before_login(asked);
}

std::optional<visitor> site::who_asks(request const& asked) {
    auto const token = token_in(asked.cookies);
    if (!token) return std::nullopt;
    auto session = on_.gate().present(*token);
    if (!session || session->state != sallyport::standing::open) return std::nullopt;
    return visitor{.session = *session, .seal = seal_.of(*token)};
}

reply site::before_login(request const& asked) {
    if (on_.first_start() != nullptr) {
        if (asked.path != "/first-start") return go_to("/first-start");
        return asked.posts() ? take_first_start(on_, words_, asked) : show_first_start(words_);
    }
    if (asked.path == "/login") {
        if (asked.posts()) return take_login(on_, words_, asked);
        std::string_view const done = asked.query["done"];
        return show_login(
            words_, {.problem = done == "started" ? good_news("The first administrator is made. Log in.")
                                : done == "over"  ? bad_news("Your session is over. Log in again.")
                                                  : markup{}});
    }
    // Whoever brings a session's cookie had a session; it goes with it.
    bool had_one = false;
    each_cookie(asked.cookies, [&](std::string_view name, std::string_view) {
        had_one = had_one || name == session_cookie;
    });
    if (!had_one) return go_to("/login");
    return go_to("/login?done=over").with("Set-Cookie", forget_session_cookie());
}

reply site::for_visitor(visitor const& who, request const& asked) {
    call const c{on_, words_, who, asked};
    if (asked.path == "/login") return go_to("/");
    page const* const found = find(asked.path);
    auto* const handler = found == nullptr ? nullptr : asked.posts() ? found->take : found->show;
    if (handler == nullptr)
        return framed(c, "Not found", html(R"(<p class="card empty">There is no such page.</p>)"), 404);
    if (who.must_change_password() && found->take != take_password && found->take != take_logout)
        return go_to("/password");
    if (!who.may(found->any_of))
        return framed(c, "Not allowed",
                      bad_news("Your roles do not allow this. An administrator can give you one that does."),
                      403);
    if (asked.posts() && !sallyport::secret{who.seal}.equals(sallyport::secret{asked.posted["seal"]}))
        return framed(c, "Not from here",
                      bad_news("This form was not made by a page of your session. Nothing was done."), 403);
    return handler(c);
}

}  // namespace wbm
