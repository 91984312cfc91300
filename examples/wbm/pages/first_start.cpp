// SPDX-License-Identifier: BSL-1.0
#include "new_password.hpp"
#include "pieces.hpp"

namespace wbm {

reply show_first_start(site_words const& words, std::string_view user, markup const& problem) {
    markup const fields =
        field({.label = "One-time secret",
               .name = "secret",
               .hint = "Sixteen letters and digits, shown on the console of the device.",
               .style = "code",
               .focus = true}) +
        field({.label = "Name", .name = "user", .autocomplete = "username", .value = user}) +
        new_password_fields("Password", "The password again") +
        html(R"(<button class="primary">Make the first administrator</button>)");
    markup const why = html(
        "<p>Nobody has an account on this device yet. Whoever can read its console makes the first "
        "one: an administrator.</p>");
    return framed_outside(words, "First start",
                          problem + why + open_form_to("/first-start", fields) + notification(words));
}

reply take_first_start(device& on, site_words const& words, request const& asked) {
    auto* const gate = on.first_start();
    if (gate == nullptr) return go_to("/login");
    std::string_view const user = sallyport::trimmed(asked.posted["user"]);
    sallyport::secret const fresh{asked.posted["fresh"]}, again{asked.posted["again"]};
    auto const try_again = [&](markup const& problem) {
        reply page = show_first_start(words, user, problem);
        page.status = 422;
        return page;
    };

    // What can be mended without the secret is said first: a slip in the password costs no try.
    if (!sallyport::well_formed_name(user)) return try_again(bad_news("A name has 1 to 64 bytes."));
    if (!fresh.equals(again)) return try_again(bad_news("The two passwords are not the same."));
    if (auto const found = on.accounts().policy().check(fresh, user); !found.empty())
        return try_again(each(found, [](auto const one) { return bad_news(explain(one)); }));

    auto const proven = confirm(*gate, first_start_user, asked.posted["secret"], asked.source);
    if (!proven)
        return as_refused(
            try_again(refusal(proven.error(), {}, "This is not the secret that the console shows.")),
            proven.error());
    auto const made =
        on.accounts().first_administrator({.is = first_start_user, .source = asked.source}, user, fresh);
    if (!made) return try_again(bad_news(made.problem));
    on.started();
    return go_to("/login?done=started");
}

}  // namespace wbm
