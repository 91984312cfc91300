// SPDX-License-Identifier: BSL-1.0
#include "../words.hpp"
#include "pieces.hpp"

#include <sallyport/audit/catalogue.hpp>
#include <sallyport/audit/explain.hpp>
#include <sallyport/audit/filter.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>
#include <limits>
#include <optional>
#include <string>
#include <system_error>

namespace wbm {

namespace audit = sallyport::audit;

namespace {

constexpr std::array severities{audit::severity::info, audit::severity::notice, audit::severity::warning,
                                audit::severity::error};

markup row(audit::event const& e) {
    std::string_view const severity = to_string(severity_of(e));
    // What nobody needs to do need not be said.
    bool const advises = remedy(e) != "Nothing needs to be done.";
    bool const refuses = e.why.why != sallyport::reason::none;
    return html(
        R"(<tr class="is-{}"><td data-label="Time" class="when">{}</td>
<td class="text"><p>{}</p>{}</td>{}{}</tr>)",
        severity, moment(e.at.wall), sentence(e),
        advises ? html(R"(<p class="faint">{}</p>)", remedy(e)) : markup{},
        cell("Event", html(R"(<code>{}</code>{})", to_string(e.id),
                           refuses ? html("<br><code>{}</code>", to_string(e.why.why)) : markup{})),
        cell("Severity", chip(severity, severity)));
}

/// A list to choose from; `any`: the first line, if there is one that stands for all.
template <class Range, class Chosen>
markup choice(std::string_view label, std::string_view name, std::string_view any, Range const& all,
              Chosen const& chosen) {
    markup const lines = each(all, [&](auto const one) {
        return html(R"(<option value="{}"{}>{}</option>)", to_string(one),
                    chosen == one ? html(" selected") : markup{}, to_string(one));
    });
    return html(R"(<label class="field"><span>{}</span><select name="{}">{}{}</select></label>)", label, name,
                any.empty() ? markup{} : html(R"(<option value="">{}</option>)", any), lines);
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
    std::string_view const user = c.asked.query["user"], why = c.asked.query["reason"],
                           least = c.asked.query["least"], from = c.asked.query["before"];
    audit::filter const wanted{.why = named(audit::refusals, why),
                               .user = user,
                               .least = named(severities, least).value_or(audit::severity::info)};
    std::uint64_t before = std::numeric_limits<std::uint64_t>::max();
    auto const read = std::from_chars(from.data(), from.data() + from.size(), before);
    bool const readable = from.empty() || (read.ec == std::errc{} && read.ptr == from.data() + from.size());
    // Who asks for what there is not is shown nothing, rather than everything.
    bool const answerable =
        readable && (why.empty() || wanted.why) && (least.empty() || named(severities, least));
    auto seen = c.on.told().recent.snapshot(wanted, answerable ? a_page + 1 : 0, before);
    bool const more = seen.size() > a_page;
    if (more) seen.pop_back();

    markup const search = html(R"(<form method="get" action="/log" class="card bar" role="search">
{}{}{}<button>Show</button> <a class="button quiet" href="/log">All</a></form>)",
                               field({.label = "User", .name = "user", .value = user, .required = false}),
                               choice("Reason", "reason", "any", audit::refusals, wanted.why),
                               choice("At least", "least", {}, severities, wanted.least));
    markup const rows = each(seen, [](auto const& entry) { return row(entry.what); });
    markup older;
    if (more)
        older = html(R"(<p><a class="button" href="{}">Older</a></p>)",
                     fmt::format("/log?user={}&reason={}&least={}&before={}", in_address(user),
                                 in_address(why), in_address(least), seen.back().number));
    return framed(c, "Log",
                  search +
                      (seen.empty() ? html(R"(<p class="card empty">Nothing of that kind has happened.</p>)")
                                    : table({"Time", "What happened, and what to do", "Event", "Severity"},
                                            rows, "log")) +
                      older);
}

}  // namespace wbm
