// SPDX-License-Identifier: BSL-1.0
// Who is made to wait, which machines nobody has told, and who is paired with what.
#include "../thumbprint_digits.hpp"
#include "../words.hpp"
#include "pairs.hpp"

#include <sallyport/core/name_rules.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace wbm {
namespace {

using sallyport::nanoseconds;
using sallyport::pair_entry;
using sallyport::penalty_entry;
using sallyport::audit::stale_client_entry;

constexpr std::size_t most = 200;  // of thousands that a sprayer may leave behind

/// The lines that belong to one name, or to one place.
struct group {
    penalty_entry of{};
    std::vector<penalty_entry> lines{};
    nanoseconds longest{};
};

bool of_a_place(penalty_entry const& p) { return p.account.empty() && !p.shared && p.source.known(); }
bool of_a_device(penalty_entry const& p) { return p.account.empty() && p.lane == "device"; }
bool waits(penalty_entry const& p) { return p.delay > nanoseconds::zero(); }

std::vector<group> grouped(std::vector<penalty_entry> const& list) {
    std::vector<group> all;
    for (penalty_entry const& p : list) {
        auto const same = [&](group const& g) {
            if (of_a_place(p)) return of_a_place(g.of) && g.of.source == p.source;
            if (of_a_device(p)) return of_a_device(g.of);
            return !of_a_place(g.of) && !of_a_device(g.of) && g.of.account == p.account &&
                   g.of.known == p.known && g.of.shared == p.shared;
        };
        auto at = std::find_if(all.begin(), all.end(), same);
        if (at == all.end()) at = all.insert(all.end(), group{.of = p});
        at->lines.push_back(p);
        at->longest = std::max(at->longest, p.delay);
    }
    std::stable_sort(all.begin(), all.end(),
                     [](group const& a, group const& b) { return a.longest > b.longest; });
    return all;
}

/// A name that breaks the rules of form is charged to its hash, behind a byte that stands in no name.
bool malformed(penalty_entry const& p) { return sallyport::is_made_up(p.account.view()); }

markup whose(penalty_entry const& p) {
    if (of_a_place(p)) return html("Any name, from {}", p.source.to_string());
    if (of_a_device(p)) return html("Any name, from one device");
    if (p.shared || p.account.empty()) return faint("what came when the list was full");
    if (malformed(p)) return faint("a name that breaks the rules of form");
    return name_of(p.account.view());
}

/// Who pays that lane.
markup who_pays(penalty_entry const& p) {
    struct words {
        std::string_view lane, before;
        bool place = false, device = false;
    };
    constexpr std::array all{
        words{"strangers", "All strangers together"},
        words{"trusted", "All trusted applications together"},
        words{"console", "At the device\u2019s own panel"},
        words{"account_and_source", "From", true},
        words{"repeat_of_source", "The same one again, from", true},
        words{"repeat_of_device", "The same one again, from a trusted application"},
        words{"paired", "Paired device", false, true},
        words{"repeat_of_pair", "The same one again, from paired device", false, true},
        words{"source", "From that place"},
        words{"network", "From its network"},
        words{"wide_network", "From its wider network"},
        words{"elsewhere", "From all other places"},
        words{"device", "One device, for any name"},
    };
    auto const* const w =
        std::find_if(all.begin(), all.end(), [&](auto const& a) { return a.lane == p.lane; });
    if (w == all.end()) return html("{}", p.lane);
    if (w->place) return html("{} {}", w->before, p.source.to_string());
    if (w->device) return html("{} <code>{}</code>", w->before, short_name(p.device));
    return html("{}", w->before);
}

markup line(penalty_entry const& p) {
    std::string const counted =
        p.failures == 0 ? "one is being checked" : fmt::format("{} wrong", p.failures);
    return html("<li><span>{}</span> <span>{}{}</span></li>", who_pays(p), counted,
                waits(p) ? html(", {}", chip("waits " + span(p.delay), "warn")) : markup{});
}

/// Its lines; of places that need not wait only their number, for there may be many.
markup lines(group const& g) {
    std::size_t places = 0;
    markup all = each(g.lines, [&](penalty_entry const& p) {
        bool const one_of_many = p.lane == "account_and_source" && !waits(p);
        places += one_of_many ? 1 : 0;
        return one_of_many ? markup{} : line(p);
    });
    if (places != 0)
        all += html("<li>{}</li>",
                    faint(places == 1 ? std::string{"from one place, which need not wait"}
                                      : fmt::format("from {} places that need not wait", places)));
    return html(R"(<ul class="lanes">{}</ul>)", all);
}

markup row(call const& c, group const& g) {
    penalty_entry const& p = g.of;
    bool const place = of_a_place(p);
    bool const can_be_cleared =
        (place || !(p.shared || p.account.empty() || malformed(p))) && c.may_act("/penalties/clear");
    std::string const said = place ? p.source.to_string() : std::string{p.account.view()};
    markup const on_file = p.account.empty() ? faint("\u2013") : html("{}", p.known ? "yes" : "no");
    return html("<tr>{}{}{}{}</tr>", head_cell("Name", whose(p)), cell("On file", on_file),
                cell("Counted for", lines(g)),
                act_cell(can_be_cleared ? button_to(c.who, "/penalties/clear", place ? "source" : "user",
                                                    said, "Clear", said)
                                        : markup{}));
}

markup penalties(call const& c) {
    auto all = grouped(c.on.gate().administer(c.who.name()).penalties());
    // A place that need not wait is nobody's affair.
    std::erase_if(all, [](group const& g) {
        return (of_a_place(g.of) || of_a_device(g.of)) && g.longest == nanoseconds::zero();
    });
    std::size_t const hidden = all.size() - std::min(all.size(), most);
    all.resize(all.size() - hidden);
    return (all.empty() ? html(R"(<p class="card empty">Nobody has failed.</p>)")
                        : table({"Name", "On file", "Counted for", ""},
                                each(all, [&](group const& g) { return row(c, g); }))) +
           (hidden > 0 ? lead(fmt::format("\u2026 and {} more.", hidden)) : markup{});
}

/// "A client at wbm, from 192.0.2.7, …": which machine it is, and what is to be done about it.
markup machine(stale_client_entry const& m) {
    markup where = html("at {} from {}", m.service.view(),
                        m.source.known() ? m.source.to_string() : std::string{"an unknown place"});
    if (m.device.known()) where += html(", device <code>{}</code>", short_name(m.device));
    markup how_often;
    if (m.times > 1)
        how_often = html(", every {} since {} ({} times when it was last told of)", interval(m.every),
                         moment(m.since_wall), m.times);
    return html(
        R"(<li>{} <strong>{}</strong>
<p>A client {} sends {} password again and again{}.</p>
<p class="faint">{}</p></li>)",
        m.administers ? chip("administrator\u2019s account", "error") : chip("delays nobody", "good"),
        name_of(m.user.view()), where,
        m.sends_old_secret ? html("the one before the last change, not the present") : html("one wrong"),
        how_often,
        m.administers
            ? "A machine should not have an administrator\u2019s password. Give it an account of its "
              "own, with the roles that it needs and no more."
        : m.let_in_since ? "The right password has come from there since: it may have been told by now."
                         : "Find it and give it the present password, or stop it. Until then nobody else "
                           "waits because of it.");
}

