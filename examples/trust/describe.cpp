// SPDX-License-Identifier: BSL-1.0
#include "describe.hpp"

#include "words.hpp"

#include <sallyport/trust/remedy.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace trust_tool {

namespace {

using json = nlohmann::ordered_json;
constexpr std::size_t indent = 21;
constexpr std::size_t longest = 400;  ///< of what a stranger chose: nothing scrolls out of sight for it

/// "  valid from         2024-01-01 …".
class lines {
public:
    void add(std::string_view what, std::string_view text) {
        text_ += fmt::format("  {:<{}}{}\n", what, indent - 2, wrapped(text, indent));
    }
    /// As it is: a path or a thumbprint is to be copied.
    void add_whole(std::string_view what, std::string_view text) {
        text_ += fmt::format("  {:<{}}{}\n", what, indent - 2, text);
    }
    void add_all(std::string_view what, std::vector<std::string> const& words) {
        constexpr std::size_t most = 12;
        if (words.empty()) return;
        auto const end = words.begin() + static_cast<std::ptrdiff_t>(std::min(words.size(), most));
        add(what, fmt::format("{}{}", fmt::join(words.begin(), end, ", "),
                              words.size() > most ? fmt::format(" and {} more", words.size() - most) : ""));
    }
    [[nodiscard]] std::string take() { return std::move(text_); }

private:
    std::string text_;
};

std::vector<std::string> safe_all(std::vector<std::string> const& all) {
    std::vector<std::string> out;
    for (auto const& s : all) out.push_back(shortened(s, longest));
    return out;
}
std::vector<std::string> addresses_of(trust::certificate const& c) {
    std::vector<std::string> out;
    for (auto const& a : c.addresses()) out.push_back(address_of(a));
    return out;
}
std::string constraints_of(trust::certificate const& c) {
    auto const b = c.constraints();
    if (!b.present) return "none stated";
    std::string s = b.ca ? "a CA" : "no CA";
    if (b.path_length)
        s += fmt::format(", with at most {} below it",
                         counted(static_cast<std::size_t>(*b.path_length), "CA"));
    return s;
}
std::string ended(sallyport::nanoseconds until, sallyport::nanoseconds wall) {
    if (until == sallyport::nanoseconds::max()) return "never";
    return fmt::format("{} ({}{})", time(until), until < wall ? "ended " : "", away(until, wall));
}
std::string number_of(trust::crl const& l) {
    auto const n = l.number();
    if (!n) return "none";
    std::string const digits = trust::hex(trust::as_bytes(n->octets));
    if (n->octets.size() > 7) return "0x" + digits;
    return std::to_string(digits.empty() ? 0ULL : std::stoull(digits, nullptr, 16));
}
/// The listed CAs that have signed it, be it listed itself or not.
std::vector<trust::certificate_ptr> signers_of(trust::crl const& l, trust::directory const* store) {
    std::vector<trust::certificate_ptr> all;
    if (store == nullptr) return all;
    store->lists().get().lists->each_called(l.issuer_hash(), [&](auto const& m) {
        if (l.issued_in_name_of(*m.certificate) && l.signed_by(*m.certificate)) all.push_back(m.certificate);
        return true;
    });
    return all;
}
std::vector<trust::replacement> replacements_of(found const& f, trust::directory const* store) {
    std::vector<trust::replacement> all;
    if (store != nullptr)
        for (auto const& r : store->replacements())
            if (r.old == f.print() || r.fresh == f.print()) all.push_back(r);
    return all;
}
std::string where_of(found const& f) {
    if (f.path.empty()) return f.refused ? "rejected; not on disk yet" : "in no list";
    return f.where == trust::place::own ? "this application's own" : std::string{to_string(f.where)};
}

void add_refusal(lines& to, found const& f, trust::directory const* store) {
    auto const& r = *f.refused;
    to.add("refused",
           fmt::format("{}, first {}, last {}", r.count == 1 ? "once" : fmt::format("{} times", r.count),
                       time(r.first_seen), time(r.last_seen)));
    if (auto const by = shown_by(r); !by.empty()) to.add("  shown by", by);
    to.add("  because", reason_of(r));
    if (store != nullptr)
        for (auto const& ca : store->shown_with(f.print()))
            to.add("  it came with", fmt::format("{} [{}]", name_of(*ca), trust::hex(ca->print().bytes)));
}

std::string described_crl(found const& f, trust::directory const* store, sallyport::nanoseconds wall) {
    auto const& l = *f.revocations;
    lines to;
    to.add("list", where_of(f));
    if (!f.path.empty()) to.add_whole("file", safe(f.path));
    to.add("issuer", shortened(printed(l.issuer_name()), longest));
    to.add("number", number_of(l) + (l.base() ? ", a delta" : ""));
    to.add("of", time(l.from()));
    to.add("to be renewed by", ended(l.until(), wall));
    to.add("revokes", counted(l.size(), "certificate"));
    std::vector<std::string> by;
    for (auto const& ca : signers_of(l, store))
        by.push_back(fmt::format("{} [{}]", name_of(*ca), brief(ca->print())));
    to.add("signed by", by.empty() ? "no CA of these lists" : fmt::format("{}", fmt::join(by, ", ")));
    if (!l.sound()) to.add("mind", "it holds what nobody here understands, and counts for nothing");
    to.add_whole("SHA-256", trust::hex(l.print().bytes));
    return "Revocation list\n" + to.take();
}

}  // namespace

