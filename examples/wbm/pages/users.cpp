// SPDX-License-Identifier: BSL-1.0
#include "pieces.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace wbm {
namespace {

using sallyport::identity::account_record;
using sallyport::identity::listed_account;

constexpr auto const& roles = sallyport::role::plcnext_roles;

std::vector<std::string> chosen_roles(request const& asked) {
    std::vector<std::string> chosen;
    asked.posted.each("role", [&](std::string_view name) { chosen.emplace_back(name); });
    return chosen;
}

/// The roles of a user, to tick; those of the HMI stand apart.
markup role_boxes(sallyport::role_set held) {
    auto const group = [&](std::string_view legend, bool hmi, std::string_view style) {
        markup boxes;
        for (unsigned bit = 0; bit < roles.size(); ++bit)
            if (std::string_view const name = roles.name(bit); name.starts_with("EHmi") == hmi)
                boxes += box("role", name, name, held.has(bit));
        return html(R"(<fieldset><legend>{}</legend><div class="boxes {}">{}</div></fieldset>)", legend,
                    style, boxes);
    };
    return group("Roles", false, "") + group("Roles on the HMI", true, "small");
}

// ---- all of them --------------------------------------------------------------------------------

markup row(listed_account const& a) {
    markup const state = a.disabled               ? chip("disabled", "error")
                         : a.must_change_password ? chip("must change password", "warn")
                                                  : chip("enabled", "good");
    return html("<tr>{}{}{}</tr>",
                head_cell("Name", html(R"(<a href="/users/one?name={}">{}</a>)", in_address(a.is.view()),
                                       name_of(a.is.view()))),
                cell("Roles", role_chips(a.roles)), cell("State", state));
}

reply shown_list(call const& c, markup const& problem, std::string_view typed = {},
                 sallyport::role_set ticked = {}) {
    auto all = c.on.who().list();
    std::sort(all.begin(), all.end(), [](auto const& a, auto const& b) { return a.is.view() < b.is.view(); });
    markup const fields =
        field({.label = "Name", .name = "name", .value = typed, .style = "short"}) + role_boxes(ticked) +
        html(R"(<p class="hint">A temporary password is made and shown once. Its owner has to change
it before anything else.</p><button class="primary">Add</button>)");
    return framed(c, "Users",
                  problem + table({"Name", "Roles", "State"}, each(all, row)) +
                      section("Add a user", form_to(c.who, "/users/add", fields)));
}

// ---- one of them --------------------------------------------------------------------------------

reply shown_one(call const& c, account_record const& a, markup const& problem) {
    auto const held = sallyport::identity::roles_of(a, roles);
    markup const back = html(R"(<p><a href="/users">All users</a></p>)");
    if (auto const no = objection(c.who.acts(), a.name, held, {}); !no.empty())
        return framed(c, a.name,
                      problem + back + section("Roles", html("<p>{}</p>{}", role_chips(held), faint(no))));

    auto const form = [&](std::string_view action, markup const& inside) {
        return form_to(c.who, action, hidden("name", a.name) + inside);
    };
    std::string_view const now = a.disabled
                                     ? "It is disabled: nobody can log in with it."
                                     : "A disabled account cannot log in, and its sessions end at once.";
    markup const toggle = hidden("disabled", a.disabled ? "no" : "yes") +
                          html("<p>{}</p><button>{}</button>", now, a.disabled ? "Enable" : "Disable");
    return framed(
        c, a.name,
        problem + back +
            html(R"(<section class="card" aria-label="Roles">{}</section><div class="columns">{}{}{}</div>)",
                 form("/users/roles",
                      role_boxes(held) + html(R"(<button class="primary">Save roles</button>)")),
                 section("State", form("/users/disable", toggle)),
                 section("Password",
                         form("/users/reset", html(R"(<p>A temporary password takes the place of one that is
lost, or known to others. Sessions of this user end at once.</p><button>Reset password</button>)"))),
                 section("Remove", form("/users/remove",
                                        box("sure", "yes", "Remove this account for good", false, true) +
                                            html(R"(<button class="danger">Remove</button>)")))));
}

/// Once, in this answer alone: it is kept nowhere.
reply shown_password(call const& c, std::string_view user, std::string_view password) {
    return framed(c, "Temporary password",
                  html(R"(<div class="card narrow">
<p>For <strong>{}</strong>. It is shown this once, and must be changed at the first login.</p>
<p class="code" data-password>{}</p>
<p><a class="button" href="/users">All users</a></p></div>)",
                       name_of(user), password));
}

/// Does `act` to the account that the form names; where it cannot be done, the account's page says why.
template <class Act>
reply with_account(call const& c, std::string_view done, Act act) {
    std::string_view const name = c.asked.posted["name"];
    outcome const out = act(name);
    if (out && !out.password.empty()) return shown_password(c, name, out.password);
    if (out) return go_to("/users?done=" + std::string{done});
    auto const a = c.on.accounts().find(name);
    reply page = a ? shown_one(c, *a, bad_news(out.problem)) : shown_list(c, bad_news(out.problem));
    page.status = 422;
    return page;
}

}  // namespace

reply show_users(call const& c) { return shown_list(c, {}); }

reply show_user(call const& c) {
    auto const a = c.on.accounts().find(c.asked.query["name"]);
    return a ? shown_one(c, *a, {}) : shown_list(c, bad_news("There is no such account."));
}

reply take_user_add(call const& c) {
    std::string_view const name = sallyport::trimmed(c.asked.posted["name"]);
    auto const chosen = chosen_roles(c.asked);
    outcome const out = c.on.accounts().add(c.who.acts(), name, chosen);
    if (out) return shown_password(c, name, out.password);
    reply page =
        shown_list(c, bad_news(out.problem), name, sallyport::identity::roles_of({.roles = chosen}, roles));
    page.status = 422;
    return page;
}

reply take_user_roles(call const& c) {
    return with_account(c, "roles", [&](auto name) {
        return c.on.accounts().set_roles(c.who.acts(), name, chosen_roles(c.asked));
    });
}

reply take_user_disable(call const& c) {
    std::string_view const wanted = c.asked.posted["disabled"];
    bool const disable = wanted == "yes";
    return with_account(c, disable ? "disabled" : "enabled", [&](auto name) {
        // A field that was lost on the way enables nobody.
        if (!disable && wanted != "no")
            return outcome{.problem = "The form does not say whether to disable or to enable."};
        return c.on.accounts().set_disabled(c.who.acts(), name, disable);
    });
}

reply take_user_reset(call const& c) {
    return with_account(c, {}, [&](auto name) { return c.on.accounts().reset(c.who.acts(), name); });
}

reply take_user_remove(call const& c) {
    return with_account(c, "removed", [&](auto name) {
        if (c.asked.posted["sure"] != "yes") return outcome{.problem = "Say that you are sure."};
        return c.on.accounts().remove(c.who.acts(), name);
    });
}

}  // namespace wbm
