// SPDX-License-Identifier: BSL-1.0
#include "house.hpp"

#include <sallyport/trust/trust_list_operations.hpp>

using namespace house_of_tests;
using trust::method_caller;
using trust::method_status;
using trust::trust_list_data;
using trust::trust_list_operations;
namespace masks = trust::masks;

namespace {

using octets = std::vector<std::uint8_t>;
method_caller const gds{.session = 7, .may_change = true, .authenticated = true};
method_caller const reader{.session = 8, .may_read = true, .authenticated = true};
instant const noon = after(0s);

octets of(std::string const& der) { return {der.begin(), der.end()}; }
octets of(pki::issued const& c) { return of(c.der()); }

/// All of a file, some octets at a time.
octets read_all(trust_list_operations& lists, method_caller const& who, std::uint32_t handle) {
    octets all;
    for (;;) {
        auto const some = lists.read(who, handle, 100, noon);
        REQUIRE(some.status == method_status::good);
        CHECK(some.value.size() <= 100);
        if (some.value.empty()) return all;
        all.insert(all.end(), some.value.begin(), some.value.end());
    }
}
trust_list_data what_is_there(trust_list_operations& lists, std::uint32_t mask = masks::all) {
    auto const handle = lists.open_with_masks(reader, mask, noon);
    REQUIRE(handle);
    auto const d = trust_list_data::decode(read_all(lists, reader, handle.value));
    CHECK(lists.close(reader, handle.value, noon));
    REQUIRE(d);
    return *d;
}
/// Open, Write in pieces, CloseAndUpdate.
method_status update(trust_list_operations& lists, octets const& wire, std::string* why = nullptr) {
    auto const handle = lists.open(gds, trust_list_operations::write_erase_mode, noon);
    REQUIRE(handle);
    for (std::size_t at = 0; at < wire.size(); at += 1000)
        REQUIRE(lists.write(gds, handle.value,
                            trust::bytes{wire}.subspan(at, std::min<std::size_t>(1000, wire.size() - at)),
                            noon));
    auto const done = lists.close_and_update(gds, handle.value, noon);
    CHECK_FALSE(done.value);  // applyChangesRequired
    CHECK(lists.open_count() == 0);
    if (why != nullptr) *why = done.why;
    return done.status;
}
method_status update(trust_list_operations& lists, trust_list_data const& d, std::string* why = nullptr) {
    return update(lists, d.encode(), why);
}

struct plant : house {
    pki::issued root = ca(), line = pki::authority("Line", pki::p256("Line")).by(root);
    pki::issued p = pki::application("Pump 7", pki::p256("pumps")).by(line), alone = pump("Alone");
    std::string root_list = pki::revocations(root).made().der(),
                line_list = pki::revocations(line).made().der();
    directory store = open();
    trust_list_operations lists{store};

    [[nodiscard]] trust_list_data everything() const {
        return {.specified_lists = masks::all,
                .trusted_certificates = {of(p), of(alone)},
                .trusted_crls = {},
                .issuer_certificates = {of(root), of(line)},
                .issuer_crls = {of(root_list), of(line_list)}};
    }
};

}  // namespace

TEST_CASE("what was written with CloseAndUpdate is read back, all or by mask",
          "[trust][trust_list_operations]") {
    plant h;
    CHECK(h.lists.open_count() == 0);
    CHECK(what_is_there(h.lists) == trust_list_data{.specified_lists = masks::all});
    REQUIRE(update(h.lists, h.everything()) == method_status::good);
    CHECK(trusts(h.store, h.p));
    CHECK(lists(h.store, h.root, list::issuers));
    CHECK(h.names(place::issuer_crl).size() == 2);

    auto const sorted = [](trust_list_data d) {
        for (auto* const l :
             {&d.trusted_certificates, &d.trusted_crls, &d.issuer_certificates, &d.issuer_crls})
            std::sort(l->begin(), l->end());
        return d;
    };
    CHECK(sorted(what_is_there(h.lists)) == sorted(h.everything()));
    for (std::uint32_t mask = 0; mask < 16; ++mask) {
        auto const some = what_is_there(h.lists, mask);
        CHECK(some.specified_lists == mask);
        CHECK(some.trusted_certificates.size() == ((mask & 1) != 0 ? 2U : 0U));
        CHECK(some.trusted_crls.empty());
        CHECK(some.issuer_certificates.size() == ((mask & 4) != 0 ? 2U : 0U));
        CHECK(some.issuer_crls.size() == ((mask & 8) != 0 ? 2U : 0U));
    }
    CHECK(h.lists.open_with_masks(reader, 16, noon).status == method_status::invalid_argument);
}

