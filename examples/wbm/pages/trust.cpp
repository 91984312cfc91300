// SPDX-License-Identifier: BSL-1.0
#include "../thumbprint_digits.hpp"
#include "../words.hpp"
#include "trust_words.hpp"

#include <sallyport/trust/authority.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>

namespace wbm {
namespace {

constexpr std::size_t most = 200;  // lines of a table: a store may hold thousands

/// The lines of a table, and how many more there are.
template <class Range, class Row>
markup some(std::initializer_list<std::string_view> columns, Range const& all, Row row) {
    markup rows;
    std::size_t n = 0;
    for (auto const& one : all)
        if (n++ < most) rows += row(one);
    markup const more = n > most ? lead(fmt::format("… and {} more.", n - most)) : markup{};
    return table(columns, rows) + more;
}
markup uri_of(trust::certificate const& c) {
    if (c.uris().empty()) return {};
    return html("<br>{}", faint(trust::detail::printable(c.uris().front(), 128)));
}

markup finding(trust::store_finding const& f) {
    std::string_view const style = f.how == trust::severity::fault     ? "error"
                                   : f.how == trust::severity::warning ? "warn"
                                                                       : "";
    markup const who = f.certificate ? html("{} ", link_to(*f.certificate)) : markup{};
    return html(R"(<li>{} {}{}.<br><code class="faint">{}</code><p>{}</p></li>)",
                chip(to_string(f.how), style), who, f.what, f.path, f.remedy);
}
markup findings(call const& c) {
    auto all = c.on.trust().findings();
    std::string const rejected = c.on.trust().store().path(trust::place::rejected);
    std::erase_if(all, [&](auto const& f) {  // who waits is listed above
        return f.how == trust::severity::notice && f.path == rejected;
    });
    if (all.empty()) return good_news("The doctor has looked at this store, and has found nothing.");
    std::size_t const hidden = all.size() - std::min(all.size(), most);
    all.resize(all.size() - hidden);
    return section("What the doctor found",
                   html(R"(<ul class="findings">{}</ul>{})", each(all, finding),
                        hidden > 0 ? lead(fmt::format("… and {} more.", hidden)) : markup{}));
}

markup waiting(call const& c) {
    auto const all = c.on.trust().store().rejected();
    if (all.empty())
        return section("Waiting for you",
                       html(R"(<p class="empty">Nobody waits. Whoever is refused is kept here.</p>)"));
    return html("<h2>Waiting for you</h2>") +
           some({"Name", "Why", "Seen", "From", ""}, all, [](trust::rejection const& r) {
               markup const why = r.reason == trust::status::good
                                      ? faint("put here by somebody")
                                      : chip(to_string(r.reason),
                                             r.reason == trust::status::certificate_untrusted ? "" : "error");
               std::string const times = r.count > 1 ? fmt::format("{} times", r.count) : "once";
               markup const look = html(
                   R"(<a class="button" href="/trust/one?print={}">Look<span class="spoken"> at {}</span></a>)",
                   trust::hex(r.certificate->print().bytes), called(*r.certificate));
               return html(
                   "<tr>{}{}{}{}{}</tr>", head_cell("Name", link_to(*r.certificate) + uri_of(*r.certificate)),
                   cell("Why", why), cell("Seen", html("{}<br>{}", times, faint(moment(r.last_seen)))),
                   cell("From", html("{} {}", r.source.to_string(), faint(r.peer))), act_cell(look));
           });
}

markup certificates(call const& c, trust::place p, std::string_view heading, std::string_view none) {
    auto const all = c.on.trust().store().entries(p);
    auto const now = c.on.trust().now();
    if (all.empty()) return section(heading, html(R"(<p class="empty">{}</p>)", none));
    return html("<h2>{}</h2>", heading) +
           some({"Name", "Kind", "Valid until", "SHA-256"}, all, [&](trust::store_entry const& e) {
               trust::certificate const& x = *e.certificate;
               return html("<tr>{}{}{}{}</tr>", head_cell("Name", link_to(x) + uri_of(x)),
                           cell("Kind", trust::may_issue(x) ? chip("CA") : html("application")),
                           cell("Valid until", until_chip(x.valid_from(), x.valid_until(), now)),
                           cell("SHA-256", short_print(x.print())));
           });
}

markup revocation_lists(call const& c) {
    auto all = c.on.trust().store().entries(trust::place::trusted_crl);
    for (auto& e : c.on.trust().store().entries(trust::place::issuer_crl)) all.push_back(std::move(e));
    if (all.empty()) return {};
    auto const now = c.on.trust().now();
    return html("<h2>Revocation lists</h2>") +
           some({"Of", "Beside", "Revoked", "Renewed by", ""}, all, [&](trust::store_entry const& e) {
               trust::crl const& l = *e.revocations;
               std::string const issuer = trust::detail::printable(l.issuer(), 160);
               return html(
                   "<tr>{}{}{}{}{}</tr>", head_cell("Of", name_of(issuer)),
                   cell("Beside", html("{}", e.where == trust::place::trusted_crl ? "trusted" : "issuers")),
                   cell("Revoked", html("{}", l.size())),
                   cell("Renewed by", until_chip(l.from(), l.until(), now)),
                   act_cell(button_to(c.who, "/trust/remove", "print", trust::hex(l.print().bytes), "Remove",
                                      "the list of " + issuer, "danger")));
           });
}

markup add_form(call const& c, std::string_view typed) {
    markup const fields =
        html(R"(<label class="field"><span>Certificate or revocation list</span>
<textarea name="pem" rows="6" required spellcheck="false" autocapitalize="none">{}</textarea></label>
<p class="hint">In PEM, as it stands between BEGIN and END. A revocation list goes beside its CA by itself.</p>)",
             typed) +
        box("ca", "yes", "If it is a CA: trust everything that it issues", false) +
        box("compared", "yes", "I have compared its thumbprint with its owner's", false) +
        html(R"(<div class="bar"><button name="to" value="trusted" class="primary">Trust it</button>
<button name="to" value="issuers">Only as issuer</button></div>)");
    return section("Add", form_to(c.who, "/trust/add", fields));
}

reply shown(call const& c, markup const& problem, std::string_view typed = {}) {
    return framed(
        c, "Trust",
        problem +
            lead("Which applications may connect to this device. Who is not known is refused, and waits here "
                 "for somebody who knows him.") +
            waiting(c) + findings(c) +
            certificates(c, trust::place::trusted, "Trusted", "Nobody is trusted yet.") +
            certificates(c, trust::place::issuers, "Issuers",
                         "None. CAs stand here that are needed for chains, and trusted for nothing.") +
            revocation_lists(c) + add_form(c, typed));
}

/// Nothing: the form names no list, or what is to be replaced by no thumbprint.
std::optional<approval> said_by(request const& asked) {
    std::string_view const to = asked.posted["to"], replaces = asked.posted["replaces"];
    approval said;
    if (to == "issuers")
        said.to = trust::list::issuers;
    else if (to != "trusted")
        return std::nullopt;
    said.as_authority = asked.posted["ca"] == "yes";
    said.compared = asked.posted["compared"] == "yes";
    said.replaces = print_of(replaces);
    if (!said.replaces && !replaces.empty()) return std::nullopt;
    return said;
}
outcome not_understood() { return {.problem = "The form is not whole. Nothing is changed; try again."}; }

/// Does `act` to what the form names; where it cannot be done, its page says why.
template <class Act>
reply with_print(call const& c, std::string_view done, Act act) {
    auto const print = print_of(c.asked.posted["print"]);
    outcome const out = print ? act(*print) : outcome{.problem = "The form names no certificate."};
    if (out) return go_to("/trust?done=" + std::string{done});
    auto const it = print ? c.on.trust().find(*print) : std::nullopt;
    reply page = it ? shown_certificate(c, *it, bad_news(out.problem)) : shown(c, bad_news(out.problem));
    page.status = 422;
    return page;
}

}  // namespace

