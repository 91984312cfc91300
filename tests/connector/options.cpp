// SPDX-License-Identifier: BSL-1.0
#include "options.hpp"

#include "support/catch.hpp"

#include <string>
#include <string_view>
#include <vector>

using connector::options;
using namespace std::chrono_literals;

namespace {

options read(std::vector<char const*> const& words, std::string& fault) {
    return connector::read_options(words, fault);
}
options good(std::vector<char const*> words) {
    std::string fault;
    words.insert(words.end(), {"--store", "/pki", "--application-uri", "urn:plant:pump"});
    options const o = read(words, fault);
    CHECK(fault.empty());
    return o;
}
std::string fault_of(std::vector<char const*> const& words) {
    std::string fault;
    (void)read(words, fault);
    return fault;
}

}  // namespace

TEST_CASE("a broker's address is read as people write it", "[connector][options]") {
    struct {
        char const* said;
        std::string_view host;
        int port;
        std::string_view url;
    } const each[] = {
        {"broker", "broker", 8883, "mqtts://broker:8883"},
        {"broker.plant.example:18883", "broker.plant.example", 18883, "mqtts://broker.plant.example:18883"},
        {"192.0.2.9:1", "192.0.2.9", 1, "mqtts://192.0.2.9:1"},
        {"[2001:db8::9]:65535", "2001:db8::9", 65535, "mqtts://[2001:db8::9]:65535"},
        {"[2001:db8::9]", "2001:db8::9", 8883, "mqtts://[2001:db8::9]:8883"},
        {"2001:db8::9", "2001:db8::9", 8883, "mqtts://[2001:db8::9]:8883"}};
    for (auto const& e : each) {
        CAPTURE(e.said);
        auto const o = good({"--broker", e.said});
        CHECK(o.broker.host == e.host);
        CHECK(o.broker.port == e.port);
        CHECK(o.broker.url() == e.url);
    }
    for (char const* const wrong :
         {"", ":8883", "broker:", "broker:0", "broker:65536", "broker:x", "broker:1x", "[2001:db8::9", "[]:1",
          "mqtts://broker", "a b", "me@broker"}) {
        CAPTURE(wrong);
        CHECK(fault_of({"--store", "/pki", "--broker", wrong}) == "--broker needs HOST or HOST:PORT");
    }
}

TEST_CASE("what is not said has a sensible meaning", "[connector][options]") {
    auto const o = good({"--broker", "broker", "--name", "Press 4"});
    CHECK(o.store == "/pki");
    CHECK(o.topic == "readings/Press 4");
    CHECK(o.every == 10s);
    CHECK_FALSE(o.readings);
    CHECK(o.polling.longest == 5min);
    CHECK(o.layout == sallyport::trust::layout::annex_f);
    CHECK(o.certificate.use == sallyport::trust::own_use::client);
    CHECK(o.certificate.key == sallyport::trust::own_key::rsa_2048);
    CHECK(o.certificate.fault().empty());
}

TEST_CASE("what is said counts, with an equals sign or without", "[connector][options]") {
    auto const o =
        good({"--broker=broker", "--topic=a/b", "--every", "7", "--readings=3", "--longest-wait", "60",
              "--layout=issuers", "--key", "nistP384", "--organization", "Mill", "--name=Press 4"});
    CHECK(o.topic == "a/b");
    CHECK(o.every == 7s);
    CHECK(o.readings == 3);
    CHECK(o.polling.longest == 1min);
    CHECK(o.layout == sallyport::trust::layout::plural_issuers);
    CHECK(o.certificate.key == sallyport::trust::own_key::nist_p384);
    CHECK(o.certificate.organization == "Mill");
    CHECK(o.certificate.common_name == "Press 4");
    CHECK(o.certificate.application_uri == "urn:plant:pump");
}

TEST_CASE("what is wrong is named", "[connector][options]") {
    CHECK(fault_of({}) == "--store is missing: the folder of the connector's trust store");
    CHECK(fault_of({"--store", "/pki"}) == "--broker is missing: where to publish to");
    CHECK(fault_of({"--store"}) == "--store needs a value");
    CHECK(fault_of({"--store", ""}) == "--store needs a folder");
    CHECK(fault_of({"--stoer", "/pki"}) == "there is no --stoer");
    CHECK(fault_of({"/pki"}) == "there is no /pki");
    CHECK(fault_of({"--topic", "a/#"}) == "--topic needs a topic without + and #");
    CHECK(fault_of({"--layout", "mine"}) == "--layout needs annex-f or issuers");
    CHECK(fault_of({"--key", "rsa1024"}) == "--key needs rsa2048, rsa3072, rsa4096, nistP256 or nistP384");
    CHECK(fault_of({"--readings", "0"}) == "--readings needs a number from 1");
    for (char const* const wrong : {"0", "-1", "86401", "1s", ""})
        CHECK(fault_of({"--every", wrong}) == "--every needs seconds, from 1 to 86400");
    std::vector<char const*> const rest{"--store", "/pki", "--broker", "b"};
    auto with = [&](std::vector<char const*> more) {
        more.insert(more.end(), rest.begin(), rest.end());
        return fault_of(more);
    };
    CHECK(with({"--application-uri", "pump"}).starts_with("application_uri: expected a URI"));
    CHECK(with({"--name", "a#b", "--application-uri", "urn:a:b"}) ==
          "--topic is needed: the certificate's name does not make one");
    CHECK(with({"--name", "a#b", "--application-uri", "urn:a:b", "--topic", "t"}).empty());
    std::string fault;
    CHECK(read({"--store", "--help"}, fault).store == "--help");  // a value is a value
    CHECK(read({"--help"}, fault).help);
    CHECK(fault.empty());
}
