// SPDX-License-Identifier: BSL-1.0
#include "../http/cookie.hpp"
#include "pieces.hpp"

namespace wbm {

reply show_login(site_words const& words, std::string_view user, markup const& problem) {
    markup const fields = field({.label = "Name",
                                 .name = "user",
                                 .autocomplete = "username",
                                 .value = user,
                                 .focus = user.empty()}) +
                          field({.label = "Password",
                                 .name = "password",
                                 .type = "password",
                                 .autocomplete = "current-password",
                                 .focus = !user.empty()});
    return framed_outside(
        words, "Log in",
        problem + open_form_to("/login", fields + html(R"(<button class="primary">Log in</button>)")) +
            notification(words));
}

/// The login path of this host: the gate's first door, the verification, the second door.
reply take_login(device& on, site_words const& words, request const& asked) {
    sallyport::attempt const a{.user = asked.posted["user"],
                               .shown = sallyport::credential::password(asked.posted["password"]),
                               .source = asked.source,
                               .service = service};
    auto const refused = [&](sallyport::denial const& no) {
        return as_refused(show_login(words, a.user, refusal(no, a.user, "Name or password is wrong.")), no);
    };
    auto pending = on.gate().begin(a);  // never waits: no worker is held here that does not verify
    if (!pending) return refused(pending.error());
    pending->verify(a);  // slow, and bounded by the permits of the accounts
    auto session = pending->settle();
    if (!session) return refused(session.error());
    auto const token = session->token();
    if (!token) return refused({sallyport::reason::try_again_later, {}});
    session->detach();  // from here on its cookie holds it
    return go_to("/").with("Set-Cookie", set_session_cookie(*token));
}

reply take_logout(call const& c) {
    c.on.gate().close(c.who.session.number);
    return go_to("/login").with("Set-Cookie", forget_session_cookie());
}

}  // namespace wbm
