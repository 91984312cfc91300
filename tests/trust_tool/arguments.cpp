// SPDX-License-Identifier: BSL-1.0
#include "arguments.hpp"
#include "support/catch.hpp"

#include <chrono>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

using namespace std::chrono_literals;
using namespace trust_tool;

namespace {
struct answer {
    arguments read;
    std::string fault;
};
answer read(std::initializer_list<char const*> words) {
    answer a;
    a.read = read_arguments(std::span{words.begin(), words.size()}, a.fault);
    return a;
}
std::optional<std::chrono::sys_seconds> time(std::string_view text) {
    auto const t = iso_8601(text);
    if (!t) return std::nullopt;
    return std::chrono::sys_seconds{std::chrono::duration_cast<std::chrono::seconds>(*t)};
}
using std::chrono::sys_days;
constexpr auto day = std::chrono::year{2026} / 1 / 31;
}  // namespace

TEST_CASE("a verify command line, word by word", "[trust_tool][arguments]") {
    auto const [a, fault] = read(
        {"verify", "/store", "--layout", "issuers", "--peer", "server-application", "--policy",
         "http://opcfoundation.org/UA/SecurityPolicy#Basic256Sha256", "--application-uri", "urn:plant:pump-7",
         "--endpoint-url", "opc.tcp://plc-7:4840/x", "--at", "2026-01-31T08:00:00Z", "--suppress",
         "BadCertificateTimeInvalid,BadCertificateRevocationUnknown", "--format", "text", "chain.der"});
    CHECK(fault.empty());
    CHECK(a.what == command::verify);
    CHECK(a.folder == "/store");
    CHECK(a.operands == std::vector<std::string>{"chain.der"});
    CHECK(a.layout == trust::layout::plural_issuers);
    CHECK(a.peer == trust::peer::server_application);
    CHECK(a.policy == trust::policy_called("Basic256Sha256"));
    CHECK(a.application_uri == "urn:plant:pump-7");
    CHECK(a.host == "plc-7");
    CHECK(a.overlook.has(trust::status::certificate_time_invalid));
    CHECK(a.overlook.has(trust::status::certificate_revocation_unknown));
    CHECK(a.json == false);
}

TEST_CASE("what is wrong with a command line is said", "[trust_tool][arguments]") {
    CHECK(read({"verify", "/store", "x.der"}).fault == "verify needs --peer");
    CHECK(read({"verify", "/store", "--peer", "user"}).fault ==
          "verify needs one more word behind the store");
    CHECK(read({"verify", "/s", "--peer", "user", "a", "b"}).fault == "\"b\" is one word too many");
    CHECK_FALSE(read({"verify", "/s", "--peer", "nobody", "a"}).fault.empty());
    CHECK_FALSE(read({"verify", "/s", "--peer", "user", "--policy", "Basic512", "a"}).fault.empty());
    CHECK_FALSE(read({"verify", "/s", "--peer", "user", "--at", "yesterday", "a"}).fault.empty());
    CHECK_FALSE(read({"verify", "/s", "--peer", "user", "--endpoint-url", "plc-7", "a"}).fault.empty());
    CHECK_FALSE(read({"verify", "/s", "--peer", "user", "--layout", "annex-g", "a"}).fault.empty());
    CHECK_FALSE(read({"list", "/s", "--peer", "user"}).fault.empty());
    CHECK_FALSE(read({"add", "/s", "a"}).fault.empty());
    CHECK_FALSE(read({"trust"}).fault.empty());
    CHECK(read({}).fault == "what is to be done?");
    CHECK(read({"verify", "--help", "--frob"}).fault.empty());
    CHECK(read({"create-own", "/s"}).fault == "create-own needs --application-uri");
    CHECK_FALSE(read({"create-own", "/s", "--application-uri", "urn:x", "--key", "rsa512"}).fault.empty());
    CHECK_FALSE(read({"create-own", "/s", "--application-uri", "urn:x", "--next", "--switch"}).fault.empty());
    CHECK(read({"create-own", "/s", "--switch"}).fault.empty());
    CHECK_FALSE(read({"expiring", "/s", "--within", "soon"}).fault.empty());
    CHECK(read({"expiring", "/s", "--within", "7"}).read.within == 7 * 24h);
    CHECK(read({"remove", "/s", "--", "--yes"}).read.operands == std::vector<std::string>{"--yes"});
    CHECK(read({"\x1b[2J"}).fault.find('\x1b') == std::string::npos);
}

