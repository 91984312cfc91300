// SPDX-License-Identifier: BSL-1.0
#include "audit/made.hpp"
#include "support/catch.hpp"

#include <sallyport/audit/explain.hpp>
#include <sallyport/audit/rfc5424.hpp>

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace made;
using audit::event_id;
using namespace std::string_literals;

std::string message_of(audit::event const& e, audit::rfc5424_options const& o = {}) {
    std::vector<std::string> lines;
    audit::rfc5424 log{lines_into(lines), o};
    log.record(e);
    REQUIRE(lines.size() == 1);
    return lines[0];
}

/// What a receiver makes of a message by the grammar of RFC 5424 §6; nothing where it is none.
struct received {
    unsigned priority;
    std::vector<std::string> header;  // version, time, host, application, process, message id
    std::map<std::string, std::map<std::string, std::string>> data;
    std::string text;
};
std::optional<received> receive(std::string_view m) {
    auto const until = [&m](char end) -> std::optional<std::string> {
        std::size_t const at = m.find(end);
        if (at == 0 || at == std::string_view::npos) return std::nullopt;
        std::string const found{m.substr(0, at)};
        m.remove_prefix(at + 1);
        return found;
    };
    received r{};
    if (m.substr(0, 1) != "<") return std::nullopt;
    m.remove_prefix(1);
    auto const priority = until('>');
    if (!priority || priority->size() > 3 || priority->find_first_not_of("0123456789") != std::string::npos)
        return std::nullopt;
    r.priority = static_cast<unsigned>(std::stoi(*priority));
    for (int i = 0; i < 6; ++i) {
        auto const field = until(' ');
        if (!field) return std::nullopt;
        for (char const c : *field)
            if (c < '!' || c > '~') return std::nullopt;
        r.header.push_back(*field);
    }
    while (m.substr(0, 1) == "[") {
        m.remove_prefix(1);
        std::size_t const end_of_id = m.find_first_of(" ]");
        auto& element = r.data[std::string{m.substr(0, end_of_id)}];
        m.remove_prefix(end_of_id);
        while (m.substr(0, 1) == " ") {
            m.remove_prefix(1);
            auto const name = until('=');
            if (!name || m.substr(0, 1) != "\"") return std::nullopt;
            m.remove_prefix(1);
            std::string value;
            for (; !m.empty() && m[0] != '"'; m.remove_prefix(1)) {
                if (m[0] == ']') return std::nullopt;  // must be escaped
                if (m[0] == '\\') m.remove_prefix(1);
                value += m[0];
            }
            if (m.empty() || !element.emplace(*name, value).second) return std::nullopt;
            m.remove_prefix(1);
        }
        if (m.substr(0, 1) != "]") return std::nullopt;
        m.remove_prefix(1);
    }
    if (m.substr(0, 1) != " ") return std::nullopt;
    r.text = m.substr(1);
    return r;
}

TEST_CASE("a message is what RFC 5424 says", "[audit][rfc5424]") {
    CHECK(
        message_of(refusal(1s), {.host = "axc", .process = "42"}) ==
        R"(<84>1 2022-05-12T13:35:34.583Z axc sallyport 42 login_refused [sallyport@32473 iec62443="CR 1.11")"
        R"( reason="penalty_delay_active" delay_ms="40000" user="admin" source="192.0.2.7" service="opcua" boot_ms="1000"] )"
        "User 'admin' was refused at opcua from 192.0.2.7: a penalty delay of 40000 ms is running, the "
        "password was not looked at. "
        "Wait, or clear the penalty in the user management.");
}

