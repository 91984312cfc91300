// SPDX-License-Identifier: BSL-1.0
#include "trust_desk.hpp"

#include <sallyport/trust/doctor.hpp>

#include <algorithm>
#include <utility>

namespace wbm {
namespace {

using sallyport::audit::event_id;

/// What the store itself has to tell: what administrators do through us is told with their names.
auto telling(login_gate& gate) {
    return [&gate](trust::store_event const& e) {
        using kind = trust::store_event::kind;
        if (e.what == kind::changed || e.what == kind::rejected) return;
        bool const fault = e.what == kind::fault;
        std::string const text = e.what == kind::noticed     ? "files of the store have changed"
                                 : e.what == kind::recovered ? "completed: " + e.text
                                 : e.what == kind::mended    ? "the store can be read again"
                                                             : e.text;
        gate.record({.id = fault ? event_id::trust_store_unreadable : event_id::trust_list_changed,
                     .value = e.generation,
                     .detail = std::string_view{text}});
    };
}

}  // namespace

sallyport::loaded<std::unique_ptr<trust_desk>> trust_desk::open(std::string const& folder, login_gate& gate) {
    if (auto no = trust::directory::create(folder)) return std::move(*no);
    auto store = trust::directory::open(folder, trust::layout::annex_f, {.hear = telling(gate)});
    if (!store) return store.error();
    return std::unique_ptr<trust_desk>{
        new trust_desk{std::move(*store), gate}};  // NOLINT(*-owning-memory): private
}

trust_desk::trust_desk(trust::directory store, login_gate& gate)
    : store_{std::move(store)}, judge_{store_.lists()}, gate_{gate} {}

trust::judgement trust_desk::knock(trust::bytes chain, sallyport::address const& from,
                                   std::string_view door) {
    (void)store_.tick(now());
    auto said = opinion(chain);
    take(said, chain, from, door);
    return said;
}

void trust_desk::take(trust::judgement const& said, trust::bytes chain, sallyport::address const& from,
                      std::string_view door) {
    auto const at = now();
    if (!said.accepted()) (void)store_.reject(chain, door, from, said.first(), at);
    if (auto const e = audit_.event_of(said, at, from, door)) gate_.record(*e);
}

trust::judgement trust_desk::opinion(trust::bytes chain) const {
    return judge_.validate({.chain = chain, .shown_by = trust::peer::client_application}, now());
}

std::optional<known_certificate> trust_desk::find(thumbprint const& print) const {
    for (auto& r : store_.rejected())
        if (r.certificate->print() == print)
            return known_certificate{trust::place::rejected, r.certificate, r.file, r};
    auto e = store_.find(print);
    if (!e || !e->certificate) return std::nullopt;
    return known_certificate{e->where, e->certificate, e->file, {}};
}

std::vector<trust::store_finding> trust_desk::findings() const {
    return trust::examine(store_, now(), {.expects_own = false});  // this door's own lies elsewhere
}

std::string trust_desk::objection(trust::certificate const& c, approval const& said) const {
    if (said.to != trust::list::trusted) return {};
    if (c.constraints().ca && !said.as_authority)
        return "It may issue certificates, and all of those would be trusted. Say that you mean that.";
    if (!said.compared && !trust::namesakes(store_, c).empty())
        return "Another certificate bears its name. Compare the thumbprint, and say that you have.";
    return {};
}

outcome trust_desk::approve(actor const& by, thumbprint const& print, approval const& said) {
    auto const it = find(print);
    if (!it || it->where != trust::place::rejected) return {.problem = "It does not wait any longer."};
    if (auto no = objection(*it->certificate, said); !no.empty()) return {.problem = std::move(no)};
    bool const trusted = said.to == trust::list::trusted;
    auto const no = trusted && said.replaces ? store_.approve_in_place_of(*said.replaces, print, now())
                                             : store_.approve(print, said.to);
    return done(by,
                !trusted        ? "added as issuer:"
                : said.replaces ? "approved as successor:"
                                : "approved:",
                print, it->certificate->common_name(), no);
}

outcome trust_desk::add_issuer(actor const& by, thumbprint const& came_with, thumbprint const& print) {
    for (auto const& ca : store_.shown_with(came_with))
        if (ca->print() == print)
            return done(by, "added as issuer:", print, ca->common_name(),
                        store_.add(*ca, trust::list::issuers));
    return {.problem = "No such certificate came with it."};
}

outcome trust_desk::reject(actor const& by, thumbprint const& print) {
    auto const it = find(print);
    if (!it || it->where == trust::place::rejected) return {.problem = "It is in no list."};
    return done(by, "rejected:", print, it->certificate->common_name(), store_.reject(print));
}

outcome trust_desk::remove(actor const& by, thumbprint const& print) {
    if (auto const it = find(print))
        return done(by, "removed:", print, it->certificate->common_name(), store_.remove(print));
    auto const e = store_.find(print);
    if (!e || !e->revocations) return {.problem = "It is not there any longer."};
    return done(by, "revocation list removed:", print, e->revocations->issuer(), store_.remove(print));
}

outcome trust_desk::add(actor const& by, std::string_view pem, approval const& said) {
    std::vector<std::uint8_t> der;
    std::string why;
    if (trust::detail::der_of_pem(pem, true, der).empty()) {
        auto const list = trust::crl::parse(der, &why);
        if (!list) return {.problem = "What was pasted " + why + "."};
        return done(by, "revocation list added:", list->print(), list->issuer(), store_.add_crl(der));
    }
    if (std::string no = trust::detail::der_of_pem(pem, false, der); !no.empty())
        return {.problem = "What was pasted " + no + "."};
    auto const c = trust::certificate::parse(der, &why);
    if (!c) return {.problem = "What was pasted " + why + "."};
    if (auto no = objection(*c, said); !no.empty()) return {.problem = std::move(no)};
    return done(by, said.to == trust::list::trusted ? "added:" : "added as issuer:", c->print(),
                c->common_name(), store_.add(*c, said.to));
}

outcome trust_desk::done(actor const& by, std::string_view what, thumbprint const& print,
                         std::string const& name, std::optional<sallyport::load_error> const& no) {
    if (no) return {.problem = no->to_string()};
    std::string const text =
        fmt::format("{} {}, SHA-256 {}", what, name.substr(0, 40), trust::hex(print.bytes).substr(0, 16));
    gate_.record({.id = event_id::trust_list_changed,
                  .user = std::string_view{name},
                  .source = by.source,
                  .service = service,
                  .device = print,
                  .value = store_.lists().generation(),
                  .actor = by.is,
                  .detail = std::string_view{text}});
    return {};
}

void trust_desk::tick() { (void)store_.tick(now()); }

}  // namespace wbm