TEST_CASE("lists that are not named stay as they are", "[trust][trust_list_operations]") {
    plant h;
    REQUIRE(update(h.lists, h.everything()) == method_status::good);
    trust_list_data d{.specified_lists = masks::trusted_certificates,
                      .trusted_certificates = {of(h.p)},
                      .issuer_certificates = {of("not looked at: it is not named")}};
    REQUIRE(update(h.lists, d) == method_status::good);
    CHECK(trusts(h.store, h.p));
    CHECK_FALSE(trusts(h.store, h.alone));
    CHECK(count(h.store, place::issuers) == 2);
    CHECK(count(h.store, place::issuer_crl) == 2);
    REQUIRE(update(h.lists, trust_list_data{}) == method_status::good);
    CHECK(trusts(h.store, h.p));
}

TEST_CASE("a CA that moves to another list takes its revocation lists along, unless lists of them are named",
          "[trust][trust_list_operations]") {
    plant h;
    auto before = h.everything();
    before.issuer_crls = {of(h.root_list), of(pki::revocations(h.line).number(2).revoke(h.p).made().der())};
    REQUIRE(update(h.lists, before) == method_status::good);
    auto const pump_is = [&] {
        trust::suppressions some;
        some.add(trust::status::certificate_revocation_unknown);
        return trust::validator{h.store.lists(), {.overlook = some}}
            .validate({.chain = h.p.bytes()}, noon)
            .first();
    };
    REQUIRE(pump_is() == trust::status::certificate_revoked);

    trust_list_data const to_trusted{.specified_lists = masks::trusted_certificates,
                                     .trusted_certificates = {of(h.line), of(h.p)}},
        back{.specified_lists = masks::issuer_certificates, .issuer_certificates = {of(h.root), of(h.line)}};
    REQUIRE(update(h.lists, to_trusted) == method_status::good);
    CHECK(trusts(h.store, h.line));
    CHECK(h.names(place::trusted_crl).size() == 1);
    CHECK(h.names(place::issuer_crl).size() == 1);
    CHECK(pump_is() == trust::status::certificate_revoked);
    REQUIRE(update(h.lists, back) == method_status::good);
    CHECK(h.names(place::trusted_crl).empty());
    CHECK(h.names(place::issuer_crl).size() == 2);
    CHECK(pump_is() == trust::status::certificate_revoked);

    // Another certificate of the CA stays: so does the list, in both. Copies do not multiply.
    auto const renewed = pki::authority("Line", pki::p256("Line")).serial(77).by(h.root);
    REQUIRE_FALSE(h.store.add(*renewed.read(), list::issuers));
    fs::copy_file(h.in(place::issuer_crl) / h.names(place::issuer_crl)[0],
                  h.in(place::issuer_crl) / "copy 0.crl");
    fs::copy_file(h.in(place::issuer_crl) / h.names(place::issuer_crl)[1],
                  h.in(place::issuer_crl) / "copy 1.crl");
    REQUIRE(update(h.lists, to_trusted) == method_status::good);
    CHECK(h.names(place::trusted_crl).size() == 1);
    CHECK(h.names(place::issuer_crl).size() == 4);
    CHECK(pump_is() == trust::status::certificate_revoked);

    // What is named is exactly what is given.
    auto named = back;
    named.specified_lists |= masks::trusted_crls | masks::issuer_crls;
    named.issuer_crls = {of(h.root_list), of(h.line_list)};
    CHECK(update(h.lists, named) ==
          method_status::internal_error);  // an older list than the one that is there
    named.issuer_crls[1] = of(pki::revocations(h.line).number(3).made().der());
    REQUIRE(update(h.lists, named) == method_status::good);
    CHECK(h.names(place::trusted_crl).empty());
    CHECK(h.store.lists().get().lists->crls().size() == 2);
    CHECK(pump_is() == trust::status::good);
}

