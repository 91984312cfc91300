// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/load_error.hpp>
#include <sallyport/trust/layout.hpp>
#include <sallyport/trust/store_change.hpp>
#include <sallyport/trust/trust_list.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sallyport::inline v0 {
namespace trust {

/// What the lists are to hold, as DER: a TrustListDataType.
struct store_content {
    std::vector<std::vector<std::uint8_t>> trusted{}, trusted_crls{}, issuers{}, issuer_crls{};
};

namespace detail {

[[nodiscard]] constexpr place certificates_of(list l) noexcept {
    return l == list::trusted ? place::trusted : place::issuers;
}
[[nodiscard]] constexpr place crls_of(list l) noexcept {
    return l == list::trusted ? place::trusted_crl : place::issuer_crl;
}
[[nodiscard]] inline std::vector<std::uint8_t> der_of(crl const& l) {
    int const size = i2d_X509_CRL(l.x509(), nullptr);
    std::vector<std::uint8_t> out(size > 0 ? static_cast<std::size_t>(size) : 0);
    std::uint8_t* at = out.data();
    if (size > 0) (void)i2d_X509_CRL(l.x509(), &at);
    return out;
}

/// Works out the steps of one change from what lies in the folders. Changes nothing itself.
/// Thread safety: none.
class store_plan {
public:
    using answer = std::optional<load_error>;

    store_plan(store_disk const& disk, std::array<std::vector<stored_file> const*, places_read.size()> files,
               trust_list const& lists)
        : disk_{disk}, files_{files}, lists_{lists} {}

    std::vector<store_step> steps{};

    answer add(certificate const& c, list to) {
        put_certificate(c, certificates_of(to));
        take_crls(c, to);
        return std::nullopt;
    }
    answer approve(certificate const& c, list to) { return add(c, to); }
    answer reject(thumbprint const& print) {
        for (auto const l : {list::trusted, list::issuers})
            if (stored_file const* const f = in(certificates_of(l), print)) {
                put_certificate(*f->certificate, place::rejected);
                drop_crls(*f->certificate);
                return std::nullopt;
            }
        return none_such();
    }
    answer remove(thumbprint const& print) {
        bool found = false;
        for (place const p : places_read)
            for (auto const& f : files(p))
                if (f.print() != nullptr && *f.print() == print) {
                    if (!found && f.certificate && p != place::rejected) drop_crls(*f.certificate);
                    drop(p, f);
                    found = true;
                }
        return found ? std::nullopt : none_such();
    }

    answer add_crl(bytes der) {
        std::string why;
        auto const fresh = crl::parse(der, &why);
        if (!fresh) return no("the revocation list " + why);
        if (!fresh->sound())
            return no("the revocation list holds what nobody here understands, and is not used");
        lists in = signed_for(*fresh, nullptr);
        if (!in.any())
            return no("no listed CA has signed this revocation list; add its CA first: " + fresh->issuer());
        for (auto const l : {list::trusted, list::issuers})
            if (in.has(l))
                if (auto refused = supersede(*fresh, der, crls_of(l))) return refused;
        return std::nullopt;
    }

    answer replace(std::uint32_t mask, store_content const& content);

private:
    [[nodiscard]] std::vector<stored_file> const& files(place p) const {
        return *files_[static_cast<std::size_t>(p)];
    }
    [[nodiscard]] stored_file const* in(place p, thumbprint const& print) const {
        auto const at = std::find_if(files(p).begin(), files(p).end(), [&](stored_file const& f) {
            return f.print() != nullptr && *f.print() == print;
        });
        return at == files(p).end() ? nullptr : &*at;
    }
    [[nodiscard]] answer no(std::string why) const {
        return load_error{.file = disk_.root(), .message = std::move(why)};
    }
    [[nodiscard]] answer none_such() const { return no("has nothing of this thumbprint"); }

