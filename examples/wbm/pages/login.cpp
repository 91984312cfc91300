// SPDX-License-Identifier: BSL-1.0
#include "page.hpp"

#include "../http/cookie.hpp"

namespace wbm {
namespace {

constexpr std::string_view wrong_words = "Name or password is wrong.";

}  // namespace

reply show_login(site_words const& words, std::string_view user, markup const& problem) {
    return framed_outside(words, "Log in",
                          html(R"({}
<form method="post" action="/login" data-held>
<label class="field"><span>Name</span>
<input name="user" value="{}" autocomplete="username" autocapitalize="none" spellcheck="false" required{}></label>
<label class="field"><span>Password</span>
<input name="password" type="password" autocomplete="current-password" required{}></label>
<button class="primary">Log in</button>
</form>
<section class="notification" aria-labelledby="notification"><h2 id="notification">Use notification</h2><p>{}</p></section>)",
                               problem, user, user.empty() ? html(" autofocus") : markup{},
                               user.empty() ? markup{} : html(" autofocus"), words.notification));
}

/// The login path of this host: the gate's first door, the verification, the second door.
reply take_login(device& on, site_words const& words, request const& asked) {
    sallyport::attempt const a{.user = asked.posted["user"],
                               .shown = sallyport::credential::password(asked.posted["password"]),
                               .source = asked.source,
                               .service = service};
    auto const refused = [&](sallyport::denial const& no) {
        return as_refused(show_login(words, a.user, refusal(no, a.user, wrong_words)), no);
    };
    auto pending = on.gate().begin(a);  // never waits: nobody holds a worker here who is not being verified
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
