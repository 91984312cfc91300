// SPDX-License-Identifier: BSL-1.0
#include "page.hpp"

#include "../words.hpp"

#include <algorithm>

namespace wbm {

reply show_penalties(call const& c) {
    auto list = c.on.gate().administer(c.who.name()).penalties();
    std::sort(list.begin(), list.end(), [](auto const& a, auto const& b) { return a.delay > b.delay; });
    constexpr std::size_t most = 200;  // of thousands that a sprayer may leave behind
    std::size_t const all = list.size();
    list.resize(std::min(all, most));
    bool const may_act =
        c.who.may(sallyport::role::plcnext_roles.set({"Admin", "UserManager", "SecurityEngineer"}));

    markup const rows = each(list, [&](sallyport::penalty_entry const& p) {
        // A name that breaks the rules of form is charged to its hash; no account can be called that.
        bool const malformed = p.account.view().starts_with('\xff');
        markup const name =
            p.shared    ? html(R"(<span class="faint">all names that came after the list was full</span>)")
            : malformed ? html(R"(<span class="faint">a name that breaks the rules of form</span>)")
                        : html("<bdi>{}</bdi>", p.account.view());
        markup const wait = p.delay > sallyport::nanoseconds::zero()
                                ? html(R"(<span class="chip warn">{}</span>)", span(p.delay))
                                : html(R"(<span class="faint">none now</span>)");
        markup const act = may_act && !p.shared && !malformed
                               ? button_to(c.who, "/penalties/clear", "user", p.account.view(), "Clear",
                                           p.account.view(), "quiet")
                               : markup{};
        return html(
            R"(<tr><th scope="row" data-label="Name">{}</th><td data-label="On file">{}</td><td data-label="Failures">{}</td>
<td data-label="Waits">{}</td><td class="act">{}</td></tr>)",
            name, p.known ? "yes" : "no", p.failures, wait, act);
    });
    return framed(c, "Penalties",
                  html(R"(
<p class="lead">After three wrong attempts in a row a name waits 10 s, then 30 s more for each, an hour at most, at every service. Open
sessions go on. A right login, an administrator, and a restart clear it.</p>
{}{})",
                       list.empty() ? html(R"(<p class="card empty">Nobody has failed.</p>)")
                                    : html(R"(<div class="card flush"><table>
<thead><tr><th scope="col">Name</th><th scope="col">On file</th><th scope="col">Failures</th><th scope="col">Waits</th>
<th><span class="spoken">Act</span></th></tr></thead>
<tbody>{}</tbody></table></div>)",
                                           rows),
                       all > most ? html(R"(<p class="faint">… and {} more.</p>)", all - most) : markup{}));
}

reply take_penalty_clear(call const& c) {
    bool const cleared = c.on.gate().administer(c.who.name()).clear_penalty(c.asked.posted["user"]);
    return go_to(cleared ? "/penalties?done=cleared" : "/penalties?done=nothing");
}

}  // namespace wbm