    /// Into this folder; out of all others. Where it lies already it stays as it is.
    void put_certificate(certificate const& c, place to) {
        bool there = in(to, c.print()) != nullptr;
        for (place const p : {place::trusted, place::issuers, place::rejected}) {
            if (p == to) continue;
            for (auto const& f : files(p)) {
                if (!f.certificate || f.certificate->print() != c.print()) continue;
                if (there) {
                    drop(p, f);
                } else {
                    move(p, f, to, file_name_of(c), c.print());
                    there = true;
                }
            }
        }
        if (!there) put(to, file_name_of(c), c.print(), c.der());
    }
    /// A CA's revocation lists follow it, but those that another CA of the old list has signed as well stay
    /// there, too.
    void take_crls(certificate const& ca, list to) {
        list const other = to == list::trusted ? list::issuers : list::trusted;
        for (auto const& f : files(crls_of(other))) {
            if (!f.revocations || !f.revocations->issued_in_name_of(ca) || !f.revocations->signed_by(ca))
                continue;
            bring(f, crls_of(other), crls_of(to), signed_for(*f.revocations, &ca).has(other),
                  in(crls_of(to), f.revocations->print()) != nullptr);
        }
    }
    /// A revocation list into this folder, if it is not there; out of the one where it lies, unless it stays.
    void bring(stored_file const& f, place from, place to, bool stays, bool there) {
        if (there) {
            if (!stays) drop(from, f);
            return;
        }
        crl const& r = *f.revocations;
        auto const der = der_of(r);
        std::string name = file_name_of_crl(r.issuer_name(), der);
        if (stays)
            put(to, name, r.print(), der);
        else
            move(from, f, to, std::move(name), r.print());
    }
    /// Part 12 §7.8.2.7: the revocation lists of a CA go with it. Those that another listed CA has signed
    /// stay.
    void drop_crls(certificate const& ca) {
        for (auto const l : {list::trusted, list::issuers})
            for (auto const& f : files(crls_of(l)))
                if (f.revocations && f.revocations->issued_in_name_of(ca) && f.revocations->signed_by(ca) &&
                    !signed_for(*f.revocations, &ca).has(l))
                    drop(crls_of(l), f);
    }
    /// The lists that hold a CA which has signed this, `but` one that goes.
    [[nodiscard]] lists signed_for(crl const& l, certificate const* but) const {
        lists in{};
        lists_.each_called(l.issuer_hash(), [&](trust_list::member const& m) {
            certificate const& ca = *m.certificate;
            if (but != nullptr && ca.print() == but->print()) return true;
            if (!l.issued_in_name_of(ca) || !l.signed_by(ca)) return true;
            for (auto const one : {list::trusted, list::issuers})
                if (m.in.has(one)) in.add(one);
            return true;
        });
        return in;
    }
    /// Do both come from one CA key, and speak of the same?
    [[nodiscard]] bool same_series(crl const& a, crl const& b) const {
        return a.base().has_value() == b.base().has_value() && a.same_scope(b) && of_one_key(a, b);
    }
    [[nodiscard]] bool of_one_key(crl const& a, crl const& b) const {
        if (a.issuer_hash() != b.issuer_hash() || X509_NAME_cmp(a.issuer_name(), b.issuer_name()) != 0)
            return false;
        bool same = false;
        lists_.each_called(a.issuer_hash(), [&](trust_list::member const& m) {
            same = a.signed_by(*m.certificate) && b.signed_by(*m.certificate);
            return !same;
        });
        return same;
    }
    [[nodiscard]] static bool older(crl const& a, crl const& b) noexcept {
        auto const x = a.number(), y = b.number();
        if (x && y && (*x < *y || *y < *x)) return *x < *y;
        if (x.has_value() != y.has_value()) return y.has_value();
        return a.from() < b.from();
    }
    [[nodiscard]] static std::string newer_is_there(stored_file const& f) {
        return fmt::format(
            "a newer revocation list of this CA is there already ({}); the older one is not taken",
            safe_stem(f.name));
    }
    /// Does the newer of two say all that the older one could? One from the future says nothing yet, a delta
    /// nothing without a list that it amends: until then the older one has to.
    [[nodiscard]] bool takes_over(crl const& newer, crl const& from, place at) const {
        nanoseconds const by = std::max(nanoseconds{stamp::now()}, from.from());
        if (!newer.sound() || newer.from() > by) return false;
        auto const base = newer.base(), own = newer.number();
        if (!base || !own) return true;
        if (*base <= *from.base() && newer.same_key_id(from))
            return true;  // it amends all that the other did
        return std::any_of(files(at).begin(), files(at).end(), [&](stored_file const& f) {
            crl const* const l = f.revocations.get();
            if (l == nullptr || l->base() || !l->number() || !l->sound() || l->from() > by) return false;
            return *base <= *l->number() && *l->number() < *own && l->same_scope(newer) &&
                   l->same_key_id(newer) && of_one_key(*l, newer);
        });
    }
    answer supersede(crl const& fresh, bytes der, place to) {
        if (in(to, fresh.print()) != nullptr) return std::nullopt;
        std::vector<stored_file const*> old;
        for (auto const& f : files(to)) {
            if (!f.revocations || !same_series(*f.revocations, fresh)) continue;
            if (!older(fresh, *f.revocations)) {
                if (takes_over(fresh, *f.revocations, to)) old.push_back(&f);
            } else if (takes_over(*f.revocations, fresh, to)) {
                return no(newer_is_there(f));
            }
        }
        put(to, file_name_of_crl(fresh.issuer_name(), der), fresh.print(), der);
        for (auto const* const f : old) drop(to, *f);
        return std::nullopt;
    }

