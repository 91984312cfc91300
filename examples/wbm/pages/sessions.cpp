// SPDX-License-Identifier: BSL-1.0
#include "page.hpp"

#include "../words.hpp"

#include <algorithm>
#include <charconv>

namespace wbm {
namespace {

std::optional<std::uint64_t> number(std::string_view text) {
    std::uint64_t n = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
    return error == std::errc{} && end == text.data() + text.size() ? std::optional{n} : std::nullopt;
}

constexpr auto administrators = sallyport::role::plcnext_roles.set({"Admin", "SecurityEngineer"});

reply shown(call const& c, markup const& problem) {
    auto desk = c.on.gate().administer(c.who.name());
    auto open = desk.sessions();
    std::sort(open.begin(), open.end(), [](auto const& a, auto const& b) { return a.number < b.number; });
    auto const now = c.on.gate().clock().now().steady;
    bool const may_act = c.who.may(administrators);

    markup const rows = each(open, [&](sallyport::session::session_info const& s) {
        bool const mine = s.number == c.who.session.number;
        std::string const left =
            s.ends == sallyport::nanoseconds::max() ? "stays open" : "ends in " + span(s.ends - now);
        markup const act = mine      ? html(R"(<span class="faint">this one</span>)")
                           : may_act ? button_to(c.who, "/sessions/close", "number", std::to_string(s.number),
                                                 "Close", "session " + std::to_string(s.number), "danger")
                                     : markup{};
        return html(
            R"(<tr><td data-label="Number">{}</td><th scope="row" data-label="User"><bdi>{}</bdi></th><td data-label="Roles">{}</td>
<td data-label="Came by">{}<span class="faint"> {}</span></td><td data-label="Since">{}</td>
<td data-label="Used">{} ago<br><span class="faint">{}</span></td><td class="act">{}</td></tr>)",
            s.number, s.as.is.view(),
            s.as.marked(sallyport::principal::must_change_password)
                ? html(R"(<span class="chip warn">must change password</span>)")
                : role_chips(s.as.roles),
            s.service.view(), s.source.to_string(), moment(s.since_wall), span(now - s.last_seen), left, act);
    });
    markup const maximum =
        may_act
            ? html(
                  R"(<section class="card narrow" aria-labelledby="maximum"><h2 id="maximum">Maximum</h2>{}</section>)",
                  form_to(c.who, "/sessions/maximum",
                          html(R"(
<label class="field"><span>Sessions at once</span>
<input name="maximum" type="number" min="1" max="128" value="{}" required inputmode="numeric"></label>
<p class="hint">It holds over all services. Sessions that are open stay open, also above it.</p>
<button>Set maximum</button>)",
                               desk.session_maximum())))
            : markup{};
    return framed(c, "Sessions",
                  html(R"({}
<p class="lead">{} of {} at once, over all services.</p>
<div class="card flush"><table>
<thead><tr><th scope="col">Number</th><th scope="col">User</th><th scope="col">Roles</th><th scope="col">Came by</th>
<th scope="col">Since</th><th scope="col">Used</th><th><span class="spoken">Act</span></th></tr></thead>
<tbody>{}</tbody></table></div>
{})",
                       problem, open.size(), desk.session_maximum(), rows, maximum));
}

}  // namespace

reply show_sessions(call const& c) { return shown(c, {}); }

reply take_session_close(call const& c) {
    auto const which = number(c.asked.posted["number"]);
    bool const closed = which && c.on.gate().administer(c.who.name()).close(*which);
    return go_to(closed ? "/sessions?done=closed" : "/sessions?done=gone");
}

reply take_session_maximum(call const& c) {
    constexpr std::uint64_t most = sallyport::house_options{}.places;
    auto const n = number(c.asked.posted["maximum"]);
    bool const set = n && *n >= 1 && *n <= most &&
                     c.on.gate().administer(c.who.name()).set_session_maximum(static_cast<std::uint32_t>(*n));
    if (set) return go_to("/sessions?done=maximum");
    reply page = shown(c, bad_news("The maximum is a number from 1 to 128."));
    page.status = 422;
    return page;
}

}  // namespace wbm