markup machines(call const& c) {
    auto const all = c.on.told().stale.list(c.on.gate().clock().now());
    if (all.empty()) return {};
    return section("Machines that nobody told", html(R"(<ul class="findings">{}</ul>)", each(all, machine)));
}

markup pair_row(call const& c, pair_entry const& p) {
    std::string_view const user = p.account.view();
    bool const waits = p.delay > nanoseconds::zero();
    markup const state = waits ? html("<br>{}", chip("waits " + span(p.delay), "warn")) : markup{};
    markup act;
    if (c.may_act("/penalties/revoke"))
        act =
            form_to(c.who, "/penalties/revoke",
                    hidden("user", user) + hidden("device", digits_of(p.device)) +
                        html(R"(<button class="quiet">Revoke<span class="spoken"> {} of {}</span></button>)",
                             short_name(p.device), user));
    return html("<tr>{}{}{}{}</tr>", head_cell("Name", name_of(user)),
                cell("Device", which_device(p) + state), cell("Last used", since(p)), act_cell(act));
}

markup pairs(call const& c) {
    auto all = c.on.gate().administer(c.who.name()).pairs();
    std::sort(all.begin(), all.end(), [](pair_entry const& a, pair_entry const& b) {
        return std::pair{a.account.view(), -a.used_wall.count()} <
               std::pair{b.account.view(), -b.used_wall.count()};
    });
    std::vector<std::string_view> names;
    for (pair_entry const& p : all)
        if (names.empty() || names.back() != p.account.view()) names.push_back(p.account.view());
    markup revoke_all;
    if (!all.empty() && c.may_act("/penalties/revoke-all"))
        revoke_all = section(
            "Revoke all of a user",
            form_to(c.who, "/penalties/revoke-all",
                    html(R"(<label class="field"><span>User</span><select name="user">{}</select></label>
<p class="hint">When somebody else knows the password: reset that too. At the next right password a device is
paired anew.</p>
<button class="danger">Revoke all</button>)",
                         each(names, [](std::string_view n) { return html("<option>{}</option>", n); }))),
            "narrow");
    std::size_t const hidden_ones = all.size() - std::min(all.size(), most);
    all.resize(all.size() - hidden_ones);
    return html("<h2>Paired devices</h2>") +
           lead(
               "Whoever has logged in from a device is paired with it. No guessing elsewhere keeps him out "
               "there, and what is guessed on that device is counted for it alone.") +
           (all.empty() ? html(R"(<p class="card empty">Nobody is paired with anything yet.</p>)")
                        : table({"Name", "Device", "Last used", ""},
                                each(all, [&](pair_entry const& p) { return pair_row(c, p); }))) +
           (hidden_ones > 0 ? lead(fmt::format("\u2026 and {} more.", hidden_ones)) : markup{}) + revoke_all;
}

}  // namespace