    void drop(place p, stored_file const& f) {
        bool const known = std::any_of(steps.begin(), steps.end(), [&](store_step const& s) {
            return s.what != store_step::kind::put && s.from == p && s.name == f.name;
        });
        if (!known) steps.push_back({store_step::kind::drop, p, p, f.name, {}, f.content, {}});
    }
    void move(place from, stored_file const& f, place to, std::string name, thumbprint const& print) {
        if (called_pem(f.name)) name.replace(name.size() - 3, 3, "pem");  // its content is text still
        steps.push_back(
            {store_step::kind::move, from, to, f.name, free_name(to, name, print), f.content, {}});
    }
    void put(place to, std::string const& name, thumbprint const& print, bytes der) {
        steps.push_back({store_step::kind::put,
                         to,
                         to,
                         {},
                         free_name(to, name, print),
                         sha256(der),
                         std::string{as_text(der)}});
    }
    /// A name that nothing bears in this folder, and nothing will by this change.
    [[nodiscard]] std::string free_name(place to, std::string const& wanted, thumbprint const& print) const {
        auto const taken = [&](std::string const& name) {
            struct stat about {};
            if (::lstat(disk_.path(to, name).c_str(), &about) == 0) return true;
            return std::any_of(steps.begin(), steps.end(),
                               [&](store_step const& s) { return s.to == to && s.name_there == name; });
        };
        std::string name = wanted;
        for (unsigned n = 1; taken(name); ++n) name = other_file_name(wanted, print, n);
        return name;
    }

