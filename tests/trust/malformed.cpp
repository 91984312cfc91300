// SPDX-License-Identifier: BSL-1.0
// Three and a half thousand broken certificates and revocation lists, found
// by the fuzzers of others: presented, as a file that an administrator trusts, as a revocation list. Each is
// refused or judged, and soon; nothing is accepted that nobody trusts. That nothing leaks or is read past its
// end is for the sanitizers to see.
#include "support/catch.hpp"
#include "support/folder.hpp"
#include "support/pki.hpp"
#include "support/pki_crl.hpp"
#include "support/work.hpp"

#include <sallyport/trust/directory.hpp>
#include <sallyport/trust/validator.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <fstream>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

using namespace sallyport;
using namespace sallyport::trust;
using namespace std::chrono_literals;

namespace {

constexpr std::array everybody{peer::client_application, peer::server_application, peer::user, peer::pkix};
instant const now{{}, pki::today.time_since_epoch(), true};

struct broken {
    std::string name, octets;
    bool is_list = false;  ///< or a certificate
    bool whole = false;    ///< does OpenSSL read it to its last octet?
    [[nodiscard]] trust::bytes bytes() const { return as_bytes(octets); }
};

std::vector<broken> const& all_of_them() {
    static std::vector<broken> const all = [] {
        std::vector<broken> found;
        std::string const folder = SALLYPORT_TEST_VECTORS "/malformed/";
        for (std::string const kind : {"certs", "crls"}) {
            std::ifstream table{folder + kind + ".tsv"};
            for (std::string line; std::getline(table, line);) {
                std::istringstream columns{line};
                broken b;
                bool reads = false;
                std::size_t size = 0;
                columns >> b.name >> reads >> b.whole >> size;
                b.is_list = kind == "crls";
                b.octets = support::text_of(folder + kind + "/" + b.name);
                if (b.octets.size() == size) found.push_back(std::move(b));
            }
        }
        return found;
    }();
    return all;
}

/// Calls `f(file)` for each, which is soon done.
template <class F>
void each_in_time(F f) {
    REQUIRE(all_of_them().size() == 3615);
    std::chrono::nanoseconds longest{};
    std::string which;
    for (broken const& b : all_of_them()) {
        CAPTURE(b.name);
        if (auto const took = work::of([&] { f(b); }); took > longest) longest = took, which = b.name;
    }
    CAPTURE(which);
    CHECK(longest <= work::at_most(500ms));
}

judgement judged(current_lists const& lists, trust::bytes chain, peer who) {
    return validator{lists}.validate({.chain = chain, .shown_by = who}, now);
}
trust_list_ptr holding(trust_list::content c) { return std::make_shared<trust_list const>(std::move(c)); }

void check_refusal(judgement const& said) {
    CHECK_FALSE(said.accepted());
    CHECK_FALSE(said.all().empty());
    CHECK_FALSE(said.remedy().empty());
    CHECK(said.wire() != status::good);
    CHECK(said.device() == trusted_device{});
}

}  // namespace

TEST_CASE("nothing broken that is presented is accepted where nothing is trusted", "[trust][malformed]") {
    current_lists const nothing;
    each_in_time([&](broken const& b) {
        for (peer const who : everybody) check_refusal(judged(nothing, b.bytes(), who));
    });
}

TEST_CASE("something broken behind a trusted certificate is a fault of the whole", "[trust][malformed]") {
    auto const pump = pki::application().self_signed();
    current_lists lists;
    lists.put(holding({.trusted = {pump}}));
    each_in_time([&](broken const& b) {
        std::string const blob = pump.der() + b.octets;
        auto const said = judged(lists, as_bytes(blob), peer::client_application);
        bool const readable = read_chain(b.bytes(), trust_list{}, 99).problem.empty();
        CHECK(to_string(said.first()) == to_string(readable ? status::good : status::certificate_invalid));
    });
}

TEST_CASE(
    "what is read of the broken is read to its last octet, and judged by its own worth where it is trusted",
    "[trust][malformed]") {
    each_in_time([&](broken const& b) {
        std::string why;
        auto const c = certificate::parse(b.bytes(), &why);
        CHECK(why.empty() == (c != nullptr));
        if (!c) return;
        CHECK((b.whole && !b.is_list));
        CHECK(as_text(c->der()) == b.octets);
        (void)c->subject().append(c->issuer()).append(c->serial()).append(c->signature_name());
        (void)c->thumb();

        current_lists lists;
        lists.put(holding({.trusted = {c}, .issuers = {c}}));
        instant const then{{}, c->valid_from(), true};
        for (peer const who : everybody) {
            auto const said = validator{lists}.validate({.chain = b.bytes(), .shown_by = who}, then);
            // Alone in the lists, it can be nobody's but its own.
            if (!said.accepted()) check_refusal(said);
            CHECK(
                (!said.accepted() || (c->covers(then.wall) && X509_verify(c->x509(), c->public_key()) == 1)));
            CHECK((!said.accepted() || who == peer::pkix || c->flaws() == 0));
        }
    });
}

