// SPDX-License-Identifier: BSL-1.0
#include "../words.hpp"
#include "pieces.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>

namespace wbm {
namespace {

using sallyport::session::session_info;

constexpr std::uint32_t most = sallyport::house_options{}.places;

std::optional<std::uint64_t> number(std::string_view text) {
    std::uint64_t n = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
    return error == std::errc{} && end == text.data() + text.size() ? std::optional{n} : std::nullopt;
}

markup row(call const& c, session_info const& s, sallyport::nanoseconds now) {
    std::string const number = std::to_string(s.number);
    markup act;
    if (s.number == c.who.session.number)
        act = faint("this one");
    else if (c.may_act("/sessions/close"))
        act = button_to(c.who, "/sessions/close", "number", number, "Close", "session " + number, "danger");
    std::string const left =
        s.ends == sallyport::nanoseconds::max() ? "stays open" : "ends in " + span(s.ends - now);
    bool const must_change = s.as.marked(sallyport::principal::must_change_password);
    return html("<tr>{}{}{}{}{}{}{}</tr>", cell("Number", html("{}", s.number)),
                head_cell("User", name_of(s.as.is.view())),
                cell("Roles", must_change ? chip("must change password", "warn") : role_chips(s.as.roles)),
                cell("Came by", html("{} {}", s.service.view(), faint(s.source.to_string()))),
                cell("Since", html("{}", moment(s.since_wall))),
                cell("Used", html("{} ago<br>{}", span(now - s.last_seen), faint(left))), act_cell(act));
}

reply shown(call const& c, markup const& problem) {
    auto desk = c.on.gate().administer(c.who.name());
    auto open = desk.sessions();
    std::sort(open.begin(), open.end(), [](auto const& a, auto const& b) { return a.number < b.number; });
    auto const now = c.on.gate().clock().now().steady;
    markup const rows = each(open, [&](session_info const& s) { return row(c, s, now); });

    markup maximum;
    if (c.may_act("/sessions/maximum"))
        maximum = section("Maximum",
                          form_to(c.who, "/sessions/maximum",
                                  html(R"(<label class="field"><span>Sessions at once</span>
<input name="maximum" type="number" min="1" max="{}" value="{}" required></label>
<p class="hint">It holds over all services. Sessions that are open stay open, also above it.</p>
<button>Set maximum</button>)",
                                       most, desk.session_maximum())),
                          "narrow");
    return framed(
        c, "Sessions",
        problem +
            lead(fmt::format("{} of {} at once, over all services.", open.size(), desk.session_maximum())) +
            table({"Number", "User", "Roles", "Came by", "Since", "Used", ""}, rows) + maximum);
}

}  // namespace

reply show_sessions(call const& c) { return shown(c, {}); }

reply take_session_close(call const& c) {
    auto const which = number(c.asked.posted["number"]);
    bool const closed = which && c.on.gate().administer(c.who.name()).close(*which);
    return go_to(closed ? "/sessions?done=closed" : "/sessions?done=gone");
}

reply take_session_maximum(call const& c) {
    auto const n = number(c.asked.posted["maximum"]);
    if (n && *n >= 1 && *n <= most &&
        c.on.gate().administer(c.who.name()).set_session_maximum(static_cast<std::uint32_t>(*n)))
        return go_to("/sessions?done=maximum");
    reply page = shown(c, bad_news(fmt::format("The maximum is a number from 1 to {}.", most)));
    page.status = 422;
    return page;
}

}  // namespace wbm
