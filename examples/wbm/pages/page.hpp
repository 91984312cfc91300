// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "../device.hpp"
#include "../http/html.hpp"
#include "../http/message.hpp"

#include <sallyport/role/role_table.hpp>
#include <sallyport/session/session_info.hpp>

#include <span>
#include <string>
#include <string_view>

namespace wbm {

/// What a device's owner says on its pages.
struct site_words {
    std::string name = "Controller";
    /// Shown to everybody before he logs in (IEC 62443-4-2 CR 1.12).
    std::string notification =
        "This controller is for authorised persons only. Whatever is done here is recorded. "
        "By logging in you agree to that.";
};

/// Who asks: a session that is open, and the seal that its forms carry.
struct visitor {
    sallyport::session::session_info session{};
    std::string seal{};

    [[nodiscard]] std::string_view name() const noexcept { return session.as.is.view(); }
    [[nodiscard]] bool may(sallyport::role_set any_of) const noexcept {
        return any_of.empty() || session.as.roles.meets(any_of);
    }
    [[nodiscard]] bool must_change_password() const noexcept {
        return session.as.marked(sallyport::principal::must_change_password);
    }
    [[nodiscard]] actor acts() const noexcept {
        return {session.as.is, session.as.roles, session.source, session.number};
    }
};

/// What a page is asked with.
struct call {
    device& on;
    site_words const& words;
    visitor const& who;
    request const& asked;

    /// May he act on that page? Whoever may not is shown no button.
    [[nodiscard]] bool may_act(std::string_view path) const noexcept;
};

/// A page: where it is, who may see it, who may post to it. The menu, the guard in front of the page and its
/// buttons read this one line.
struct page {
    std::string_view path;
    std::string_view title;
    sallyport::role_set any_of;  ///< one of these roles; empty: whoever is logged in
    reply (*show)(call const&);  ///< null: it is posted to alone
    reply (*take)(call const&);  ///< null: nothing is posted to it
    bool in_menu = false;
};
/// All of them, in the order of the menu.
[[nodiscard]] std::span<page const> pages() noexcept;

/// The frame around a page, for whoever is logged in.
[[nodiscard]] reply framed(call const& c, std::string_view title, markup const& content, int status = 200);
/// The frame for everybody else: a card in the middle.
[[nodiscard]] reply framed_outside(site_words const& words, std::string_view title, markup const& content,
                                   int status = 200);
/// What everybody is shown before he logs in.
[[nodiscard]] markup notification(site_words const& words);

// ---- before anybody is logged in; `problem`: what went wrong with the last try ---------------------------

/// How the login page is filled in.
struct login_form {
    std::string_view user{};
    markup problem{};
    bool offer_code = false;  ///< this browser is new, and others are guessing: a pairing code would help
    bool remember = true;     ///< this browser
};
[[nodiscard]] reply show_login(site_words const& words, login_form const& with = {});
[[nodiscard]] reply take_login(device& on, site_words const& words, request const& asked);
[[nodiscard]] reply show_first_start(site_words const& words, std::string_view user = {},
                                     markup const& problem = {});
[[nodiscard]] reply take_first_start(device& on, site_words const& words, request const& asked);

// ---- for whoever is ---------------------------------------------------------------------------------------

[[nodiscard]] reply show_overview(call const& c);
[[nodiscard]] reply show_sessions(call const& c);
[[nodiscard]] reply take_session_close(call const& c);
[[nodiscard]] reply take_session_maximum(call const& c);
[[nodiscard]] reply show_penalties(call const& c);
[[nodiscard]] reply take_penalty_clear(call const& c);
[[nodiscard]] reply take_pair_revoke(call const& c);
[[nodiscard]] reply take_pairs_revoke(call const& c);
[[nodiscard]] reply show_users(call const& c);
[[nodiscard]] reply show_user(call const& c);
[[nodiscard]] reply take_user_add(call const& c);
[[nodiscard]] reply take_user_roles(call const& c);
[[nodiscard]] reply take_user_disable(call const& c);
[[nodiscard]] reply take_user_reset(call const& c);
[[nodiscard]] reply take_user_remove(call const& c);
[[nodiscard]] reply show_trust(call const& c);
[[nodiscard]] reply show_trust_one(call const& c);
[[nodiscard]] reply take_trust_approve(call const& c);
[[nodiscard]] reply take_trust_issuer(call const& c);
[[nodiscard]] reply take_trust_reject(call const& c);
[[nodiscard]] reply take_trust_remove(call const& c);
[[nodiscard]] reply take_trust_add(call const& c);
[[nodiscard]] reply show_log(call const& c);
[[nodiscard]] reply show_counters(call const& c);
[[nodiscard]] reply show_metrics(call const& c);
[[nodiscard]] reply show_devices(call const& c);
[[nodiscard]] reply take_device_revoke(call const& c);
[[nodiscard]] reply take_other_devices_revoke(call const& c);
[[nodiscard]] reply take_device_code(call const& c);
[[nodiscard]] reply show_password(call const& c);
[[nodiscard]] reply take_password(call const& c);
[[nodiscard]] reply take_logout(call const& c);

}  // namespace wbm