TEST_CASE("a receiver reads whatever can be told", "[audit][rfc5424]") {
    for (audit::event const& e : everything()) {
        auto const r = receive(message_of(e));
        REQUIRE(r);
        CHECK(r->priority == 80 + audit::syslog_code(audit::severity_of(e)));
        CHECK(r->header == std::vector{"1"s, "2022-05-12T13:35:33.583Z"s, "-"s, "sallyport"s, "-"s,
                                       std::string{to_string(e.id)}});
        REQUIRE(r->data.count("sallyport@32473") == 1);
        auto const& said = r->data.at("sallyport@32473");
        CHECK(said.at("iec62443") == audit::requirement_of(e));
        CHECK(said.at("user") == "admin");
        CHECK(said.at("session") == "7");
        CHECK(said.at("actor") == "amira");
        CHECK(said.count("reason") == (e.why.why == reason::none ? 0 : 1));
        CHECK(said.count("ending") == (audit::ends_session(e) ? 1 : 0));
        CHECK(r->text == audit::explain(e));
    }
}

TEST_CASE("names are escaped as structured data wants it", "[audit][rfc5424]") {
    audit::event e = refusal();
    e.user = "a\"] [x@1 y=\"z\\";
    e.detail = "\n\x1b";
    std::string const m = message_of(e);
    CHECK(m.find(R"(user="a\"\] [x@1 y=\"z\\" )") != std::string::npos);
    auto const r = receive(m);
    REQUIRE(r);
    CHECK(r->data.size() == 1);
    CHECK(r->data.at("sallyport@32473").at("user") == "a\"] [x@1 y=\"z\\");
    CHECK(r->data.at("sallyport@32473").at("detail") == "\\x0a\\x1b");
    CHECK(m.find_first_of("\n\x1b") == std::string::npos);
}

TEST_CASE("a clock that is not to be trusted is said to be so", "[audit][rfc5424]") {
    audit::event e = refusal();
    e.at.wall_trusted = false;
    auto const r = receive(message_of(e));
    REQUIRE(r);
    REQUIRE(r->data.count("timeQuality") == 1);
    CHECK(r->data.at("timeQuality").at("isSynced") == "0");
    CHECK(r->data.at("timeQuality").at("tzKnown") == "1");
}

TEST_CASE("a text that is more than ASCII says that it is UTF-8", "[audit][rfc5424]") {
    audit::event e = refusal();
    CHECK(receive(message_of(e))->text.substr(0, 4) == "User");
    e.user = "Zoë";
    CHECK(receive(message_of(e))->text.substr(0, 7) == "\xEF\xBB\xBFUser");
}

TEST_CASE("a message stays within what a receiver takes, and is not cut within a character",
          "[audit][rfc5424]") {
    audit::event e = full(event_id::login_refused);
    for (auto* part : {&e.user, &e.actor}) part->bytes.fill('\n');
    e.detail.bytes.fill('\xff');
    std::string const m = message_of(e);
    CHECK(m.size() <= 2048);
    CHECK(receive(m));

    e = refusal();
    for (std::size_t i = 1; i < 64; i += 2)
        e.user.bytes[i - 1] = '\xc3', e.user.bytes[i] = '\xab';  // ë, 32 times
    std::size_t const uncut = message_of(e).size();
    REQUIRE(uncut > 450);
    for (std::size_t most = 300; most < 500; ++most) {
        std::string const cut = message_of(e, {.most = most});
        CHECK(cut.size() <= most);
        CHECK(cut.size() >= std::min(most, uncut) - 1);
        CHECK((static_cast<unsigned char>(cut.back()) < 0x80 ||
               static_cast<unsigned char>(cut.back()) == 0xab));
    }
}

TEST_CASE("a host's own words are made to fit the header", "[audit][rfc5424]") {
    auto const r = receive(message_of(refusal(), {.host = "my host\n" + std::string(300, 'x'),
                                                  .application = "ä b",
                                                  .facility = 99,
                                                  .enterprise = 1}));
    REQUIRE(r);
    CHECK(r->header[2].size() == 255);
    CHECK(r->header[2].find("my_host_xxx") == 0);
    CHECK(r->header[3] == "___b");
    CHECK(r->priority == 23 * 8 + 4);
    CHECK(r->data.count("sallyport@1") == 1);
}

}  // namespace
