// SPDX-License-Identifier: BSL-1.0
// Steps 7 and 8: is it the host that we connected to, and the application that it says it is?
// (OPC 10000-4 §6.1.3; OPC 10000-6 §6.2.2)
#include "rules.hpp"

#include <string>
#include <string_view>

namespace {

using namespace rules;
using pki::dns;
using pki::ip;

constexpr std::string_view wrong_host = "HostNameInvalid of Leaf", wrong_uri = "UriInvalid of Leaf",
                           good = "Good";

asking host(std::string_view name) { return {.host = name}; }
asking uri(std::string_view name) { return {.uri = name}; }

issued with_names(std::initializer_list<std::string> names) {
    return application("Leaf").names(names).self_signed();
}

TEST_CASE("the host is one of the certificate's names or addresses (step 7, our choice)",
          "[trust][rules][names]") {
    auto const leaf =
        with_names({pki::uri("urn:plant:leaf"), dns("Pump-7.plant.example"), dns("pump-7"), dns("192.0.2.9"),
                    dns("*.wild.example"), ip({192, 0, 2, 7}), ip({192, 0, 2, 10}),
                    ip({0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7})});
    struct {
        std::string_view asked, says, because;
    } const hosts[] = {
        {"Pump-7.plant.example", good, "as it stands"},
        {"pump-7.PLANT.example", good, "case does not count"},
        {"pump-7", good, "a partial name, if it is the one in use"},
        {"pump-7.plant.example.", good, "the root's dot is no name of its own"},
        {"pump-7.plant", wrong_host, "part of a name"},
        {"pump-7.plant.example.evil", wrong_host, "more than a name"},
        {"evil-pump-7", wrong_host, "more than a name"},
        {"plant.example", wrong_host, "the end of a name"},
        {"Leaf", wrong_host, "the common name is no host name"},
        {"urn:plant:leaf", wrong_host, "nor is the ApplicationUri"},
        {"a.wild.example", wrong_host, "no wildcards"},
        {"*.wild.example", good, "but an odd name is a name"},
        {"192.0.2.7", good, "an iPAddress"},
        {"192.0.2.8", wrong_host, "another address"},
        {"192.0.2.9", good, "a dNSName that spells an address"},
        {"192.0.2.07", wrong_host, "another spelling, which others read as octal"},
        {"192.0.2.010", wrong_host, "who connects by this reaches 192.0.2.8"},
        {"2001:db8::7", good, "IPv6"},
        {"2001:0DB8:0:0:0:0:0:7", good, "IPv6, spelled out"},
        {"[2001:db8::7]", good, "IPv6, as URLs have it"},
        {"2001:db8::8", wrong_host, "another address"},
        {"", wrong_host, "no name at all"},
        {".", wrong_host, "no name at all"},
        {"[]", wrong_host, "no address at all"},
    };
    for (auto const& h : hosts) {
        CAPTURE(h.asked, h.because);
        CHECK(said_of_own(servers, leaf, host(h.asked)) == h.says);
    }
}
TEST_CASE("a host name with a NUL in it is not the part before it (step 7)", "[trust][rules][names]") {
    auto const leaf = with_names({pki::uri("urn:plant:leaf"), dns({"good.example\0.evil.example", 26})});
    CHECK(said_of_own(servers, leaf, host("good.example")) == wrong_host);
    auto const honest = with_names({pki::uri("urn:plant:leaf"), dns("good.example")});
    CHECK(said_of_own(servers, honest, host({"good.example\0.evil", 18})) == wrong_host);
}
TEST_CASE("a host name longer than any is none (step 7)", "[trust][rules][names]") {
    std::string const endless(10'000, 'a');
    CHECK(said_of_own(servers, with_names({dns("a"), ip({192, 0, 2, 7})}), host(endless)) == wrong_host);
}
TEST_CASE("an address of a length that no address has is nobody's (step 7)", "[trust][rules][names]") {
    CHECK(said_of_own(servers, with_names({ip({192, 0, 2})}), host("192.0.2.0")) == wrong_host);
}
TEST_CASE("a certificate without any host names is not that host (step 7, Part 6 §6.2)",
          "[trust][rules][names]") {
    CHECK(said_of_own(servers, with_names({pki::uri("urn:plant:leaf")}), host("pump-7")) == wrong_host);
    CHECK(said_of_own(servers, application("Leaf").without(pki::id::alt_name).self_signed(), host("Leaf")) ==
          wrong_host);
}
TEST_CASE("the host is asked of servers alone, not of a client that knocks here, not of a user (step 7)",
          "[trust][rules][names]") {
    auto const leaf = with_names({pki::uri("urn:plant:leaf"), dns("pump-7")});
    CHECK(said_of_own(servers, leaf, host("elsewhere")) == wrong_host);
    CHECK(said_of_own(clients, leaf, host("elsewhere")) == good);
    CHECK(said_of_own(users, leaf, host("elsewhere")) == good);
}
TEST_CASE("CA certificates are not asked for a host or a URI (steps 7 and 8)", "[trust][rules][names]") {
    auto const leaf = application("Leaf").names({pki::uri("urn:plant:leaf"), dns("pump-7")}).by(the().line);
    CHECK(said_of(servers, leaf, {.uri = "urn:plant:leaf", .host = "pump-7"}) == good);
}
TEST_CASE("a wrong host is told to the peer, and may be overlooked (step 7)", "[trust][rules][names]") {
    auto a = host("elsewhere");
    CHECK(store{}.trusted({the().alone}).judge(peer::server_application, the().alone.der(), a).wire() ==
          status::certificate_host_name_invalid);
    a.overlook.add(status::certificate_host_name_invalid);
    CHECK(store{}.trusted({the().alone}).says(servers, {the().alone}, a) ==
          "HostNameInvalid of Alone (suppressed)");
}

TEST_CASE("the ApplicationUri is a URI of the certificate, octet by octet (step 8)",
          "[trust][rules][names]") {
    auto const leaf =
        with_names({pki::uri("urn:plant:Pump%207"), dns("pump-7"), pki::uri("http://plant.example/pump/7")});
    struct {
        std::string_view asked, says, because;
    } const uris[] = {
        {"urn:plant:Pump%207", good, "the first"},
        {"http://plant.example/pump/7", good, "any of them"},
        {"urn:plant:pump%207", wrong_uri, "case counts"},
        {"URN:plant:Pump%207", wrong_uri, "case counts in the scheme, too"},
        {"urn:plant:Pump 7", wrong_uri, "nothing is decoded"},
        {"urn:plant:Pump%2070", wrong_uri, "more than it"},
        {"urn:plant:Pump%20", wrong_uri, "less than it"},
        {"http://plant.example/pump/7/", wrong_uri, "nothing is normalized"},
        {"http://plant.example:80/pump/7", wrong_uri, "nothing is normalized"},
        {"pump-7", wrong_uri, "a host name is no URI"},
        {" urn:plant:Pump%207", wrong_uri, "nothing is trimmed"},
        {"", wrong_uri, "no URI at all"},
    };
    for (auto const& u : uris) {
        CAPTURE(u.asked, u.because);
        CHECK(said_of_own(applications, leaf, uri(u.asked)) == u.says);
    }
}
TEST_CASE("a certificate without a URI is not that application (step 8, none is UriInvalid)",
          "[trust][rules][names]") {
    CHECK(said_of_own(applications, with_names({dns("pump-7")}), uri("urn:plant:leaf")) == wrong_uri);
    CHECK(said_of_own(applications, with_names({dns("pump-7")}), uri("")) == wrong_uri);
    CHECK(said_of_own(applications, with_names({pki::uri("")}), uri("")) == wrong_uri);
    CHECK(said_of_own(applications, application("Leaf").without(pki::id::alt_name).self_signed(),
                      uri("urn:plant:leaf")) == wrong_uri);
}
TEST_CASE("a URI with a NUL in it is no URI, nor is any beside it (step 8, one with a NUL is UriInvalid)",
          "[trust][rules][names]") {
    std::string_view const hidden{"urn:plant:leaf\0.evil", 20};
    CHECK(said_of_own(applications, with_names({pki::uri(hidden)}), uri("urn:plant:leaf")) == wrong_uri);
    CHECK(said_of_own(applications, with_names({pki::uri(hidden)}), uri(hidden)) == wrong_uri);
    CHECK(said_of_own(applications, with_names({pki::uri("urn:plant:leaf"), pki::uri(hidden)}),
                      uri("urn:plant:leaf")) == wrong_uri);
}
TEST_CASE("what is not given is not checked, neither host nor URI (Part 4 §6.1.3, not given as input)",
          "[trust][rules][names]") {
    CHECK(said_of_own(everyone, application("Leaf").without(pki::id::alt_name).self_signed()) == good);
}
TEST_CASE("a user has no ApplicationUri, and RFC 5280 knows none (step 8)", "[trust][rules][names]") {
    CHECK(said_of_own(users, with_names({dns("pump-7")}), uri("urn:plant:leaf")) == good);
    CHECK(said_of_own(pkix, with_names({dns("pump-7")}), uri("urn:plant:leaf")) == good);
}
TEST_CASE(
    "a wrong URI is told to the peer, and is never overlooked, with the host neither (step 8, "
    "TrustListValidationOptions bit 1)",
    "[trust][rules][names]") {
    asking a = uri("urn:plant:elsewhere");
    a.host = "elsewhere";
    a.overlook = everything_suppressible();
    CHECK_FALSE(a.overlook.has(status::certificate_uri_invalid));
    auto const lists = store{}.trusted({the().alone});
    CHECK(lists.says(servers, {the().alone}, a) ==
          "HostNameInvalid of Alone (suppressed), UriInvalid of Alone");
    CHECK(lists.judge(peer::server_application, the().alone.der(), a).wire() ==
          status::certificate_uri_invalid);
}
TEST_CASE(
    "a self-signed application that calls itself a CA is asked for its names all the same (step 7, Part 6 "
    "§6.2, CTT)",
    "[trust][rules][names]") {
    auto const ctt = application("Leaf").ca(true).usage(pki::rsa_application | pki::cert_sign).self_signed();
    CHECK(said_of_own(servers, ctt, {.uri = "urn:plant:pump-7", .host = "pump-7.plant.example"}) == good);
    CHECK(said_of_own(servers, ctt, {.uri = "urn:other", .host = "other"}) ==
          "HostNameInvalid of Leaf, UriInvalid of Leaf");
}
TEST_CASE("names come after trust and time, and before usage and revocation (order)",
          "[trust][rules][names]") {
    auto const leaf =
        application("Leaf").usage(pki::digital_signature, false).valid_until(today - 1s).by(the().root);
    asking const a{.uri = "urn:other", .host = "other"};
    CHECK(store{}.issuers({the().root}).says(servers, {leaf}, a) ==
          "Untrusted of Leaf, TimeInvalid of Leaf, HostNameInvalid of Leaf, UriInvalid of Leaf, "
          "UseNotAllowed of Leaf, "
          "RevocationUnknown of Leaf");
}

}  // namespace
