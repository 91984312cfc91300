// SPDX-License-Identifier: BSL-1.0
#include "../words.hpp"
#include "pieces.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace wbm {
namespace {

using sallyport::penalty_entry;

/// A name that breaks the rules of form is charged to its hash, behind a byte that stands in no name.
bool malformed(penalty_entry const& p) { return p.account.view().starts_with('\xff'); }

markup whose(penalty_entry const& p) {
    if (p.shared) return faint("all names that came when the list was full");
    if (malformed(p)) return faint("a name that breaks the rules of form");
    return name_of(p.account.view());
}

markup row(call const& c, penalty_entry const& p) {
    bool const waits = p.delay > sallyport::nanoseconds::zero();
    bool const can_be_cleared = !p.shared && !malformed(p) && c.may_act("/penalties/clear");
    std::string_view const name = p.account.view();
    return html("<tr>{}{}{}{}{}</tr>", head_cell("Name", whose(p)),
                cell("On file", html("{}", p.known ? "yes" : "no")), cell("Failures", html("{}", p.failures)),
                cell("Waits", waits ? chip(span(p.delay), "warn") : faint("not now")),
                act_cell(can_be_cleared ? button_to(c.who, "/penalties/clear", "user", name, "Clear", name)
                                        : markup{}));
}

}  // namespace

reply show_penalties(call const& c) {
    auto list = c.on.gate().administer(c.who.name()).penalties();
    std::sort(list.begin(), list.end(), [](auto const& a, auto const& b) { return a.delay > b.delay; });
    constexpr std::size_t most = 200;  // of thousands that a sprayer may leave behind
    std::size_t const hidden = list.size() - std::min(list.size(), most);
    list.resize(list.size() - hidden);
    markup const rows = each(list, [&](penalty_entry const& p) { return row(c, p); });
    return framed(
        c, "Penalties",
        lead("After three wrong attempts in a row a name waits 10 s, then 30 s more for each, an hour at "
             "most, at every "
             "service. Open sessions go on. A right login, an administrator and a restart clear it.") +
            (list.empty() ? html(R"(<p class="card empty">Nobody has failed.</p>)")
                          : table({"Name", "On file", "Failures", "Waits", ""}, rows)) +
            (hidden > 0 ? lead(fmt::format("… and {} more.", hidden)) : markup{}));
}

reply take_penalty_clear(call const& c) {
    bool const cleared = c.on.gate().administer(c.who.name()).clear_penalty(c.asked.posted["user"]);
    return go_to(cleared ? "/penalties?done=cleared" : "/penalties?done=nothing");
}

}  // namespace wbm
