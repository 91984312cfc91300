// SPDX-License-Identifier: BSL-1.0
#include "page.hpp"

#include "../words.hpp"

#include <sallyport/audit/catalogue.hpp>
#include <sallyport/audit/explain.hpp>
#include <sallyport/audit/filter.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>
#include <limits>
#include <optional>

namespace wbm {

namespace audit = sallyport::audit;

namespace {

markup row(audit::event const& e) {
    audit::line_buffer sentence;
    put_sentence(sentence, e);
    std::string_view const severity = to_string(severity_of(e));
    // What nobody needs to do need not be said.
    markup const advice =
        remedy(e) == "Nothing needs to be done." ? markup{} : html(R"(<p class="faint">{}</p>)", remedy(e));
    markup const why = e.why.why == sallyport::reason::none
                           ? markup{}
                           : html(R"(<br><code>{}</code>)", to_string(e.why.why));
    return html(
        R"(<tr class="is-{}"><td data-label="Time" class="when">{}</td><td class="text"><p>{}</p>{}</td>
<td data-label="Event" class="codes"><code>{}</code>{}</td><td data-label="Severity"><span class="chip {}">{}</span></td></tr>)",
        severity, moment(e.at.wall), std::string_view{sentence.data(), sentence.size()}, advice,
        to_string(e.id), why, severity, severity);
}

/// The options of a list, with the chosen one chosen.
template <class Range, class Chosen>
markup options(Range const& all, Chosen const& chosen) {
    return each(all, [&](auto const one) {
        return html(R"(<option value="{}"{}>{}</option>)", to_string(one),
                    chosen == one ? html(" selected") : markup{}, to_string(one));
    });
}
/// The one of that name.
template <class Range>
auto named(Range const& all, std::string_view name) {
    auto const found =
        std::find_if(std::begin(all), std::end(all), [&](auto one) { return to_string(one) == name; });
    return found == std::end(all) ? std::nullopt : std::optional{*found};
}

}  // namespace

reply show_log(call const& c) {
    constexpr std::size_t a_page = 50;
    constexpr std::array severities{audit::severity::info, audit::severity::notice, audit::severity::warning,
                                    audit::severity::error};
    std::string_view const user = c.asked.query["user"], why = c.asked.query["reason"],
                           least = c.asked.query["least"], from = c.asked.query["before"];
    audit::filter const wanted{.why = named(audit::refusals, why),
                               .user = user,
                               .least = named(severities, least).value_or(audit::severity::info)};
    std::uint64_t before = std::numeric_limits<std::uint64_t>::max();
    (void)std::from_chars(from.data(), from.data() + from.size(), before);

    auto const seen = c.on.told().recent.snapshot(wanted, a_page + 1, before);
    std::size_t const shown = std::min(seen.size(), a_page);
    markup rows;
    for (std::size_t i = 0; i < shown; ++i) { rows += row(seen[i].what); }
    markup const older =
        seen.size() > a_page
            ? html(
                  R"(<p><a class="button" href="/log?user={}&amp;reason={}&amp;least={}&amp;before={}">Older</a></p>)",
                  in_address(user), in_address(why), in_address(least), seen[shown - 1].number)
            : markup{};
    return framed(c, "Log",
                  html(R"(
<form method="get" action="/log" class="card bar" role="search">
<label class="field"><span>User</span><input name="user" value="{}" autocapitalize="none" spellcheck="false"></label>
<label class="field"><span>Reason</span><select name="reason"><option value="">any</option>{}</select></label>
<label class="field least"><span>At least</span><select name="least">{}</select></label>
<button>Show</button>
<a class="button quiet" href="/log">All</a>
</form>
{}{})",
                       user, options(audit::refusals, wanted.why), options(severities, wanted.least),
                       shown == 0 ? html(R"(<p class="card empty">Nothing of that kind has happened.</p>)")
                                  : html(R"(<div class="card flush"><table class="log">
<thead><tr><th scope="col">Time</th><th scope="col">What happened, and what to do</th><th scope="col">Event</th>
<th scope="col">Severity</th></tr></thead>
<tbody>{}</tbody></table></div>)",
                                         rows),
                       older));
}

}  // namespace wbm