TEST_CASE(
    "a CA that is not given any more goes, and its revocation lists with it, unless lists of them are named",
    "[trust][trust_list_operations]") {
    plant h;
    REQUIRE(update(h.lists, h.everything()) == method_status::good);
    auto const renewed = pki::authority("Line", pki::p256("Line")).serial(77).by(h.root);
    trust_list_data d{.specified_lists = masks::trusted_certificates | masks::issuer_certificates,
                      .trusted_certificates = {of(h.alone)},
                      .issuer_certificates = {of(h.root), of(renewed)}};
    REQUIRE(update(h.lists, d) == method_status::good);
    CHECK(h.names(place::issuer_crl).size() == 2);  // the new certificate of that CA needs its list
    d.issuer_certificates.pop_back();
    REQUIRE(update(h.lists, d) == method_status::good);
    CHECK_FALSE(lists(h.store, renewed, list::issuers));
    CHECK(h.names(place::issuer_crl).size() == 1);
    d.issuer_certificates.clear();
    REQUIRE(update(h.lists, d) == method_status::good);
    CHECK(h.names(place::issuer_crl).empty());

    REQUIRE(update(h.lists, h.everything()) == method_status::good);
    auto named = h.everything();
    named.trusted_certificates = {of(h.alone)};
    named.issuer_certificates = {of(h.root)};
    CHECK(update(h.lists, named) == method_status::certificate_invalid);  // the line's list has lost its CA
    named.issuer_crls = {of(h.root_list)};
    CHECK(update(h.lists, named) == method_status::good);
    CHECK(h.names(place::issuer_crl).size() == 1);
}

TEST_CASE("a revocation list of nobody, which somebody has put there, holds up no update of other lists",
          "[trust][trust_list_operations]") {
    plant h;
    h.drop(place::trusted_crl, "stray", pki::revocations(ca("Nobody")).made().der());
    REQUIRE_FALSE(h.store.refresh());
    trust_list_data d{
        .specified_lists = masks::trusted_certificates | masks::issuer_certificates | masks::issuer_crls,
        .trusted_certificates = {of(h.p)},
        .issuer_certificates = {of(h.root), of(h.line)},
        .issuer_crls = {of(h.root_list), of(h.line_list)}};
    CHECK(update(h.lists, d) == method_status::good);
    CHECK(trusts(h.store, h.p));
    CHECK(h.names(place::trusted_crl) == std::vector<std::string>{"stray"});  // it is not ours to remove
    auto named = what_is_there(h.lists, masks::trusted_crls);
    CHECK(update(h.lists, named) == method_status::certificate_invalid);
    named.trusted_crls.clear();
    CHECK(update(h.lists, named) == method_status::good);
    CHECK(h.names(place::trusted_crl).empty());
}

TEST_CASE("one certificate or list that is not sound leaves everything as it was",
          "[trust][trust_list_operations]") {
    plant h;
    REQUIRE(update(h.lists, h.everything()) == method_status::good);
    auto const generation = h.store.lists().generation();
    auto d = h.everything();
    auto expected = method_status::certificate_invalid;
    SECTION("no certificate") { d.trusted_certificates.push_back(of("hello")); }
    SECTION("an empty one") { d.issuer_certificates.emplace_back(); }
    SECTION("a chain in place of a certificate") { d.trusted_certificates = {of(pki::chain({h.p, h.line}))}; }
    SECTION("a bad signature") {
        d.trusted_certificates.push_back(
            of(pki::application("Bad", pki::p256("pumps")).spoiled().self_signed()));
    }
    SECTION("an unknown critical extension") {
        d.trusted_certificates.push_back(of(pki::application("Odd", pki::p256("pumps"))
                                                .extension(pki::id::strange, true, pki::der::null())
                                                .self_signed()));
    }
    SECTION("no issuer") {
        d.issuer_certificates = {of(h.root)};
        d.issuer_crls = {of(h.root_list)};
        expected = method_status::certificate_chain_incomplete;
    }
    SECTION("no revocation list") { d.issuer_crls.push_back(of(h.root)); }
    SECTION("a forged revocation list") {
        d.issuer_crls.push_back(of(pki::revocations(h.root).number(9).spoiled().made().der()));
    }
    SECTION("a revocation list of a CA that is not there") {
        d.trusted_crls.push_back(of(pki::revocations(ca("Nobody")).made().der()));
    }
    std::string why;
    CHECK(update(h.lists, d, &why) == expected);
    CHECK_FALSE(why.empty());
    CHECK(h.store.lists().generation() == generation);
    CHECK(trusts(h.store, h.alone));
}

