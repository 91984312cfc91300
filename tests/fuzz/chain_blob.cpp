// SPDX-License-Identifier: BSL-1.0
//
// Whatever is presented as a chain: where nothing is trusted nobody comes
// in, an acceptance has a path of good signatures to a self-signed root, more leniency never refuses what
// less accepts, and asking again changes nothing.
#include <sallyport/trust/validator.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>

using namespace sallyport;
using namespace sallyport::trust;

namespace {

void must(bool holds) {
    if (!holds) std::abort();
}

constexpr suppressions everything = [] {
    suppressions all;
    for (auto const& r : status_rules) all.add(r.code);
    return all;
}();

void must_be_sound(judgement const& said, trust_list const& lists, instant now) {
    must(!said.remedy().empty());
    must(said.accepted() == (said.first() == status::good));
    must(said.accepted() == said.device().known() || said.shown_by() == peer::user);
    for (fault const& f : said.all()) must(!f.suppressed || f.suppressible);
    if (!said.accepted()) return must(said.wire() != status::good && !said.all().empty());

    auto const path = said.chain();
    bool trusted = false;
    for (std::size_t i = 0; i < path.size(); ++i) {
        certificate const& issuer = *path[i + 1 < path.size() ? i + 1 : i];
        must(X509_verify(path[i]->x509(), issuer.public_key()) == 1);
        must(i == 0 || path[i]->constraints().ca);
        trusted = trusted || lists.where(path[i]->print()).has(list::trusted);
        must(!said.all().empty() ||
             path[i]->covers(now.wall));  // what was overlooked stands among the findings
    }
    must(trusted);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    if (size < 2) return 0;
    // The first octet tells which of the certificates an administrator has put where, the second who shows
    // the rest.
    std::uint8_t const choice = data[0];
    auto const who = static_cast<peer>(data[1] & 3);
    bytes const chain{data + 2, size - 2};

    trust_list const nothing;
    presented const shown = read_chain(chain, nothing, 8);
    must(!shown.certificates.empty() || !shown.problem.empty());
    trust_list::content held;
    for (std::size_t i = 0; i < shown.certificates.size(); ++i) {
        certificate_ptr const& c = shown.certificates[i];
        must(certificate::parse(c->der()) != nullptr);
        (void)c->subject().append(c->issuer()).append(c->serial());
        (void)holds_host(*c, "192.0.2.7");
        (void)holds_uri(*c, "urn:plant:pump-7");
        if ((choice >> i % 4 & 1) != 0) held.trusted.push_back(c);
        if ((choice >> i % 4 & 16) != 0) held.issuers.push_back(c);
    }
    instant now{{}, {}, true};
    if (shown.leaf()) now.wall = shown.leaf()->valid_from();

    current_lists lists, empty;
    lists.put(std::make_shared<trust_list const>(std::move(held)));
    validator const strict{lists}, lenient{lists, {.overlook = everything}}, alone{empty};
    question q{.chain = chain, .shown_by = who, .application_uri = "urn:plant:pump-7", .host = "192.0.2.7"};
    auto const first = strict.validate(q, now), again = strict.validate(q, now),
               mild = lenient.validate(q, now);
    must(first.first() == again.first() && first.all().size() == again.all().size());
    must(!first.accepted() || mild.accepted());
    must_be_sound(first, *lists.get().lists, now);
    must_be_sound(mild, *lists.get().lists, now);
    q.policy = policy_called("Basic256Sha256");
    must(first.accepted() || !strict.validate(q, now).accepted());  // one more rule, and it comes no nearer
    must(!alone.validate(q, now).accepted());
    return 0;
}
