// SPDX-License-Identifier: BSL-1.0
#include "change.hpp"

#include "certificate_file.hpp"
#include "describe.hpp"
#include "store.hpp"
#include "words.hpp"

#include <sallyport/environment/boot_clock.hpp>
#include <sallyport/trust/authority.hpp>
#include <sallyport/trust/namesake.hpp>
#include <sallyport/trust/validator.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

namespace trust_tool {

namespace {

using trust::place;

constexpr std::size_t to_name = 8;      ///< digits of a thumbprint that name what is here already
constexpr std::size_t to_approve = 16;  ///< and that let a stranger in: nobody makes 64 bits fit by trying

/// Empty: in none.
std::string_view in_words(trust::likeness const& n) noexcept {
    return n.same_name && n.same_uri ? "common name and ApplicationUri"
           : n.same_name             ? "common name"
           : n.same_uri              ? "ApplicationUri"
                                     : "";
}
/// Loudly: another certificate looks like this one. `but`: the one that it is to replace.
void warn_of_namesakes(std::vector<found> const& all, trust::certificate const& c, found const* but) {
    for (auto const& f : all) {
        if (!f.certificate || f.certificate->print() == c.print() ||
            (but != nullptr && f.print() == but->print()))
            continue;
        auto const same = in_words(trust::likeness_of(c, *f.certificate));
        if (same.empty()) continue;
        bool const of_ours = f.where == place::own;
        std::string const text = fmt::format(
            "ANOTHER CERTIFICATE HAS THE SAME {}: it is {} ({}), {}. {}", same,
            of_ours                      ? "this application's own"
            : f.where == place::rejected ? "also waiting among the rejected"
                                         : fmt::format("in the list: {}", to_string(f.where)),
            validity(f.certificate->valid_from(), f.certificate->valid_until(), now().wall),
            trust::hex(f.print().bytes),
            f.where == place::trusted
                ? fmt::format(
                      "If this one replaces it, say --replaces {}; if nobody has told you of a new one, "
                      "somebody may be posing as it.",
                      brief(f.print()))
                : "Only one of both can be the one that you mean: compare every digit with what the device "
                  "shows.");
        std::fflush(stdout);
        fmt::print(stderr, "\n  !! {}\n", wrapped(text, 5));
    }
}
int refuse_ca(trust::certificate const& c) {
    return fails(fmt::format(
        "nothing was changed: {} is a CA, and whatever it issues would be trusted with it; say --as-ca if "
        "that is meant, or add --to issuer if it is needed for chains alone",
        name_of(c)));
}
/// Who else falls with a CA.
void mention_issued(std::vector<found> const& all, trust::certificate const& ca) {
    if (!ca.constraints().ca) return;
    auto const n = static_cast<std::size_t>(std::count_if(all.begin(), all.end(), [&](found const& f) {
        return f.certificate && f.where != place::rejected && f.print() != ca.print() &&
               f.certificate->issued_in_name_by(ca);
    }));
    if (n > 0)
        fmt::print("{} here {} issued by it, and refused without it.\n", counted(n, "certificate"),
                   n == 1 ? "is" : "are");
}
/// A CA whose revocation list nobody has.
void mention_missing_list(std::vector<found> const& all, trust::certificate const& ca, arguments const& a) {
    bool const listed = std::any_of(all.begin(), all.end(), [&](found const& f) {
        return f.revocations && f.revocations->issued_in_name_of(ca);
    });
    if (trust::may_issue(ca) && !listed)
        fmt::print(
            "  What it issued is refused until its revocation list is here: sallyport-trust add-crl {} "
            "FILE\n",
            safe(a.folder));
}
std::string list_name(place p) {
    return p == place::own ? "the application's own" : std::string{to_string(p)};
}

struct opened {
    trust::directory store;
    std::vector<found> all;
};
std::optional<opened> open(arguments const& a) {
    auto store = open_store(a, access::write);
    if (!store) return std::nullopt;
    auto all = everything(*store);
    return opened{std::move(*store), std::move(all)};
}

/// The one that these digits name; none: why has been said.
std::optional<found> named(opened const& in, std::string const& digits, std::size_t fewest) {
    std::string why;
    auto one = look_up(in.all, digits, fewest, why);
    if (!one) (void)fails(why);
    return one;
}

/// Being in the list is not all: what would the device say now? Shown with what it came with.
void tell_whether_accepted(trust::directory const& store, trust::certificate const& c,
                           std::vector<trust::certificate_ptr> const& with_it) {
    if (trust::may_issue(c)) return;
    std::vector<std::uint8_t> chain(c.der().begin(), c.der().end());
    for (auto const& ca : with_it) chain.insert(chain.end(), ca->der().begin(), ca->der().end());
    auto const purposes = c.extended_key_usage();
    bool const serves_alone =
        purposes.present && !purposes.has(XKU_SSL_CLIENT) && purposes.has(XKU_SSL_SERVER);
    auto const who = c.uris().empty() ? trust::peer::user
                     : serves_alone   ? trust::peer::server_application
                                      : trust::peer::client_application;
    trust::validator const judge{store.lists()};
    auto const said = judge.validate({.chain = chain, .shown_by = who}, now());
    if (!said.accepted())
        fmt::print("It is refused all the same: {}.\n  {}\n", trust::to_string(said.first()),
                   wrapped(said.remedy(), 2));
}

/// What `approve` asks of the one that is to be replaced.
std::string replacement_fault(found const& fresh, found const& old) {
    if (!old.certificate) return "that is a revocation list";
    if (old.print() == fresh.print()) return "it cannot replace itself";
    if (old.where != place::trusted)
        return fmt::format("{} is not trusted, so there is nothing to replace", name_of(*old.certificate));
    return {};
}

}  // namespace

int init(arguments const& a) {
    if (auto const no = trust::directory::create(a.folder, a.layout)) return cannot(no->to_string());
    if (!open_store(a, access::read)) return misused;
    fmt::print("{}: a store, whose folders are\n", safe(a.folder));
    for (std::size_t i = 0; i < trust::places; ++i) {
        auto const p = static_cast<place>(i);
        fmt::print("  {:<16}{}\n", to_string(p), a.layout.of(p).view());
    }
    fmt::print(
        "Nobody is trusted yet. The application's own certificate: sallyport-trust create-own {} "
        "--application-uri URI\n",
        safe(a.folder));
    return done;
}

int approve(arguments const& a) {
    auto opened = open(a);
    if (!opened) return misused;
    auto& store = opened->store;
    auto const& all = opened->all;
    auto const one = named(*opened, a.operands.front(), to_approve);
    if (!one) return failed;
    if (!one->certificate) return fails("that is a revocation list: sallyport-trust add-crl takes one");
    if (one->where == place::trusted && a.replaces.empty()) {
        fmt::print("{} is trusted already.\n", name_of(*one->certificate));
        return done;
    }
    if (!one->refused && one->where != place::trusted)
        return fails(
            fmt::format("{} is not among the rejected, but {}; sallyport-trust add --to trusted moves it",
                        name_of(*one->certificate), list_name(one->where)));
    std::optional<found> old;
    if (!a.replaces.empty()) {
        std::string why;
        old = look_up(all, a.replaces, to_approve, why);
        if (!old) return fails("--replaces: " + why);
        if (auto const no = replacement_fault(*one, *old); !no.empty()) return fails("--replaces: " + no);
    }
    auto const& c = *one->certificate;
    auto const wall = now().wall;
    fmt::print("{}", described(*one, &store, wall));
    warn_of_namesakes(all, c, old ? &*old : nullptr);
    if (old && !trust::likeness_of(c, *old->certificate).same_uri) {
        std::fflush(stdout);
        fmt::print(stderr, "\n  !! {}\n",
                   wrapped(fmt::format("THE ONE THAT IT REPLACES HAS ANOTHER ApplicationUri: {}, {}.",
                                       name_of(*old->certificate), trust::hex(old->print().bytes)),
                           5));
    }
    if (trust::may_issue(c) && !a.as_ca) return refuse_ca(c);
    fmt::print("\nSHA-256  {}\nIs that what the device itself shows, or its owner has told you?\n",
               trust::hex(c.print().bytes));
    if (!confirmed(
            a,
            fmt::format("{} {}{}?", trust::may_issue(c) ? "Trust this CA, and all that it issues:" : "Trust",
                        name_of(c), old ? fmt::format(" in place of {}", brief(old->print())) : "")))
        return failed;
    // Looked at before: once it is approved nobody keeps what it came with.
    auto const with_it = store.shown_with(c.print());
    auto const no = old ? store.approve_in_place_of(old->print(), c.print(), sallyport::boot_clock{}.now())
                        : store.approve(c.print());
    if (no) return fails(no->to_string());
    fmt::print("{} is trusted now.\n", name_of(c));
    mention_missing_list(all, c, a);
    for (auto const& r : store.replacements())
        if (old && r.old == old->print())
            fmt::print("{} is trusted until {}, and not after.\n", brief(r.old), time(r.until));
    for (auto const& ca : with_it) {
        if (!ca->constraints().ca || store.lists().get().lists->where(ca->print()).any()) continue;
        if (!a.with_issuers) {
            fmt::print(
                "{} came with it, and is in no list; where peers do not send it, its chain needs it.\n",
                name_of(*ca));
            continue;
        }
        if (auto const failed_too = store.add(*ca, trust::list::issuers))
            return fails(failed_too->to_string());
        fmt::print("{} is among the issuers now.\n", name_of(*ca));
    }
    tell_whether_accepted(store, c, with_it);
    return done;
}

int reject(arguments const& a) {
    auto opened = open(a);
    if (!opened) return misused;
    auto& store = opened->store;
    auto const& all = opened->all;
    auto const one = named(*opened, a.operands.front(), to_name);
    if (!one) return failed;
    if (!one->certificate) return fails("that is a revocation list: sallyport-trust remove takes it away");
    if (one->where == place::own)
        return fails("that is this application's own certificate, which is in no list");
    if (one->where == place::rejected) {
        fmt::print("{} is rejected already.\n", name_of(*one->certificate));
        return done;
    }
    if (auto const no = store.reject(one->print())) return fails(no->to_string());
    fmt::print("{} is trusted no more: it is among the rejected now.\n", name_of(*one->certificate));
    mention_issued(all, *one->certificate);
    return done;
}

int remove(arguments const& a) {
    auto opened = open(a);
    if (!opened) return misused;
    auto& store = opened->store;
    auto const& all = opened->all;
    auto const one = named(*opened, a.operands.front(), to_name);
    if (!one) return failed;
    if (one->where == place::own)
        return fails("that is this application's own certificate: create-own makes the next one");
    fmt::print("{}", described(*one, &store, now().wall));
    if (one->certificate) mention_issued(all, *one->certificate);
    std::string const name = one->certificate ? name_of(*one->certificate) : "this revocation list";
    if (!confirmed(a, fmt::format("Remove {}, for good?", name))) return failed;
    auto const crls = [&] {
        return store.entries(place::trusted_crl).size() + store.entries(place::issuer_crl).size();
    };
    auto const before = crls();
    if (auto const no = store.remove(one->print())) return fails(no->to_string());
    fmt::print("{} is removed.\n", name);
    if (auto const gone = before - std::min(before, crls()); one->certificate && gone > 0)
        fmt::print("{} of it went with it.\n", counted(gone, "revocation list"));
    return done;
}

int add(arguments const& a) {
    auto opened = open(a);
    if (!opened) return misused;
    auto& store = opened->store;
    auto const& all = opened->all;
    std::string why;
    auto const file = read_file_of_either(a.operands.front(), why);
    if (!file) return cannot(why);
    if (!file->lists.empty())
        return fails(
            fmt::format("{}: is a revocation list: sallyport-trust add-crl takes it", a.operands.front()));
    if (file->certificates.empty()) return fails(fmt::format("{}: {}", a.operands.front(), file->fault));
    bool const trusted = *a.to == trust::list::trusted;
    if (trusted && file->certificates.size() > 1)
        return fails(fmt::format(
            "{}: holds {}: say which one is to be trusted, in a file of its own; its CAs go --to issuer",
            a.operands.front(), counted(file->certificates.size(), "certificate")));
    for (auto const& c : file->certificates) {
        if (trusted && trust::may_issue(*c) && !a.as_ca) return refuse_ca(*c);
        if (!trusted && !c->constraints().ca)
            return fails(fmt::format(
                "nothing was changed: {} is no CA, and would help no chain among the issuers", name_of(*c)));
    }
    for (auto const& c : file->certificates) {
        auto const at =
            std::find_if(all.begin(), all.end(), [&](found const& f) { return f.print() == c->print(); });
        place const to = trusted ? place::trusted : place::issuers;
        if (at != all.end() && at->where == to) {
            fmt::print("{} is there already.\n", name_of(*c));
            continue;
        }
        if (trusted) warn_of_namesakes(all, *c, nullptr);
        if (auto const no = store.add(*c, *a.to)) return fails(no->to_string());
        fmt::print("{} is {} now{}.\n  SHA-256  {}\n", name_of(*c), trusted ? "trusted" : "among the issuers",
                   at == all.end() || at->where == place::own
                       ? ""
                       : fmt::format(", and no more in the list: {}", to_string(at->where)),
                   trust::hex(c->print().bytes));
        mention_missing_list(all, *c, a);
        if (trusted) tell_whether_accepted(store, *c, {});
    }
    return done;
}

int add_crl(arguments const& a) {
    auto opened = open(a);
    if (!opened) return misused;
    auto& store = opened->store;
    std::string why;
    auto const file = read_file_of_either(a.operands.front(), why);
    if (!file) return cannot(why);
    if (!file->certificates.empty())
        return fails(fmt::format("{}: is a certificate: sallyport-trust add takes it", a.operands.front()));
    if (file->lists.empty()) return fails(fmt::format("{}: {}", a.operands.front(), file->fault));
    auto const& l = *file->lists.front();
    auto const wall = now().wall;
    bool const there = std::any_of(opened->all.begin(), opened->all.end(),
                                   [&](found const& f) { return f.print() == l.print(); });
    if (auto const no = store.add_crl(file->list)) return fails(no->to_string());
    fmt::print("The revocation list of {} is {}: {} revoked, {}.\n", printed(l.issuer_name()),
               there ? "there already" : "in force", counted(l.size(), "certificate"),
               validity(l.from(), l.until(), wall));
    if (l.until() < wall)
        (void)fails(
            "mind that it should have been renewed: what it lists is revoked, and all else that its CA "
            "issued is refused");
    if (wall < l.from())
        (void)fails("mind that it does not count before its day; if that has come, set this machine's clock");
    return done;
}

}  // namespace trust_tool