TEST_CASE("dates and revocation are for when somebody shows it", "[trust][trust_list_operations]") {
    plant h;
    auto d = h.everything();
    d.trusted_certificates.push_back(of(pki::application("Late", pki::p256("pumps"))
                                            .valid(pki::today - 72h, pki::today - 48h)
                                            .self_signed()));
    d.issuer_crls = {of(h.root_list), of(pki::revocations(h.line).number(2).revoke(h.p).made().der())};
    CHECK(update(h.lists, d) == method_status::good);
    CHECK(trust::validator{h.store.lists()}.validate({.chain = h.p.bytes()}, noon).first() ==
          trust::status::certificate_revoked);
}

TEST_CASE("a revocation list that is older than the one that is there is not taken",
          "[trust][trust_list_operations]") {
    plant h;
    auto d = h.everything();
    d.issuer_crls = {of(pki::revocations(h.root).number(9).made().der()), of(h.line_list)};
    REQUIRE(update(h.lists, d) == method_status::good);
    std::string why;
    CHECK(update(h.lists, h.everything(), &why) == method_status::internal_error);
    CHECK(why.find("a newer revocation list of this CA is there already") != std::string::npos);
}

TEST_CASE("what was written is no list: nothing happens", "[trust][trust_list_operations]") {
    plant h;
    REQUIRE(update(h.lists, h.everything()) == method_status::good);
    CHECK(update(h.lists, octets{}) == method_status::decoding_error);
    CHECK(update(h.lists, octets{1, 2, 3}) == method_status::decoding_error);
    auto torn = h.everything().encode();
    torn.pop_back();
    CHECK(update(h.lists, torn) == method_status::decoding_error);
    CHECK(update(h.lists, trust_list_data{.specified_lists = 16}) == method_status::invalid_argument);
    CHECK(trusts(h.store, h.alone));
}

TEST_CASE("Close forgets what was written", "[trust][trust_list_operations]") {
    plant h;
    auto const handle = h.lists.open(gds, trust_list_operations::write_erase_mode, noon);
    REQUIRE(handle);
    REQUIRE(h.lists.write(gds, handle.value, h.everything().encode(), noon));
    CHECK(h.lists.close(gds, handle.value, noon));
    CHECK(h.lists.close_and_update(gds, handle.value, noon).status == method_status::invalid_argument);
    CHECK(h.store.lists().get().lists->members().empty());
}

TEST_CASE("one writer at a time; readers read on until the lists change", "[trust][trust_list_operations]") {
    plant h;
    REQUIRE(update(h.lists, h.everything()) == method_status::good);
    auto const reading = h.lists.open(reader, trust_list_operations::read_mode, noon);
    REQUIRE(reading);
    auto const writing = h.lists.open(gds, trust_list_operations::write_erase_mode, noon);
    REQUIRE(writing);
    auto other = gds;
    other.session = 99;
    CHECK(h.lists.open(other, trust_list_operations::write_erase_mode, noon).status ==
          method_status::transaction_pending);
    CHECK(h.lists.add_certificate(other, pump("B").bytes(), true, noon).status ==
          method_status::invalid_state);
    CHECK(h.lists.remove_certificate(other, std::string(40, '0'), true, noon).status ==
          method_status::invalid_state);
    CHECK(h.lists.read(reader, reading.value, 10, noon).value.size() == 10);
    CHECK(h.lists.read(gds, writing.value, 10, noon).status == method_status::invalid_state);
    CHECK(h.lists.write(gds, reading.value, {}, noon).status == method_status::invalid_argument);

    trust_list_data const none{.specified_lists = masks::trusted_certificates};
    REQUIRE(h.lists.write(gds, writing.value, none.encode(), noon));
    CHECK(h.lists.close_and_update(gds, writing.value, noon).status == method_status::good);
    CHECK(h.lists.read(reader, reading.value, 10, noon).status == method_status::invalid_state);
    CHECK(h.lists.close_and_update(gds, reading.value, noon).status == method_status::invalid_argument);
    CHECK(h.lists.open(gds, trust_list_operations::write_erase_mode, noon));
}