TEST_CASE("findings to overlook are named with or without their Bad", "[trust_tool][arguments]") {
    for (char const* s : {"BadCertificateTimeInvalid", "Bad_CertificateTimeInvalid", "CertificateTimeInvalid",
                          " BadCertificateTimeInvalid ,"}) {
        CAPTURE(s);
        auto const [a, fault] = read({"verify", "/s", "--peer", "user", "--suppress", s, "a"});
        CHECK(fault.empty());
        CHECK(a.overlook.has(trust::status::certificate_time_invalid));
    }
    for (char const* s : {"Good", "BadNothing", "BadSecurityChecksFailed", "badcertificatetimeinvalid"}) {
        CAPTURE(s);
        CHECK_FALSE(read({"verify", "/s", "--peer", "user", "--suppress", s, "a"}).fault.empty());
    }
}

TEST_CASE("what must never be overlooked is remembered as asked for, and not overlooked",
          "[trust_tool][arguments]") {
    for (char const* s :
         {"BadCertificateUntrusted", "BadCertificateRevoked", "BadCertificateIssuerRevoked",
          "BadCertificateInvalid", "BadCertificateChainIncomplete", "BadCertificateUriInvalid"}) {
        CAPTURE(s);
        auto const [a, fault] = read({"verify", "/s", "--peer", "user", "--suppress", s, "a"});
        CHECK(fault.empty());
        CHECK_FALSE(a.overlook.any());
        CHECK(a.never_overlooked == std::vector{*trust::status_called(s)});
    }
}

TEST_CASE("times as ISO 8601 writes them", "[trust_tool][arguments]") {
    CHECK(time("2026-01-31") == sys_days{day});
    CHECK(time("2026-01-31T08:00:00Z") == sys_days{day} + 8h);
    CHECK(time("2026-01-31T08:00Z") == sys_days{day} + 8h);
    CHECK(time("2026-01-31T08:00:00") == sys_days{day} + 8h);
    CHECK(time("2026-01-31T08:00:00+01:00") == sys_days{day} + 7h);
    CHECK(time("2026-01-31T08:00:00-0130") == sys_days{day} + 9h + 30min);
    CHECK(time("20260131T080000Z") == sys_days{day} + 8h);
    CHECK(time("1970-01-01T00:00:00Z") == std::chrono::sys_seconds{});
    CHECK(iso_8601("2026-01-31T08:00:00,123456789123Z") ==
          (sys_days{day} + 8h).time_since_epoch() + 123'456'789ns);
    CHECK(iso_8601("9999-12-31T23:59:59Z") ==
          sallyport::nanoseconds::max());  // as certificates without an end
    CHECK(iso_8601("0001-01-01") == sallyport::nanoseconds::min());
    CHECK(iso_8601("2262-04-11T23:47:14Z").value().count() < sallyport::nanoseconds::max().count());
    CHECK(iso_8601("2026-01-31T08:00:00.5Z") == (sys_days{day} + 8h).time_since_epoch() + 500ms);
    for (std::string_view bad :
         {"", "2026", "2026-02-30", "2026-13-01", "2026-01-31T25:00", "2026-01-31T08:00:00Zx", "2026-01-31T",
          "2026-01-31T08:00:00+1", "+026-01-31", "2026-01-31T08:00:00.Z"}) {
        CAPTURE(bad);
        CHECK_FALSE(iso_8601(bad));
    }
}

TEST_CASE("the host of an endpoint's URL", "[trust_tool][arguments]") {
    CHECK(host_of("opc.tcp://plc-7:4840/x") == "plc-7");
    CHECK(host_of("opc.tcp://plc-7") == "plc-7");
    CHECK(host_of("opc.tcp://192.0.2.7:4840") == "192.0.2.7");
    CHECK(host_of("opc.tcp://[2001:db8::7]:4840/") == "2001:db8::7");
    CHECK(host_of("https://plc-7/a?b#c") == "plc-7");
    CHECK(host_of("opc.tcp://user:secret@plc-7:4840") == "plc-7");
    CHECK(host_of("opc.tcp://user@[::1]") == "::1");
    CHECK(host_of("opc.tcp://[fe80::1%25eth0]:4840") == "fe80::1");
    CHECK(host_of("OPC.TCP://PLC-7:/") == "PLC-7");
    CHECK(host_of("opc.tcp://plc-7?x=://other/") == "plc-7");
    for (std::string_view bad :
         {"", "plc-7", "opc.tcp://", "opc.tcp://:4840", "opc.tcp://[", "://plc", "opc.tcp://[]",
          "opc.tcp://plc:48x", "opc.tcp://[::1]x", "opc.tcp://user@", "opc.tcp:///x"}) {
        CAPTURE(bad);
        CHECK_FALSE(host_of(bad));
    }
}
