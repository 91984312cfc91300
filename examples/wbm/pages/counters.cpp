// SPDX-License-Identifier: BSL-1.0
#include "pieces.hpp"

#include <sallyport/audit/catalogue.hpp>
#include <sallyport/audit/counters.hpp>

namespace wbm {

namespace audit = sallyport::audit;

namespace {

markup line(std::string_view name, std::uint64_t n) {
    return html(R"(<tr class="{}"><th scope="row"><code>{}</code></th><td class="number">{}</td></tr>)",
                n == 0 ? "zero" : "", name, n);
}
markup lines(std::string_view heading, markup const& all) {
    return section(heading, html("<table><tbody>{}</tbody></table>", all), "flush");
}

}  // namespace

reply show_counters(call const& c) {
    audit::counters const& n = c.on.told().totals;
    auto const times = [&](auto const what) { return line(to_string(what), n.of(what)); };
    return framed(
        c, "Counters",
        html(R"(<p class="lead">Since this service started. For a monitoring system:
<a href="/metrics">/metrics</a>, in Prometheus' text format.</p>
<div class="flow">{}{}{}{}</div>)",
             lines("Logins",
                   line("admitted", n.of(audit::event_id::login_admitted)) + each(audit::refusals, times)),
             lines("Sessions that ended", each(audit::endings, times)),
             lines("Events that were lost", line("not written to the log", c.on.unwritten()) +
                                                line("not taken by a sink", c.on.gate().audit_losses())),
             lines("Events", each(audit::event_ids, times))));
}

reply show_metrics(call const& c) {
    return {.body = c.on.told().totals.prometheus(), .type = std::string{audit::counters::content_type}};
}

}  // namespace wbm
