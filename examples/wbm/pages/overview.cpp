// SPDX-License-Identifier: BSL-1.0
#include "page.hpp"

#include "../words.hpp"

#include <sallyport/audit/explain.hpp>

namespace wbm {
namespace {

markup tile(std::string_view label, std::string_view value, std::string_view more) {
    return html(
        R"(<div class="tile"><span class="label">{}</span><span class="value">{}</span><span class="faint">{}</span></div>)",
        label, value, more);
}

/// What happened to this account lately, so that its owner can say "that was not me" (OWASP ASVS 5 6.3.5).
markup lately(call const& c) {
    markup all;
    std::size_t n = 0;
    c.on.told().recent.for_each([&](auto const& entry) {
        sallyport::audit::event const& e = entry.what;
        bool const mine = sallyport::fold_name(e.user.view()) == sallyport::fold_name(c.who.name());
        if (!mine || e.id == sallyport::audit::event_id::session_changed) return true;
        sallyport::audit::line_buffer sentence;
        put_sentence(sentence, e);
        all += html(R"(<li><span class="when">{}</span> <span>{}</span></li>)", moment(e.at.wall),
                    std::string_view{sentence.data(), sentence.size()});
        return ++n < 8;
    });
    return html(
        R"(<section class="card" aria-labelledby="lately"><h2 id="lately">Your account lately</h2><ul class="events">{}</ul>
<p class="faint">Was any of this not you? Change your password, and tell an administrator.</p></section>)",
        all);
}

}  // namespace

reply show_overview(call const& c) {
    auto& gate = c.on.gate();
    auto const& me = c.who.session;
    auto const now = gate.clock().now();
    bool const warned = !now.wall_trusted;
    std::string const leaves = me.ends == sallyport::nanoseconds::max()
                                   ? std::string{"It stays open until it is closed."}
                                   : "It ends when it is not used for " + span(me.ends - me.last_seen) + ".";
    markup const tiles =
        tile("Sessions", std::to_string(gate.open_sessions()),
             "of " + std::to_string(gate.administer({}).session_maximum()) + " at once") +
        tile("Accounts", std::to_string(c.on.who().size()), "on this device") +
        tile("Logins", std::to_string(c.on.told().totals.of(sallyport::audit::event_id::login_admitted)),
             "admitted since start") +
        tile("Refused", std::to_string(c.on.told().totals.of(sallyport::audit::event_id::login_refused)),
             "since start");
    return framed(
        c, "Overview",
        html(R"({}
<div class="tiles">{}</div>
<div class="split">
<section class="card" aria-labelledby="session"><h2 id="session">Your session</h2>
<dl>
<dt>Number</dt><dd>{}</dd>
<dt>Since</dt><dd>{}</dd>
<dt>From</dt><dd>{}</dd>
<dt>Roles</dt><dd>{}</dd>
</dl>
<p class="faint">{}</p></section>
{}
</div>)",
             warned ? bad_news("The device's clock is not set: times on these pages are not to be trusted.")
                    : markup{},
             tiles, me.number, moment(me.since_wall), me.source.to_string(), role_chips(me.as.roles), leaves,
             lately(c)));
}

}  // namespace wbm