TEST_CASE("a change by somebody else is told to who is reading", "[trust][trust_list_operations]") {
    plant h;
    auto const handle = h.lists.open(reader, trust_list_operations::read_mode, noon);
    REQUIRE(h.lists.read(reader, handle.value, 4, noon));
    h.drop(place::trusted, "by hand", h.alone.der());
    (void)h.store.refresh();
    CHECK(h.lists.read(reader, handle.value, 4, noon).status == method_status::invalid_state);
}

TEST_CASE("a handle is its session's, ends with it, and after a minute of silence",
          "[trust][trust_list_operations]") {
    plant h;
    auto const handle = h.lists.open(gds, trust_list_operations::write_erase_mode, noon);
    auto thief = gds;
    thief.session = 66;
    CHECK(h.lists.write(thief, handle.value, {}, noon).status == method_status::invalid_argument);
    CHECK(h.lists.close(thief, handle.value, noon).status == method_status::invalid_argument);
    CHECK(h.lists.write(gds, handle.value, {}, after(60s)));   // the last moment …
    CHECK(h.lists.write(gds, handle.value, {}, after(120s)));  // … counts anew from there
    CHECK(h.lists.write(gds, handle.value, {}, after(181s)).status == method_status::invalid_argument);
    CHECK(h.lists.open_count() == 0);

    CHECK(h.lists.open(thief, trust_list_operations::write_erase_mode, after(200s)));
    h.lists.close_all_of(7);
    CHECK(h.lists.open_count() == 1);
    h.lists.close_all_of(66);
    CHECK(h.lists.open_count() == 0);
}

TEST_CASE("nobody may do anything who was not told that he may", "[trust][trust_list_operations]") {
    plant h;
    (void)h.store.reject(pump("Stranger").bytes(), "x", {}, trust::status::certificate_untrusted, noon);
    auto const thumb = trust::hex(h.alone.read()->thumb());
    auto const all_of = [&](method_caller const& who) {
        return std::vector{h.lists.open(who, 1, noon).status,
                           h.lists.open(who, 6, noon).status,
                           h.lists.open_with_masks(who, 1, noon).status,
                           h.lists.read(who, 1, 1, noon).status,
                           h.lists.write(who, 1, {}, noon).status,
                           h.lists.close(who, 1, noon).status,
                           h.lists.close_and_update(who, 1, noon).status,
                           h.lists.add_certificate(who, h.alone.bytes(), true, noon).status,
                           h.lists.remove_certificate(who, thumb, true, noon).status,
                           h.lists.rejected_list(who).status};
    };
    for (auto const s : all_of({})) CHECK(s == method_status::security_mode_insufficient);
    for (auto const s : all_of({.may_read = true, .may_change = true}))
        CHECK(s == method_status::security_mode_insufficient);
    for (auto const s : all_of({.authenticated = true})) CHECK(s == method_status::user_access_denied);
    auto const reads = all_of(reader);
    for (std::size_t const i : {1U, 4U, 6U, 7U, 8U, 9U}) CHECK(reads[i] == method_status::user_access_denied);
    CHECK(reads[0] == method_status::good);
    CHECK(h.store.lists().get().lists->members().empty());

    house readonly;
    auto store = readonly.open({.writes = false});
    trust_list_operations closed{store};
    CHECK(closed.open(gds, 6, noon).status == method_status::not_writable);
    CHECK(closed.add_certificate(gds, h.alone.bytes(), true, noon).status == method_status::not_writable);
    CHECK(closed.open(gds, 1, noon));
}

TEST_CASE("other modes than reading, and writing what is erased first, are not supported",
          "[trust][trust_list_operations]") {
    plant h;
    for (int mode = 0; mode < 256; ++mode)
        if (mode != 1 && mode != 6)
            CHECK(h.lists.open(gds, static_cast<std::uint8_t>(mode), noon).status ==
                  method_status::not_supported);
}

