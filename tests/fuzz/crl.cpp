// SPDX-License-Identifier: BSL-1.0
//
// Whatever is shown as a revocation list: what we find in it is what OpenSSL
// finds, and without its CA's signature it neither revokes nor clears.
#include "support/pki.hpp"

#include <sallyport/trust/validator.hpp>

#include <algorithm>
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

template <auto Write, class T>
std::string der_of(T const* what) {
    std::uint8_t* octets = nullptr;
    int const n = Write(what, &octets);
    must(n > 0);
    std::string const out{as_text({octets, static_cast<std::size_t>(n)})};
    OPENSSL_free(octets);
    return out;
}

/// OpenSSL stops reading at the first reason that it cannot read, and forgets whose the entries after it are.
bool openssl_reads(crl const& list) {
    STACK_OF(X509_REVOKED)* const revoked = X509_CRL_get_REVOKED(list.x509());
    for (int i = 0; i < sk_X509_REVOKED_num(revoked); ++i) {
        int there = 0;
        trust::detail::owned<ASN1_ENUMERATED, ASN1_ENUMERATED_free> const reason{
            static_cast<ASN1_ENUMERATED*>(X509_REVOKED_get_ext_d2i(sk_X509_REVOKED_value(revoked, i),
                                                                   NID_crl_reason, &there, nullptr))};
        if (!reason && there != -1) return false;
    }
    return true;
}

/// `theirs` is another reading of the list: OpenSSL sorts the entries where they stand when it is asked.
void must_agree(crl const& list, X509_CRL* theirs, certificate const& c) {
    auto const ours = list.look_up(c);
    must(ours != crl::listed::removed || list.base());
    // Where issuers of entries cannot be read the list is not sound, and nobody asks it.
    if (!list.sound() || !openssl_reads(list)) return;
    X509_REVOKED* entry = nullptr;
    must((ours != crl::listed::no) == (X509_CRL_get0_by_cert(theirs, &entry, c.x509()) != 0));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    std::string why;
    auto const list = crl::parse({data, size}, &why);
    must((list == nullptr) == !why.empty());
    if (!list) return 0;
    trust::detail::owned_crl const theirs{X509_CRL_dup(list->x509())};
    must(!list->issuer().empty() || X509_NAME_entry_count(list->issuer_name()) == 0);
    must(list->same_scope(*list));

    static auto const key = pki::ed25519("the CA");
    auto const ca =
        pki::authority("the CA", key).subject(der_of<i2d_X509_NAME>(list->issuer_name())).self_signed();
    auto const reads = [](pki::issued const& i) { return certificate::parse(i.bytes()); };
    auto const read_ca = reads(ca);
    if (!read_ca) return 0;  // a name that is too long for a certificate
    must(list->issued_in_name_of(*read_ca) && !list->signed_by(*read_ca));
    must_agree(*list, theirs.get(), *read_ca);

    STACK_OF(X509_REVOKED)* const revoked = X509_CRL_get_REVOKED(list->x509());
    must(list->size() == static_cast<std::size_t>(std::max(0, sk_X509_REVOKED_num(revoked))));
    for (int i = 0; i < std::min(4, sk_X509_REVOKED_num(revoked)); ++i) {
        auto const serial =
            trust::detail::view(X509_REVOKED_get0_serialNumber(sk_X509_REVOKED_value(revoked, i)));
        auto pump = pki::application("Pump 7", key).serial_octets(std::string{as_text(serial)});
        if (list->scope() != nullptr && list->scope()->distpoint != nullptr) {  // announced where the list is
            using namespace pki::der;
            auto const point = der_of<i2d_DIST_POINT_NAME>(list->scope()->distpoint);
            pump.extension("2.5.29.31", false, seq({seq({context(0, point)})}));
        }
        auto const read_pump = reads(pump.by(ca));
        if (!read_pump) continue;
        must_agree(*list, theirs.get(), *read_pump);
        must((distribution_points{*read_pump}.reasons_covered_by(*list) & ~list->reasons()) == 0);

        current_lists lists;
        lists.put(std::make_shared<trust_list const>(
            trust_list::content{.trusted = {read_ca}, .trusted_crls = {list}, .issuer_crls = {list}}));
        auto const said = validator{lists}.validate({.chain = read_pump->der(), .shown_by = peer::pkix},
                                                    {{}, list->from(), true});
        must(!said.accepted());
        for (fault const& f : said.all()) must(f.what != status::certificate_revoked);
    }
    return 0;
}