TEST_CASE("a broken file in a folder is read by its content, or skipped with a reason",
          "[trust][malformed]") {
    for (bool const of_crl : {false, true})
        each_in_time([&](broken const& b) {
            trust::detail::stored_file file{.name = "broken.der"};
            trust::detail::judge(file, b.bytes(), of_crl, true);
            CHECK(file.reason.empty() == (file.print() != nullptr));
            CHECK((file.reason.empty() ? b.whole && b.is_list == of_crl : file.reason.size() < 200));
            file.name = "broken.pem";  // what is no PEM text is none by its name
            trust::detail::judge(file, b.bytes(), of_crl, true);
            CHECK_FALSE(file.reason.empty());
        });
}

TEST_CASE("a store that is full of broken files opens, and tells of each that counts for nothing",
          "[trust][malformed]") {
    support::folder const root;
    REQUIRE_FALSE(directory::create(root.at.string()).has_value());
    auto const pump = pki::application("Pump 7").self_signed();
    (void)root.with(pump.der(), "trusted/certs/pump.der");
    std::size_t readable = 1, n = 0;
    for (broken const& b : all_of_them())
        for (std::string const folder : {"trusted/certs/", "trusted/crl/"}) {
            (void)root.with(b.octets, folder + std::to_string(n++));
            readable += (folder == "trusted/crl/" ? crl::parse(b.bytes()) != nullptr
                                                  : certificate::parse(b.bytes()) != nullptr)
                            ? 1U
                            : 0U;
        }

    auto const began = work::done();
    auto const store = directory::open(root.at.string(), layout::annex_f, {.writes = false});
    REQUIRE(store);
    CHECK(work::done() - began < work::at_most(10s));
    CHECK(store->entries(trust::place::trusted).size() + store->entries(trust::place::trusted_crl).size() ==
          readable);
    auto const skipped = store->skipped();
    CHECK(skipped.size() == n + 1 - readable);
    CHECK(std::none_of(skipped.begin(), skipped.end(), [](auto const& s) { return s.reason.empty(); }));
    // The one that is whole works as ever; of the others each that may be accepted is trusted, and right by itself.
    CHECK(judged(store->lists(), pump.bytes(), peer::client_application).accepted());
    each_in_time([&](broken const& b) {
        for (peer const who : everybody) {
            auto const said = judged(store->lists(), b.bytes(), who);
            if (!said.accepted()) check_refusal(said);
            CHECK((!said.accepted() || said.leaf()->flaws() == 0 || who == peer::pkix));
        }
    });
}

TEST_CASE("a broken revocation list neither revokes nor clears", "[trust][malformed]") {
    auto const key = pki::ed25519("the CA");
    std::vector<crl_ptr> read;
    each_in_time([&](broken const& b) {
        std::string why;
        auto const list = crl::parse(b.bytes(), &why);
        CHECK(why.empty() == (list != nullptr));
        if (!list) return;
        CHECK((b.whole && b.is_list));
        read.push_back(list);

        // A CA of that very name, and a certificate of each of the first serials that it is said to have
        // revoked.
        std::uint8_t* octets = nullptr;
        int const n = i2d_X509_NAME(list->issuer_name(), &octets);
        REQUIRE(n > 0);
        std::string const name{as_text({octets, static_cast<std::size_t>(n)})};
        OPENSSL_free(octets);
        auto const ca = pki::authority("the CA", key).subject(name).self_signed();
        auto* const revoked = X509_CRL_get_REVOKED(list->x509());
        for (int i = 0; i < std::min(3, sk_X509_REVOKED_num(revoked)); ++i) {
            auto const* const serial = X509_REVOKED_get0_serialNumber(sk_X509_REVOKED_value(revoked, i));
            auto const pump = pki::application("Pump 7", key)
                                  .serial_octets(std::string{trust::detail::text_of(serial)})
                                  .by(ca);
            (void)list->look_up(*pump.read());
            current_lists lists;
            lists.put(holding({.trusted = {ca}, .trusted_crls = {list}}));
            // Such a name need not have what OPC UA wants of one.
            CHECK(to_string(judged(lists, pump.bytes(), peer::pkix).first()) ==
                  "BadCertificateRevocationUnknown");
        }
    });
    CHECK(read.size() == 22);  // the others are not even DER

    // All of them in one store, beside a CA that has its own: it works as if they were not there.
    auto const ca = pki::authority("Line 3").self_signed();
    auto const pump = pki::application().by(ca), gone = pki::application("Pump 8").by(ca);
    read.push_back(pki::revocations(ca).revoke(gone));
    current_lists lists;
    lists.put(holding({.trusted = {ca}, .trusted_crls = read, .issuer_crls = read}));
    CHECK(to_string(judged(lists, pump.bytes(), peer::client_application).first()) == "Good");
    CHECK(to_string(judged(lists, gone.bytes(), peer::client_application).first()) ==
          "BadCertificateRevoked");
}