reply show_penalties(call const& c) {
    constexpr auto a_day = guesses_a_day.strangers;
    return framed(
        c, "Penalties",
        lead(fmt::format(
            "A wrong password is counted for whoever sends it: strangers share one budget an "
            "account, at most {} wrong ones a day, and each place and each paired device has its "
            "own. Who comes while he waits is refused, and it changes nothing. Open sessions go on.",
            a_day)) +
            penalties(c) + machines(c) + pairs(c));
}

reply take_penalty_clear(call const& c) {
    auto desk = c.on.gate().administer(c.who.name());
    std::string_view const place = c.asked.posted["source"], user = c.asked.posted["user"];
    bool cleared = false;
    if (place.empty()) {
        cleared = !user.empty() && desk.clear_penalty(user);
    } else if (user.empty()) {  // a form names the one or the other
        for (penalty_entry const& p : desk.penalties())
            if (of_a_place(p) && p.source.to_string() == place)
                cleared = desk.clear_penalty({}, p.source) || cleared;
    }
    return go_to(cleared ? "/penalties?done=cleared" : "/penalties?done=nothing");
}

reply take_pair_revoke(call const& c) {
    auto const id = print_of(c.asked.posted["device"]);
    bool const gone = id && c.on.gate().administer(c.who.name()).revoke_pair(c.asked.posted["user"], *id);
    return go_to(gone ? "/penalties?done=revoked" : "/penalties?done=unpaired");
}

reply take_pairs_revoke(call const& c) {
    bool const gone = c.on.gate().administer(c.who.name()).revoke_pairs(c.asked.posted["user"]) != 0;
    return go_to(gone ? "/penalties?done=all-revoked" : "/penalties?done=unpaired");
}

}  // namespace wbm
