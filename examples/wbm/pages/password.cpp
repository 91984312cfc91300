// SPDX-License-Identifier: BSL-1.0
#include "new_password.hpp"
#include "pairs.hpp"

namespace wbm {
namespace {

reply shown(call const& c, markup const& problem) {
    markup const why =
        c.who.must_change_password()
            ? html(R"(<p class="notice wait" role="status">Somebody else has set your password. Choose
one of your own; until then there is nothing else that you may do here.</p>)")
            : markup{};
    // The hidden name tells password managers whose password this is.
    markup const fields =
        html(R"(<input type="hidden" name="user" value="{}" autocomplete="username">)", c.who.name()) +
        field({.label = "Present password",
               .name = "current",
               .type = "password",
               .autocomplete = "current-password"}) +
        new_password_fields("New password", "The new password again") +
        box("forget", "yes", "Forget my other devices: somebody may know the old one", false) +
        html(R"(<button class="primary">Change password</button>)");
    return framed(
        c, "Your password",
        why + problem +
            html(R"(<div class="card narrow">{}</div>)", form_to(c.who, "/password", fields, "held")));
}

}  // namespace

reply show_password(call const& c) { return shown(c, {}); }

reply take_password(call const& c) {
    sallyport::secret const fresh{c.asked.posted["fresh"]}, again{c.asked.posted["again"]};
    auto const try_again = [&](std::string_view problem) {
        reply page = shown(c, bad_news(problem));
        page.status = 422;
        return page;
    };
    if (!fresh.equals(again)) return try_again("The two new passwords are not the same.");
    // The present one goes through the gate: a penalty can refuse it, and a wrong one counts.
    auto const current = c.asked.posted["current"];
    auto const proven = confirm(c.on.gate(), c.who.name(), current, c.asked.source,
                                c.on.browsers().proof(c.who.name(), c.asked.cookies));
    if (!proven)
        return as_refused(shown(c, refusal(proven.error(), {}, "The present password is wrong.")),
                          proven.error());

    if (auto const done = c.on.accounts().set_own_password(c.who.acts(), fresh); !done)
        return try_again(done.problem);
    // Whatever still sends the old one is a machine that nobody told, and no guesser.
    c.on.gate().renewed(c.who.name(), sallyport::secret{current});
    c.on.gate().close_all(c.who.name(), c.who.session.number);
    if (c.asked.posted["forget"] == "yes") (void)revoke_others(c);
    return go_to("/password?done=password");
}

}  // namespace wbm
