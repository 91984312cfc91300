// SPDX-License-Identifier: BSL-1.0
// The page of one certificate: everything that stands in it, what would be said of it, and what can be done.
#include "../words.hpp"
#include "trust_words.hpp"

#include <sallyport/trust/authority.hpp>
#include <sallyport/trust/remedy.hpp>

#include <fmt/format.h>

namespace wbm {
namespace {

markup row(std::string_view what, markup const& is) { return html("<dt>{}</dt><dd>{}</dd>", what, is); }
markup row(std::string_view what, std::string_view is) {
    return row(what, html("<bdi>{}</bdi>", trust::detail::printable(is, 600)));
}

markup names(trust::certificate const& x) {
    markup all;
    for (auto const& u : x.uris()) all += row("ApplicationUri", u);
    if (x.uris().empty()) all += row("ApplicationUri", faint("none: as an OPC UA application it is refused"));
    for (auto const& d : x.dns_names()) all += row("Host", d);
    for (auto const& a : x.addresses()) all += row("Address", address_words(a));
    return all;
}
markup flaws(trust::certificate const& x) {
    if (x.flaws() == 0) return {};
    return bad_news(
        "It breaks the form of certificates, and is refused in every list. Its owner has to make a "
        "new one.");
}

/// Only where it is not in its time, or soon so.
markup lateness(trust::certificate const& x, sallyport::instant const& now) {
    bool const fine = x.covers(now.wall) && x.valid_until() - now.wall > std::chrono::days{30};
    return fine || !now.wall_trusted ? markup{}
                                     : html("<br>{}", until_chip(x.valid_from(), x.valid_until(), now));
}

/// What stands in it.
markup contents(call const& c, known_certificate const& it) {
    trust::certificate const& x = *it.certificate;
    return section(
        "What stands in it",
        flaws(x) +
            html("<dl>{}</dl>",
                 row("Subject", x.subject()) + row("Issuer", x.looks_self_signed() ? "itself" : x.issuer()) +
                     names(x) + row("Valid from", html("{}", moment(x.valid_from()))) +
                     row("Valid until",
                         html("{}{}", moment(x.valid_until()), lateness(x, c.on.trust().now()))) +
                     row("Key", key_words(x)) + row("Signature", x.signature_name()) +
                     row("Serial number", html("<code>{}</code>", x.serial())) +
                     row("Usage", usage_words(x)) + row("Purposes", extended_usage_words(x)) +
                     row("As a CA", constraint_words(x)) + row("SHA-1", grouped(trust::hex(x.thumb()))) +
                     row("File", it.file.empty()
                                     ? faint("not on disk yet")
                                     : html("<code>{}</code>", trust::detail::printable(it.file)))));
}

/// Why it was refused, and when.
markup story(known_certificate const& it) {
    if (!it.rejected) return {};
    trust::rejection const& r = *it.rejected;
    markup const why =
        r.reason == trust::status::good
            ? row("Why", faint("nobody knows: somebody put it here"))
            : row("Why", html("{}<br>{}", chip(to_string(r.reason)), faint(trust::remedy_of(r.reason))));
    return section("Refused",
                   html("<dl>{}{}{}{}{}</dl>", why, row("Last", html("{}", moment(r.last_seen))),
                        row("First", html("{}", moment(r.first_seen))), row("How often", html("{}", r.count)),
                        row("From", html("{} {}", r.source.to_string(), faint(r.peer)))));
}

/// What else than trust is missing: an approval would not mend that.
markup refused_all_the_same(call const& c, trust::certificate const& x) {
    markup lines;
    auto const said = c.on.trust().opinion(x.der());
    for (auto const& f : said.all())
        if (!f.suppressed && f.what != trust::status::certificate_untrusted)
            lines += html("<p><strong>{}</strong>: {}. {}</p>", to_string(f.what), f.because,
                          trust::remedy_of(f.what, f.because));
    if (lines.empty()) return {};
    return html(R"(<div class="notice wait" role="status"><p>Trust alone does not let it in:</p>{}</div>)",
                lines);
}

/// Loudly: whoever approves the wrong one of two that look alike has let a stranger in.
markup namesakes(std::vector<trust::namesake> const& all) {
    markup lines;
    for (auto const& n : all)
        lines += html("<p>{} in the list <em>{}</em> has {}. Its SHA-256 is {}</p>",
                      link_to(*n.entry.certificate), to_string(n.entry.where),
                      n.same_uri && n.same_name ? "the same name and the same ApplicationUri"
                      : n.same_uri              ? "the same ApplicationUri"
                                                : "the same name",
                      grouped(trust::hex(n.entry.certificate->print().bytes)));
    if (lines.empty()) return {};
    return html(R"(<div class="notice bad" role="alert"><p><strong>Another certificate claims to be this
one.</strong> It may be the older one of the same application; or this one is an impostor.</p>{}</div>)",
                lines);
}

markup approve_form(call const& c, known_certificate const& it) {
    trust::certificate const& x = *it.certificate;
    auto const alike = trust::namesakes(c.on.trust().store(), x);
    bool const may_issue = trust::may_issue(x);
    markup fields = hidden("print", trust::hex(x.print().bytes));
    if (!alike.empty())
        fields += box("compared", "yes",
                      "I have compared the SHA-256 with the one that its owner reads to me", false, true);
    for (auto const& n : alike)
        if (n.same_uri && n.entry.where == trust::place::trusted && !trust::may_issue(*n.entry.certificate))
            fields +=
                box("replaces", trust::hex(n.entry.certificate->print().bytes),
                    fmt::format("It takes the place of the one with SHA-256 {}…, which stays trusted for 30 "
                                "days at most",
                                trust::hex(n.entry.certificate->print().bytes).substr(0, 8)),
                    false);
    if (may_issue)
        fields += box("ca", "yes", "It may issue certificates: trust everything that it issues, too", false);
    fields +=
        html(R"(<div class="bar"><button name="to" value="trusted" class="primary">Approve</button>{}</div>)",
             may_issue ? html(R"(<button name="to" value="issuers">Only as issuer</button>)") : markup{});
    std::string_view const ask =
        may_issue ? "As an issuer it helps to build chains, and nobody is trusted for it."
                  : "Approve it only if the SHA-256 above is the one that its owner sees on his side.";
    return section("Approve", html("<p>{}</p>", ask) + form_to(c.who, "/trust/approve", fields));
}

markup came_with(call const& c, trust::certificate const& x) {
    auto const all = c.on.trust().store().shown_with(x.print());
    if (all.empty()) return {};
    std::string const leaf = trust::hex(x.print().bytes);
    markup const rows = each(all, [&](trust::certificate_ptr const& ca) {
        std::string const print = trust::hex(ca->print().bytes);
        bool const listed = c.on.trust().store().find(ca->print()).has_value();
        markup const act =
            listed
                ? faint("in a list")
                : form_to(
                      c.who, "/trust/issuer",
                      hidden("print", print) + hidden("with", leaf) +
                          html(
                              R"(<button class="quiet">Add as issuer<span class="spoken"> {}</span></button>)",
                              called(*ca)));
        return html("<tr>{}{}{}{}</tr>", head_cell("Name", name_of(called(*ca))),
                    cell("Valid until", until_chip(ca->valid_from(), ca->valid_until(), c.on.trust().now())),
                    cell("SHA-256", grouped(print)), act_cell(act));
    });
    return html("<h2>What came with it</h2>") + table({"Name", "Valid until", "SHA-256", ""}, rows);
}

markup acts(call const& c, known_certificate const& it) {
    std::string const print = trust::hex(it.certificate->print().bytes);
    bool const waits = it.where == trust::place::rejected;
    markup const first =
        waits ? approve_form(c, it)
              : section("Trust it no more",
                        form_to(c.who, "/trust/reject",
                                hidden("print", print) +
                                    html(R"(<p>It is put among those who wait, and refused from now on.</p>
<button class="danger">Reject</button>)")));
    return html(
        R"(<div class="columns">{}{}</div>)", first,
        section("Remove", form_to(c.who, "/trust/remove",
                                  hidden("print", print) +
                                      box("sure", "yes", "Remove this certificate for good", false, true) +
                                      html(R"(<button class="danger">Remove</button>)"))));
}

}  // namespace

reply shown_certificate(call const& c, known_certificate const& it, markup const& problem) {
    trust::certificate const& x = *it.certificate;
    std::string const name = called(x);
    bool const waits = it.where == trust::place::rejected;
    markup const where = waits                               ? chip("waits for you", "warn")
                         : it.where == trust::place::trusted ? chip("trusted", "good")
                                                             : chip("issuer");
    return framed(
        c, name,
        problem +
            html(R"(<p><a href="/trust">All certificates</a> {}{}</p>)", where,
                 x.constraints().ca ? chip("may issue others") : markup{}) +
            (waits ? namesakes(trust::namesakes(c.on.trust().store(), x)) : markup{}) +
            (it.where == trust::place::issuers ? markup{} : refused_all_the_same(c, x)) +
            section("SHA-256", html("<p>{}</p>", grouped(trust::hex(x.print().bytes))), "fingerprint") +
            acts(c, it) + html(R"(<div class="split trust">{}{}</div>)", story(it), contents(c, it)) +
            (waits ? came_with(c, x) : markup{}));
}

}  // namespace wbm
