// SPDX-License-Identifier: BSL-1.0
// What a user is paired with, and how he brings in what is new.
#include "../thumbprint_digits.hpp"
#include "pairs.hpp"

#include <sallyport/penalty/pairing_codes.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

namespace wbm {
namespace {

using sallyport::pair_entry;

sallyport::thumbprint this_browser(call const& c) {
    return c.on.browsers().proof(c.who.name(), c.asked.cookies).id();
}

markup row(call const& c, pair_entry const& p, bool is_this) {
    markup const what = which_device(p, is_this ? chip("this browser", "good") : markup{});
    return html("<tr>{}{}{}</tr>", head_cell("Device", what), cell("Last used", since(p)),
                act_cell(button_to(c.who, "/devices/revoke", "device", digits_of(p.device), "Revoke",
                                   short_name(p.device))));
}

reply shown(call const& c, markup const& problem) {
    auto mine = c.on.gate().administer(c.who.name()).pairs(c.who.name());
    std::sort(mine.begin(), mine.end(),
              [](auto const& a, auto const& b) { return a.used_wall > b.used_wall; });
    auto const here = this_browser(c);
    markup const rows = each(mine, [&](pair_entry const& p) { return row(c, p, p.device == here); });
    bool const others =
        std::any_of(mine.begin(), mine.end(), [&](pair_entry const& p) { return p.device != here; });

    markup const list =
        mine.empty() ? html(R"(<p class="card empty">None yet. This one is paired at your next login.</p>)")
                     : table({"Device", "Last used", ""}, rows);
    markup const all = others ? html(R"(<div class="below">{}</div>)",
                                     form_to(c.who, "/devices/revoke-others",
                                             html(R"(<button>Revoke all but this browser</button>)")))
                              : markup{};
    markup const code = section(
        "Bring in a new device",
        html("<p>While strangers guess your password, a device that is new is refused just as they are. A "
             "pairing code lets it in. Nobody needs one on a quiet day.</p>") +
            form_to(c.who, "/devices/code",
                    html(R"(<input type="hidden" name="user" value="{}" autocomplete="username">)",
                         c.who.name()) +
                        field({.label = "Your password",
                               .name = "password",
                               .type = "password",
                               .autocomplete = "current-password"}) +
                        html(R"(<button class="primary">Show a pairing code</button>)"),
                    "held"),
        "narrow");
    return framed(
        c, "Your devices",
        problem +
            lead("What you have logged in from. Whoever guesses your password elsewhere cannot keep "
                 "you out of these. Revoke what is lost, or not yours.") +
            list + all + code);
}

/// Once, in this answer alone: it is kept nowhere.
reply shown_code(call const& c, sallyport::pairing_code const& code) {
    auto const minutes =
        std::chrono::duration_cast<std::chrono::minutes>(sallyport::penalty::pairing_codes::longest).count();
    return framed(c, "Pairing code",
                  html(R"(<div class="card narrow">
<p>For <strong>{}</strong>, good for {} minutes and for one device. It is shown this once.</p>
<p class="code" data-code>{}</p>
<ol>
<li>Open the login page on the new device.</li>
<li>Enter your name and your password.</li>
<li>Open <em>I have a pairing code</em>, and enter this.</li>
</ol>
<p class="faint">Tell it to nobody. After five wrong tries it is worth nothing; another code takes its
place.</p>
<p><a class="button" href="/devices">Done</a></p></div>)",
                       name_of(c.who.name()), minutes, code.view()));
}

}  // namespace

reply show_devices(call const& c) { return shown(c, {}); }

reply take_device_revoke(call const& c) {
    auto const id = print_of(c.asked.posted["device"]);
    if (!id || !c.on.gate().administer(c.who.name()).revoke_pair(c.who.name(), *id))
        return go_to("/devices?done=unpaired");
    if (*id != this_browser(c)) return go_to("/devices?done=revoked");
    return go_to("/devices?done=forgotten-here").with("Set-Cookie", c.on.browsers().forget(c.who.name()));
}

std::size_t revoke_others(call const& c) {
    auto desk = c.on.gate().administer(c.who.name());
    auto const here = this_browser(c);
    std::size_t gone = 0;
    for (pair_entry const& p : desk.pairs(c.who.name()))
        if (p.device != here) gone += desk.revoke_pair(c.who.name(), p.device) ? 1 : 0;
    return gone;
}
reply take_other_devices_revoke(call const& c) {
    return go_to(revoke_others(c) != 0 ? "/devices?done=all-revoked" : "/devices?done=unpaired");
}

reply take_device_code(call const& c) {
    // It goes through the gate as any password does: a penalty can refuse it, and a wrong one counts.
    auto const code =
        c.on.gate().issue_pairing_code(c.who.session.number, sallyport::secret{c.asked.posted["password"]});
    if (code) return shown_code(c, *code);
    return as_refused(shown(c, refusal(code.error(), {}, "The password is wrong.")), code.error());
}

}  // namespace wbm
