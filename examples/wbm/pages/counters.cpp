// SPDX-License-Identifier: BSL-1.0
#include "page.hpp"

#include <sallyport/audit/catalogue.hpp>
#include <sallyport/audit/counters.hpp>

#include <array>

namespace wbm {

namespace audit = sallyport::audit;

namespace {

markup row(std::string_view name, std::uint64_t n) {
    return html(R"(<tr class="{}"><th scope="row"><code>{}</code></th><td class="number">{}</td></tr>)",
                n == 0 ? "zero" : "", name, n);
}
markup table(std::string_view title, markup const& rows) {
    return html(
        R"(<section class="card flush"><h2>{}</h2><table class="plain"><thead class="spoken"><tr><th scope="col">Name</th>
<th scope="col">Times</th></tr></thead><tbody>{}</tbody></table></section>)",
        title, rows);
}

}  // namespace

reply show_counters(call const& c) {
    audit::counters const& n = c.on.told().totals;
    markup logins = row("admitted", n.of(audit::event_id::login_admitted));
    logins += each(audit::refusals, [&](auto why) { return row(to_string(why), n.of(why)); });
    markup losses = row("not written to the log", c.on.told().recent.lost());
    losses += row("not taken by a sink", c.on.gate().audit_losses());
    return framed(c, "Counters",
                  html(R"(
<p class="lead">Since this service started. For a monitoring system: <a href="/metrics">/metrics</a>, in Prometheus' text format.</p>
<div class="flow">{}{}{}{}</div>)",
                       table("Logins, and why they were refused", logins),
                       table("Sessions, by how they ended",
                             each(audit::endings, [&](auto how) { return row(to_string(how), n.of(how)); })),
                       table("Audit events that were lost", losses),
                       table("Events", each(audit::event_ids,
                                            [&](auto what) { return row(to_string(what), n.of(what)); }))));
}

reply show_metrics(call const& c) {
    return {.body = c.on.told().totals.prometheus(), .type = std::string{audit::counters::content_type}};
}

}  // namespace wbm