TEST_CASE("everything has its bound", "[trust][trust_list_operations]") {
    plant h;
    REQUIRE(update(h.lists, h.everything()) == method_status::good);
    trust_list_operations small{h.store, {.largest = 1000, .open_at_once = 3}};
    CHECK(small.open(gds, 1, noon).status == method_status::encoding_limits_exceeded);
    CHECK(small.add_certificate(gds, pump("B").bytes(), true, noon).status ==
          method_status::encoding_limits_exceeded);
    auto const handle = small.open(gds, 6, noon);
    REQUIRE(handle);
    CHECK(small.write(gds, handle.value, octets(1000, 0), noon));
    CHECK(small.write(gds, handle.value, octets(1, 0), noon).status ==
          method_status::encoding_limits_exceeded);
    CHECK(small.close_and_update(gds, handle.value, noon).status == method_status::decoding_error);
    // What fits by itself, and not with the lists that stay.
    auto const again = small.open(gds, 6, noon);
    CHECK(small.write(gds, again.value,
                      trust_list_data{.specified_lists = 1, .trusted_certificates = {of(h.alone)}}.encode(),
                      noon));
    CHECK(small.close_and_update(gds, again.value, noon).status == method_status::encoding_limits_exceeded);
    for (int i = 0; i < 3; ++i) CHECK(small.open_with_masks(reader, 0, noon));
    CHECK(small.open_with_masks(reader, 0, noon).status == method_status::resource_unavailable);
    for (int i = 0; i < 5; ++i)
        (void)h.store.reject(pump("S" + std::to_string(i)).bytes(), "x", {},
                             trust::status::certificate_untrusted, after(i * 1s));
    auto const some = small.rejected_list(gds);
    CHECK(some.status == method_status::good);
    CHECK(some.value.size() < 5);
    CHECK_FALSE(some.value.empty());
}

TEST_CASE("readers keep no writer out, and no session keeps all other readers out",
          "[trust][trust_list_operations]") {
    plant h;
    std::vector<std::uint32_t> handles;
    for (int i = 0; i < 4; ++i) {
        auto const one = h.lists.open(reader, 1, noon);
        REQUIRE(one);
        handles.push_back(one.value);
    }
    CHECK(h.lists.open(reader, 1, noon).status == method_status::resource_unavailable);
    CHECK(h.lists.close(reader, handles.back(), noon));
    CHECK(h.lists.open(reader, 1, noon));
    for (std::uint64_t session = 100; h.lists.open_count() < 16; ++session)
        REQUIRE(h.lists.open({.session = session, .may_read = true, .authenticated = true}, 1, noon));
    auto const newcomer = h.lists.open({.session = 9, .may_read = true, .authenticated = true}, 1, noon);
    CHECK(newcomer.status == method_status::resource_unavailable);

    auto const written = h.lists.open(gds, 6, noon);
    REQUIRE(written);
    CHECK(h.lists.open_count() == 17);
    CHECK(h.lists.open(gds, 6, noon).status == method_status::transaction_pending);
    CHECK(h.lists.write(gds, written.value, h.everything().encode(), noon));
    CHECK(h.lists.close_and_update(gds, written.value, noon));
    CHECK(trusts(h.store, h.alone));
}

TEST_CASE("AddCertificate takes one valid certificate into the trusted list",
          "[trust][trust_list_operations]") {
    plant h;
    CHECK(h.lists.add_certificate(gds, h.alone.bytes(), true, noon).status == method_status::good);
    CHECK(trusts(h.store, h.alone));
    CHECK(h.lists.add_certificate(gds, h.alone.bytes(), true, noon).status == method_status::good);
    CHECK(h.lists.add_certificate(gds, pump("B").bytes(), false, noon).status ==
          method_status::certificate_invalid);
    CHECK(h.lists.add_certificate(gds, h.root.bytes(), true, noon).status ==
          method_status::certificate_invalid);
    // Nor one that calls itself an application and may issue others.
    auto const both = pki::application("Both")
                          .ca(true)
                          .usage(pki::rsa_application | pki::cert_sign | pki::crl_sign)
                          .self_signed();
    CHECK(h.lists.add_certificate(gds, both.bytes(), true, noon).status ==
          method_status::certificate_invalid);
    auto const alone = pki::application("Signed itself")
                           .ca(true)
                           .usage(pki::rsa_application | pki::cert_sign)  // as the CTT's are
                           .self_signed();
    CHECK(h.lists.add_certificate(gds, alone.bytes(), true, noon).status == method_status::good);
    CHECK(h.lists.add_certificate(gds, {}, true, noon).status == method_status::certificate_invalid);
    CHECK(h.lists.add_certificate(gds, trust::as_bytes(pki::chain({h.p, h.line})), true, noon).status ==
          method_status::certificate_invalid);
    CHECK(h.lists.add_certificate(gds, h.p.bytes(), true, noon).status ==
          method_status::certificate_chain_incomplete);
    auto with_cas = h.everything();
    with_cas.trusted_certificates.clear();
    REQUIRE(update(h.lists, with_cas) == method_status::good);
    CHECK(h.lists.add_certificate(gds, h.p.bytes(), true, noon).status == method_status::good);
    CHECK(trusts(h.store, h.p));
    REQUIRE_FALSE(
        h.store.add_crl(trust::as_bytes(pki::revocations(h.line).number(2).revoke(h.p).made().der())));
    REQUIRE_FALSE(h.store.remove(h.p.read()->print()));
    CHECK(h.lists.add_certificate(gds, h.p.bytes(), true, noon).status == method_status::certificate_invalid);
}