reply show_trust(call const& c) { return shown(c, {}); }

reply show_trust_one(call const& c) {
    auto const print = print_of(c.asked.query["print"]);
    auto const it = print ? c.on.trust().find(*print) : std::nullopt;
    if (it) return shown_certificate(c, *it, {});
    reply page = shown(c, bad_news("There is no such certificate here."));
    page.status = 404;
    return page;
}

reply take_trust_approve(call const& c) {
    auto const said = said_by(c.asked);
    bool const trusted = said && said->to == trust::list::trusted;
    return with_print(c, trusted ? "approved" : "issuer", [&](thumbprint const& print) {
        return said ? c.on.trust().approve(c.who.acts(), print, *said) : not_understood();
    });
}

reply take_trust_issuer(call const& c) {
    auto const came_with = print_of(c.asked.posted["with"]);
    auto const print = print_of(c.asked.posted["print"]);
    outcome const out = came_with && print ? c.on.trust().add_issuer(c.who.acts(), *came_with, *print)
                                           : outcome{.problem = "The form names no certificate."};
    if (out) return go_to("/trust/one?print=" + trust::hex(came_with->bytes) + "&done=issuer");
    reply page = shown(c, bad_news(out.problem));
    page.status = 422;
    return page;
}

reply take_trust_reject(call const& c) {
    return with_print(c, "distrusted",
                      [&](thumbprint const& print) { return c.on.trust().reject(c.who.acts(), print); });
}

reply take_trust_remove(call const& c) {
    return with_print(c, "forgotten", [&](thumbprint const& print) {
        bool const is_certificate = c.on.trust().find(print).has_value();
        if (is_certificate && c.asked.posted["sure"] != "yes")
            return outcome{.problem = "Say that you are sure."};
        return c.on.trust().remove(c.who.acts(), print);
    });
}

reply take_trust_add(call const& c) {
    auto const said = said_by(c.asked);
    outcome const out =
        said ? c.on.trust().add(c.who.acts(), c.asked.posted["pem"], *said) : not_understood();
    if (out) return go_to("/trust?done=added");
    reply page = shown(c, bad_news(out.problem), c.asked.posted["pem"]);
    page.status = 422;
    return page;
}

}  // namespace wbm
