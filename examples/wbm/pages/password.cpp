// SPDX-License-Identifier: BSL-1.0
#include "page.hpp"

namespace wbm {
namespace {

reply shown(call const& c, markup const& problem) {
    markup const why =
        c.who.must_change_password()
            ? html(
                  R"(<p class="notice wait" role="status">Somebody else has set your password. Choose one of your own; until then
there is nothing else that you may do here.</p>)")
            : markup{};
    return framed(c, "Your password",
                  html(R"({}{}
<div class="card narrow">
{}
</div>)",
                       why, problem,
                       form_to(c.who, "/password",
                               html(R"(
<input type="hidden" name="user" value="{}" autocomplete="username">
<label class="field"><span>Present password</span>
<input name="current" type="password" autocomplete="current-password" required></label>
<label class="field"><span>New password</span>
<input name="fresh" type="password" autocomplete="new-password" required aria-describedby="password-hint"></label>
<p class="hint" id="password-hint">At least 12 characters, and none of your last ones. A few words that nobody would guess are better
than signs.</p>
<label class="field"><span>The new password again</span>
<input name="again" type="password" autocomplete="new-password" required></label>
<button class="primary">Change password</button>)",
                                    c.who.name()),
                               "held")));
}

}  // namespace

reply show_password(call const& c) { return shown(c, {}); }

reply take_password(call const& c) {
    sallyport::secret const fresh{c.asked.posted["fresh"]}, again{c.asked.posted["again"]};
    auto const try_again = [&](markup const& problem) {
        reply page = shown(c, problem);
        page.status = 422;
        return page;
    };
    if (!fresh.equals(again)) return try_again(bad_news("The two new passwords are not the same."));

    // The present one once more, through the gate: a penalty can refuse it, and a wrong one counts.
    sallyport::attempt const a{.user = c.who.name(),
                               .shown = sallyport::credential::password(c.asked.posted["current"]),
                               .source = c.asked.source,
                               .service = service};
    auto pending = c.on.gate().begin(a);
    if (pending) pending->verify(a);
    auto const proven =
        pending ? pending->confirm() : sallyport::result<sallyport::principal>{pending.error()};
    if (!proven)
        return as_refused(shown(c, refusal(proven.error(), {}, "The present password is wrong.")),
                          proven.error());

    if (auto const done = c.on.accounts().set_own_password(c.who.acts(), fresh); !done)
        return try_again(bad_news(done.problem));
    c.on.gate().close_all(c.who.name(), c.who.session.number);
    return go_to("/password?done=password");
}

}  // namespace wbm