    store_disk const& disk_;
    std::array<std::vector<stored_file> const*, places_read.size()> files_;  ///< by place
    trust_list const& lists_;
};

/// Each list that is named becomes what is given; what stays is not touched, so that it is never away.
inline store_plan::answer store_plan::replace(std::uint32_t mask, store_content const& content) {
    struct wanted {
        std::set<thumbprint> certificates{}, crls{};
    };
    std::array<wanted, 2> want{};
    std::vector<certificate_ptr> fresh;
    std::set<thumbprint> listed_once;
    for (auto const l : {list::trusted, list::issuers}) {
        bool const trusted = l == list::trusted;
        if ((mask & (trusted ? 1U : 4U)) == 0) continue;
        for (auto const& der : trusted ? content.trusted : content.issuers) {
            std::string why;
            auto c = certificate::parse(der, &why);
            if (!c)
                return no("what was to become a certificate of the list " + why + "; nothing was changed");
            if (!listed_once.insert(c->print()).second)
                continue;  // trusted already: it serves as an issuer, too
            want[trusted ? 0 : 1].certificates.insert(c->print());
            put_certificate(*c, certificates_of(l));
            fresh.push_back(std::move(c));
        }
    }
    for (auto const l : {list::trusted, list::issuers}) {
        if ((mask & (l == list::trusted ? 1U : 4U)) == 0) continue;
        for (auto const& f : files(certificates_of(l)))
            if (f.certificate && !listed_once.contains(f.certificate->print())) drop(certificates_of(l), f);
    }
    // Who signs, as the lists will be: what came, and what was there and stays.
    auto const signed_then = [&](crl const& r) {
        lists in{};
        auto const look = [&](certificate const& ca, list l) {
            if (r.issued_in_name_of(ca) && r.signed_by(ca)) in.add(l);
        };
        for (auto const& c : fresh)
            look(*c, want[0].certificates.contains(c->print()) ? list::trusted : list::issuers);
        for (auto const l : {list::trusted, list::issuers})
            if ((mask & (l == list::trusted ? 1U : 4U)) == 0)
                for (auto const& f : files(certificates_of(l)))
                    if (f.certificate && !listed_once.contains(f.certificate->print()))
                        look(*f.certificate, l);
        return in;
    };
    auto const home = [&](crl const& r, list asked) {
        lists const in = signed_then(r);
        return in.has(asked) || !in.any() ? asked : in.has(list::trusted) ? list::trusted : list::issuers;
    };
    std::array<std::set<thumbprint>, 2> crls_there{};
    for (auto const l : {list::trusted, list::issuers}) {
        bool const trusted = l == list::trusted;
        if ((mask & (trusted ? 2U : 8U)) == 0) continue;
        for (auto const& der : trusted ? content.trusted_crls : content.issuer_crls) {
            std::string why;
            auto const r = crl::parse(der, &why);
            if (!r) return no("what was to become a revocation list " + why + "; nothing was changed");
            list const at = home(*r, l);
            for (auto const& f : files(crls_of(at)))
                if (f.revocations && same_series(*f.revocations, *r) && older(*r, *f.revocations))
                    return no(newer_is_there(f) + "; nothing was changed");
            bool const first = crls_there[at == list::trusted ? 0 : 1].insert(r->print()).second;
            if (first && in(crls_of(at), r->print()) == nullptr)
                put(crls_of(at), file_name_of_crl(r->issuer_name(), der), r->print(), der);
        }
    }
    for (auto const l : {list::trusted, list::issuers}) {
        bool const trusted = l == list::trusted;
        if ((mask & (trusted ? 2U : 8U)) == 0) continue;
        for (auto const& f : files(crls_of(l)))
            if (f.revocations && !crls_there[trusted ? 0 : 1].contains(f.revocations->print()))
                drop(crls_of(l), f);
    }
    // What nobody gave anew follows a CA that has moved, and goes with the last one that has signed it.
    auto const named = [&](list l) { return (mask & (l == list::trusted ? 2U : 8U)) != 0; };
    for (auto const l : {list::trusted, list::issuers}) {
        if (named(l) || (mask & (1U | 4U)) == 0) continue;
        list const other = l == list::trusted ? list::issuers : list::trusted;
        std::set<thumbprint> brought;
        for (auto const& f : files(crls_of(l))) {
            if (!f.revocations) continue;
            crl const& r = *f.revocations;
            lists const before = signed_for(r, nullptr), then = signed_then(r);
            if (then == before) continue;
            if (!then.any()) {
                drop(crls_of(l), f);
            } else if (then.has(other) && !named(other)) {
                bool const there =
                    !brought.insert(r.print()).second || in(crls_of(other), r.print()) != nullptr;
                bring(f, crls_of(l), crls_of(other), then.has(l), there);
            }
        }
    }
    return std::nullopt;
}

}  // namespace detail
}  // namespace trust
}  // namespace sallyport::inline v0
