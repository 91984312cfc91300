// SPDX-License-Identifier: BSL-1.0
#include "page.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

namespace wbm {
namespace {

constexpr auto const& roles = sallyport::role::plcnext_roles;

std::vector<std::string> chosen_roles(request const& asked) {
    std::vector<std::string> chosen;
    asked.posted.each("role", [&](std::string_view name) { chosen.emplace_back(name); });
    return chosen;
}

/// The checkboxes of a user's roles; those of the HMI stand apart.
markup role_boxes(sallyport::role_set held) {
    auto const boxes = [&](bool hmi) {
        markup all;
        for (unsigned bit = 0; bit < roles.size(); ++bit) {
            std::string_view const name = roles.name(bit);
            if (name.starts_with("EHmi") != hmi) continue;
            all += html(R"(<label class="box"><input type="checkbox" name="role" value="{}"{}> {}</label>)",
                        name, held.has(bit) ? html(" checked") : markup{}, name);
        }
        return all;
    };
    return html(R"(<fieldset><legend>Roles</legend><div class="boxes">{}</div></fieldset>
<fieldset><legend>Roles on the HMI</legend><div class="boxes small">{}</div></fieldset>)",
                boxes(false), boxes(true));
}

markup state_of(sallyport::identity::listed_account const& a) {
    if (a.disabled) return html(R"(<span class="chip error">disabled</span>)");
    if (a.must_change_password) return html(R"(<span class="chip warn">must change password</span>)");
    return html(R"(<span class="chip good">enabled</span>)");
}

reply shown_list(call const& c, markup const& problem, std::string_view typed = {},
                 sallyport::role_set ticked = {}) {
    auto all = c.on.who().list();
    std::sort(all.begin(), all.end(), [](auto const& a, auto const& b) { return a.is.view() < b.is.view(); });
    markup const rows = each(all, [&](sallyport::identity::listed_account const& a) {
        return html(
            R"(<tr><th scope="row" data-label="Name"><a href="/users/one?name={}"><bdi>{}</bdi></a></th><td data-label="Roles">{}</td>
<td data-label="State">{}</td></tr>)",
            in_address(a.is.view()), a.is.view(), role_chips(a.roles), state_of(a));
    });
    return framed(c, "Users",
                  html(R"({}
<div class="card flush"><table>
<thead><tr><th scope="col">Name</th><th scope="col">Roles</th><th scope="col">State</th></tr></thead>
<tbody>{}</tbody></table></div>
<section class="card" aria-labelledby="add"><h2 id="add">Add a user</h2>{}</section>)",
                       problem, rows,
                       form_to(c.who, "/users/add",
                               html(R"(
<label class="field short"><span>Name</span>
<input name="name" value="{}" autocomplete="off" autocapitalize="none" spellcheck="false" maxlength="64" required></label>
{}
<p class="hint">A temporary password is made and shown once. Its owner has to change it before anything else.</p>
<button class="primary">Add</button>)",
                                    typed, role_boxes(ticked)))));
}

reply shown_one(call const& c, sallyport::identity::account_record const& a, markup const& problem,
                int status = 200) {
    auto const held = sallyport::identity::roles_of(a, roles);
    if (auto const no = objection(c.who.acts(), a.name, held, {}); !no.empty())
        return framed(
            c, a.name,
            html(R"({}<div class="card"><dl><dt>Roles</dt><dd>{}</dd></dl><p class="faint">{}</p></div>)",
                 problem, role_chips(held), no),
            status);
    markup const hidden = html(R"(<input type="hidden" name="name" value="{}">)", a.name);
    markup const change_roles =
        form_to(c.who, "/users/roles",
                html(R"({}{}<button class="primary">Save roles</button>)", hidden, role_boxes(held)));
    markup const toggle =
        form_to(c.who, "/users/disable",
                html(R"({}<input type="hidden" name="disabled" value="{}"><p>{}</p><button>{}</button>)",
                     hidden, a.disabled ? "no" : "yes",
                     a.disabled ? "It is disabled. Nobody can log in with it."
                                : "A disabled account cannot log in, and its sessions end at once.",
                     a.disabled ? "Enable" : "Disable"));
    markup const reset =
        form_to(c.who, "/users/reset",
                html(R"({}<p>A temporary password takes the place of the one that is lost or known to
others. Sessions of this user end at once.</p><button>Reset password</button>)",
                     hidden));
    markup const remove =
        form_to(c.who, "/users/remove",
                html(R"({}<label class="box"><input type="checkbox" name="sure" value="yes" required>
Remove this account for good</label><button class="danger">Remove</button>)",
                     hidden));
    return framed(c, a.name,
                  html(R"({}
<p><a href="/users">All users</a></p>
<section class="card" aria-label="Roles">{}</section>
<div class="columns">
<section class="card" aria-labelledby="state"><h2 id="state">State</h2>{}</section>
<section class="card" aria-labelledby="reset"><h2 id="reset">Password</h2>{}</section>
<section class="card" aria-labelledby="remove"><h2 id="remove">Remove</h2>{}</section>
</div>)",
                       problem, change_roles, toggle, reset, remove),
                  status);
}

/// Once, on this answer alone: it is kept nowhere.
reply shown_password(call const& c, std::string_view user, std::string_view password) {
    return framed(c, "Temporary password",
                  html(R"(<div class="card narrow">
<p>For <strong><bdi>{}</bdi></strong>. It is shown this once; it must be changed at the first login.</p>
<p class="code" data-password>{}</p>
<p><a class="button" href="/users">All users</a></p>
</div>)",
                       user, password));
}

/// Does `act` to the account that the form names; where it cannot be done the account's page says why.
template <class Act>
reply with_account(call const& c, std::string_view done, Act act) {
    std::string_view const name = c.asked.posted["name"];
    outcome const out = act(name);
    if (out && !out.password.empty()) return shown_password(c, name, out.password);
    if (out) return go_to("/users?done=" + std::string{done});
    auto const a = c.on.accounts().find(name);
    return a ? shown_one(c, *a, bad_news(out.problem), 422) : shown_list(c, bad_news(out.problem));
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
    bool const disable = c.asked.posted["disabled"] == "yes";
    return with_account(c, disable ? "disabled" : "enabled",
                        [&](auto name) { return c.on.accounts().set_disabled(c.who.acts(), name, disable); });
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
