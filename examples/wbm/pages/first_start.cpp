// SPDX-License-Identifier: BSL-1.0
#include "page.hpp"

namespace wbm {

reply show_first_start(site_words const& words, std::string_view user, markup const& problem) {
    return framed_outside(words, "First start",
                          html(R"({}
<p>Nobody has an account on this device yet. Whoever can read its console makes the first one: an administrator.</p>
<form method="post" action="/first-start" data-held>
<label class="field"><span>One-time secret</span>
<input name="secret" class="code" autocomplete="off" autocapitalize="characters" spellcheck="false" required autofocus aria-describedby="secret-hint"></label>
<p class="hint" id="secret-hint">Sixteen letters and digits, shown on the console when the device started.</p>
<label class="field"><span>Name</span>
<input name="user" value="{}" autocomplete="username" autocapitalize="none" spellcheck="false" required></label>
<label class="field"><span>Password</span>
<input name="fresh" type="password" autocomplete="new-password" required aria-describedby="password-hint"></label>
<p class="hint" id="password-hint">At least 12 characters; a few words that nobody would guess are better than signs.</p>
<label class="field"><span>The password again</span>
<input name="again" type="password" autocomplete="new-password" required></label>
<button class="primary">Make the first administrator</button>
</form>
<section class="notification" aria-labelledby="notification"><h2 id="notification">Use notification</h2><p>{}</p></section>)",
                               problem, user, words.notification));
}

reply take_first_start(device& on, site_words const& words, request const& asked) {
    auto* const gate = on.first_start();
    if (gate == nullptr) return go_to("/login");
    std::string_view const user = sallyport::trimmed(asked.posted["user"]);
    sallyport::secret const fresh{asked.posted["fresh"]}, again{asked.posted["again"]};
    auto const try_again = [&](markup const& problem, int status = 422) {
        reply page = show_first_start(words, user, problem);
        page.status = status;
        return page;
    };

    // What can be mended without the secret is said first: a slip in the password does not cost a try.
    if (!sallyport::well_formed_name(user)) return try_again(bad_news("A name has 1 to 64 bytes."));
    if (!fresh.equals(again)) return try_again(bad_news("The two passwords are not the same."));
    if (auto const found = on.accounts().policy().check(fresh, user); !found.empty())
        return try_again(each(found, [](auto const one) { return bad_news(explain(one)); }));

    sallyport::attempt const a{.user = first_start_user,
                               .shown = sallyport::credential::password(asked.posted["secret"]),
                               .source = asked.source,
                               .service = service};
    auto pending = gate->begin(a);
    if (pending) pending->verify(a);
    auto const proven =
        pending ? pending->confirm() : sallyport::result<sallyport::principal>{pending.error()};
    if (!proven)
        return as_refused(
            try_again(refusal(proven.error(), {}, "This is not the secret that the console shows.")),
            proven.error());

    auto const made =
        on.accounts().first_administrator({.is = first_start_user, .source = asked.source}, user, fresh);
    if (!made) return try_again(bad_news(made.problem), 503);
    on.started();
    return go_to("/login?done=started");
}

}  // namespace wbm