std::string shown_by(trust::rejection const& r) {
    bool const both = !r.peer.empty() && r.source.known();
    return fmt::format("{}{}{}", safe(r.peer), both ? ", from " : "", safe(r.source.to_string()));
}

std::string reason_of(trust::rejection const& r) {
    if (r.reason == trust::status::good) return "nobody knows: another program put it there";
    return fmt::format("{}. {}", trust::to_string(r.reason), trust::remedy_of(r.reason));
}

std::string described(found const& f, trust::directory const* store, sallyport::nanoseconds wall) {
    if (!f.certificate) return described_crl(f, store, wall);
    auto const& c = *f.certificate;
    lines to;
    to.add("list", where_of(f));
    if (!f.path.empty()) to.add_whole("file", safe(f.path));
    to.add("subject", shortened(printed(c.subject_name()), longest));
    to.add("issuer", c.looks_self_signed() ? "itself" : shortened(printed(c.issuer_name()), longest));
    to.add("serial number", c.serial());
    to.add_all("ApplicationUri", c.uris().empty() ? std::vector<std::string>{"none"} : safe_all(c.uris()));
    to.add_all("host names", safe_all(c.dns_names()));
    to.add_all("addresses", addresses_of(c));
    to.add("valid from", c.valid_from() > wall
                             ? fmt::format("{} ({})", time(c.valid_from()), away(c.valid_from(), wall))
                             : time(c.valid_from()));
    to.add("valid to", ended(c.valid_until(), wall));
    to.add("key", key_of(c));
    to.add("signature", safe(c.signature_name()));
    to.add("basic constraints", constraints_of(c));
    to.add_all("key usage", key_usages_of(c));
    to.add_all("extended key usage", purposes_of(c));
    to.add_whole("SHA-256", trust::hex(c.print().bytes));
    to.add_whole("SHA-1", trust::hex(c.thumb()));
    if (c.flaws() != 0) to.add("mind", "it breaks the form of certificates, and is refused always");
    for (auto const& r : replacements_of(f, store))
        to.add(r.old == f.print() ? "until" : "takes over from",
               r.old == f.print()
                   ? fmt::format("{}, then {} has taken over", time(r.until), trust::hex(r.fresh.bytes))
                   : fmt::format("{}, which ends {}", trust::hex(r.old.bytes), time(r.until)));
    if (f.refused) add_refusal(to, f, store);
    return name_of(c) + "\n" + to.take();
}

json as_json(found const& f, trust::directory const* store) {
    json out;
    if (!f.certificate) {
        auto const& l = *f.revocations;
        out = {{"kind", "crl"},
               {"list", to_string(f.where)},
               {"file", f.path},
               {"issuer", l.issuer()},
               {"number", number_of(l)},
               {"delta", l.base().has_value()},
               {"this_update", iso(l.from())},
               {"next_update", iso(l.until())},
               {"revoked", l.size()},
               {"signed_by", json::array()},
               {"sound", l.sound()},
               {"sha256", trust::hex(l.print().bytes)}};
        for (auto const& ca : signers_of(l, store)) out["signed_by"].push_back(trust::hex(ca->print().bytes));
        return out;
    }
    auto const& c = *f.certificate;
    out = {{"kind", "certificate"},
           {"list", f.path.empty() && !f.refused ? "" : to_string(f.where)},
           {"file", f.path},
           {"common_name", c.common_name()},
           {"subject", c.subject()},
           {"issuer", c.issuer()},
           {"serial", c.serial()},
           {"application_uris", c.uris()},
           {"dns_names", c.dns_names()},
           {"addresses", addresses_of(c)},
           {"valid_from", iso(c.valid_from())},
           {"valid_to", iso(c.valid_until())},
           {"key", key_of(c)},
           {"key_bits", c.key_bits()},
           {"signature_algorithm", c.signature_name()},
           {"ca", c.constraints().ca},
           {"key_usage", key_usages_of(c)},
           {"extended_key_usage", purposes_of(c)},
           {"sha256", trust::hex(c.print().bytes)},
           {"sha1", trust::hex(c.thumb())}};
    for (auto const& r : replacements_of(f, store))
        if (r.old == f.print())
            out["replaced"] = {{"by", trust::hex(r.fresh.bytes)}, {"until", iso(r.until)}};
    if (f.refused) {
        auto const& r = *f.refused;
        out["rejected"] = {{"status", r.reason == trust::status::good ? "" : trust::to_string(r.reason)},
                           {"count", r.count},
                           {"first_seen", iso(r.first_seen)},
                           {"last_seen", iso(r.last_seen)},
                           {"peer", r.peer},
                           {"source", r.source.to_string()},
                           {"shown_with", json::array()}};
        if (store != nullptr)
            for (auto const& ca : store->shown_with(c.print()))
                out["rejected"]["shown_with"].push_back(trust::hex(ca->print().bytes));
    }
    return out;
}

std::string dumped(json const& j) { return j.dump(-1, ' ', true, json::error_handler_t::replace); }

}  // namespace trust_tool
