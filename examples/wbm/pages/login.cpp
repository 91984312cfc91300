// SPDX-License-Identifier: BSL-1.0
#include "../http/cookie.hpp"
#include "pieces.hpp"

#include <utility>

namespace wbm {

reply show_login(site_words const& words, login_form const& with) {
    markup const fields = field({.label = "Name",
                                 .name = "user",
                                 .autocomplete = "username",
                                 .value = with.user,
                                 .focus = with.user.empty()}) +
                          field({.label = "Password",
                                 .name = "password",
                                 .type = "password",
                                 .autocomplete = "current-password",
                                 .focus = !with.user.empty()});
    markup const not_you =
        with.offer_code
            ? html(R"(<p class="hint">Was it somebody else? On a browser that you have logged in from
before you get in all the same, and find a code for this one.</p>)")
            : markup{};
    markup const code = html(
        R"(<details class="more"{}><summary>I have a pairing code</summary>{}{}</details>)",
        with.offer_code ? html(" open") : markup{}, not_you,
        field({.label = "Pairing code",
               .name = "code",
               .hint =
                   "Sixteen letters and digits, from the page \u201cYour devices\u201d. It is entered with "
                   "the password.",
               .autocomplete = "one-time-code",
               .style = "code",
               .required = false}));
    return framed_outside(
        words, "Log in",
        with.problem +
            open_form_to("/login", fields + box("remember", "yes", "Remember this browser", with.remember) +
                                       code + html(R"(<button class="primary">Log in</button>)")) +
            notification(words));
}

/// The login path of this host: the gate's first door, the verification, the second door.
reply take_login(device& on, site_words const& words, request const& asked) {
    std::string_view const user = asked.posted["user"];
    sallyport::attempt const a{.user = user,
                               .shown = sallyport::credential::password(asked.posted["password"]),
                               .source = asked.source,
                               .service = service,
                               .pairing = on.browsers().proof(user, asked.cookies),
                               .code = sallyport::secret{asked.posted["code"]}};
    // Whoever does not ask for it is not remembered: a program that keeps no cookies would push the browsers
    // of its account out of the list, one with each login.
    bool const remember = asked.posted["remember"] == "yes" || !a.code.empty();
    auto const refused = [&](sallyport::denial const& no) {
        return as_refused(
            show_login(words, {.user = a.user,
                               .problem = refusal(no, a.user, "Name or password is wrong."),
                               .offer_code = no.outward().retry_after > sallyport::nanoseconds::zero(),
                               .remember = asked.posted["remember"] == "yes"}),
            no);
    };
    auto pending = on.gate().begin(a);  // never waits: no worker is held here that does not verify
    if (!pending) return refused(pending.error());
    pending->verify(a);  // slow, and bounded by the permits of the accounts
    auto session = pending->settle();
    if (!session) return refused(session.error());
    auto const token = session->token();
    if (!token) return refused({sallyport::reason::try_again_later, {}});
    reply in = go_to("/").with("Set-Cookie", set_session_cookie(*token));
    if (remember)
        for (std::string& cookie : on.browsers().welcome(session->number(), a, asked.cookies))
            in.headers.emplace_back("Set-Cookie", std::move(cookie));
    session->detach();  // from here on its cookie holds it
    return in;
}

reply take_logout(call const& c) {
    c.on.gate().close(c.who.session.number);
    return go_to("/login").with("Set-Cookie", forget_session_cookie());
}

}  // namespace wbm