TEST_CASE("RemoveCertificate takes a certificate by its thumbprint, a CA with its revocation lists",
          "[trust][trust_list_operations]") {
    plant h;
    REQUIRE(update(h.lists, h.everything()) == method_status::good);
    auto const thumb = [](pki::issued const& c) { return trust::hex(c.read()->thumb()); };
    auto const remove = [&](std::string const& t, bool trusted) {
        return h.lists.remove_certificate(gds, t, trusted, noon).status;
    };
    CHECK(remove("", true) == method_status::invalid_argument);
    CHECK(remove(std::string(40, 'F'), true) == method_status::invalid_argument);
    CHECK(remove(thumb(h.alone), false) == method_status::invalid_argument);  // not of that list
    CHECK(remove(thumb(h.alone).substr(0, 39), true) == method_status::invalid_argument);
    CHECK(remove(thumb(h.line), false) == method_status::certificate_chain_incomplete);  // the pump needs it
    CHECK(remove(thumb(h.root), false) == method_status::certificate_chain_incomplete);

    std::string small = thumb(h.alone);
    for (char& c : small) c = c >= 'A' && c <= 'F' ? static_cast<char>(c + 32) : c;
    CHECK(remove(small, true) == method_status::good);
    CHECK_FALSE(trusts(h.store, h.alone));
    CHECK(remove(thumb(h.p), true) == method_status::good);
    CHECK(remove(thumb(h.line), false) == method_status::good);
    CHECK(h.names(place::issuer_crl).size() == 1);
    CHECK(remove(thumb(h.root), false) == method_status::good);
    CHECK(h.names(place::issuer_crl).empty());
    CHECK(what_is_there(h.lists) == trust_list_data{.specified_lists = masks::all});
}

TEST_CASE("GetRejectedList gives what waits, newest first", "[trust][trust_list_operations]") {
    plant h;
    CHECK(h.lists.rejected_list(gds).value.empty());
    auto const b = pump("B");
    (void)h.store.reject(h.alone.bytes(), "x", {}, trust::status::certificate_untrusted, after(0s));
    (void)h.store.reject(b.bytes(), "x", {}, trust::status::certificate_untrusted, after(1s));
    CHECK(h.lists.rejected_list(gds).value == trust_list_data::byte_strings{of(b), of(h.alone)});
}

TEST_CASE("LastUpdateTime is of the last change, by whomever", "[trust][trust_list_operations]") {
    plant h;
    auto const later = [&](auto before) {
        let_time_pass();
        return h.lists.last_update() > before;
    };
    auto const at_first = h.lists.last_update();
    CHECK(at_first > 0ns);
    CHECK_FALSE(later(at_first));
    h.drop(place::trusted, "by hand", h.alone.der());
    CHECK(later(at_first));
    auto const by_hand = h.lists.last_update();
    auto now = after(0s);
    now.wall = by_hand + 1h;
    CHECK(h.lists.add_certificate(gds, pump("B").bytes(), true, now));
    CHECK(h.lists.last_update() == by_hand + 1h);
    support::folder empty;
    auto none = directory::open(empty.at.string());
    REQUIRE(none);
    CHECK(trust_list_operations{*none}.last_update() == 0ns);
}
