// SPDX-License-Identifier: BSL-1.0
#include "../words.hpp"
#include "pieces.hpp"

#include <sallyport/audit/explain.hpp>

#include <string>

namespace wbm {
namespace {

using sallyport::audit::event_id;

markup tile(std::string_view label, std::uint64_t value, std::string_view more) {
    return html(R"(<div class="tile"><span class="label">{}</span><span class="value">{}</span>{}</div>)",
                label, value, faint(more));
}

markup tiles(call const& c) {
    auto& gate = c.on.gate();
    auto const& totals = c.on.told().totals;
    std::string const at_once = "of " + std::to_string(gate.administer({}).session_maximum()) + " at once";
    return html(R"(<div class="tiles">{}{}{}{}</div>)", tile("Sessions", gate.open_sessions(), at_once),
                tile("Accounts", c.on.who().size(), "on this device"),
                tile("Logins", totals.of(event_id::login_admitted), "admitted since start"),
                tile("Refused", totals.of(event_id::login_refused), "since start"));
}

markup session(sallyport::session::session_info const& me) {
    std::string const leaves = me.ends == sallyport::nanoseconds::max()
                                   ? "It stays open until it is closed."
                                   : "It ends when it is not used for " + span(me.ends - me.last_seen) + '.';
    return section("Your session", html(R"(<dl>
<dt>Number</dt><dd>{}</dd>
<dt>Since</dt><dd>{}</dd>
<dt>From</dt><dd>{}</dd>
<dt>Roles</dt><dd>{}</dd>
</dl>
<p class="faint">{}</p>)",
                                        me.number, moment(me.since_wall), me.source.to_string(),
                                        role_chips(me.as.roles), leaves));
}

/// What happened to this account lately, so that its owner can say "that was not me" (OWASP ASVS 5 6.3.5).
markup lately(call const& c) {
    markup lines;
    std::size_t n = 0;
    c.on.told().recent.for_each([&](auto const& entry) {
        sallyport::audit::event const& e = entry.what;
        bool const mine = sallyport::fold_name(e.user.view()) == sallyport::fold_name(c.who.name());
        if (!mine || e.id == event_id::session_changed) return true;
        lines +=
            html(R"(<li><span class="when">{}</span> <span>{}</span></li>)", moment(e.at.wall), sentence(e));
        return ++n < 8;
    });
    return section("Your account lately", html(R"(<ul class="events">{}</ul>
<p class="faint">Was any of this not you? Change your password, and tell an administrator.</p>)",
                                               lines));
}

}  // namespace

reply show_overview(call const& c) {
    bool const knows_the_time = c.on.gate().clock().now().wall_trusted;
    return framed(
        c, "Overview",
        (knows_the_time ? markup{}
                        : bad_news("The device's clock is not set: do not trust the times on these pages.")) +
            tiles(c) + html(R"(<div class="split">{}{}</div>)", session(c.who.session), lately(c)));
}

}  // namespace wbm
