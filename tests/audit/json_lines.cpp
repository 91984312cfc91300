// SPDX-License-Identifier: BSL-1.0
// compiled alone: its parser is not to be had everywhere, and is looked for first
#include "audit/made.hpp"
#include "support/catch.hpp"

#include <sallyport/audit/explain.hpp>
#include <sallyport/audit/json_lines.hpp>

#include <algorithm>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace made;

std::string line_of(audit::event const& e) {
    std::vector<std::string> lines;
    audit::json_lines log{lines_into(lines)};
    log.record(e);
    REQUIRE(lines.size() == 1);
    return lines[0];
}

TEST_CASE("a line has every field, in one order", "[audit][json_lines]") {
    CHECK(
        line_of(refusal()) ==
        R"({"id":"login_refused","number":101,"severity":"warning","iec62443":"CR 1.11","reason":"penalty_delay_active",)"
        R"("delay_ms":40000,"user":"admin","source":"192.0.2.7","service":"opcua","device":"","shown":"password",)"
        R"("presence":"remote","session":0,"ending":"","actor":"","value":0,"detail":"","repeated":0,"within_ms":0,)"
        R"("wall":"2022-05-12T13:35:33.583Z","wall_trusted":true,"boot_ms":0,)"
        R"("text":"User 'admin' was refused at opcua from 192.0.2.7: a penalty delay of 40000 ms is running, the password was not )"
        R"(looked at. Wait, or clear the penalty in the user management."})"
        "\n");
}

}  // namespace

// A cross build has no JSON parser at hand; the bytes above are the same there.
#if __has_include(<nlohmann/json.hpp>)
#include <nlohmann/json.hpp>

namespace {

nlohmann::json parsed(audit::event const& e) {
    std::string const line = line_of(e);
    CHECK(std::count(line.begin(), line.end(), '\n') == 1);
    auto json = nlohmann::json::parse(line, nullptr, false);
    CAPTURE(line);
    REQUIRE(json.is_object());
    return json;
}

TEST_CASE("whatever can be told reads back", "[audit][json_lines]") {
    for (audit::event const& e : everything()) {
        auto const json = parsed(e);
        CHECK(json.size() == 23);
        CHECK(json["id"] == to_string(e.id));
        CHECK(json["number"] == static_cast<unsigned>(e.id));
        CHECK(json["severity"] == to_string(audit::severity_of(e)));
        CHECK(json["iec62443"] == audit::requirement_of(e));
        CHECK(json["reason"] == to_string(e.why.why));
        CHECK(json["delay_ms"] == e.why.retry_after_ms());
        CHECK(json["user"] == "admin");
        CHECK(json["source"] == "192.0.2.7");
        CHECK(json["service"] == "opcua");
        CHECK(json["device"] == "ab" + std::string(60, '0') + "01");
        CHECK(json["session"] == 7);
        CHECK(json["ending"] == (audit::ends_session(e) ? to_string(e.ending) : ""));
        CHECK(json["actor"] == "amira");
        CHECK(json["value"] == 16);
        CHECK(json["detail"] == "accounts.toml:3:5");
        CHECK(json["text"] == audit::explain(e));
    }
}

TEST_CASE("numbers, times and places read back", "[audit][json_lines]") {
    audit::event e = refusal(1500us);
    e.why.retry_after = 1ns;
    e.session = std::numeric_limits<std::uint64_t>::max();
    e.repeated = 4812;
    e.within = 60s;
    e.presence = whereabouts::console;
    e.shown = proof_kind::token;
    e.at.wall_trusted = false;
    auto const json = parsed(e);
    CHECK(json["delay_ms"] == 1);
    CHECK(json["session"] == std::numeric_limits<std::uint64_t>::max());
    CHECK(json["repeated"] == 4812);
    CHECK(json["within_ms"] == 60'000);
    CHECK(json["presence"] == "console");
    CHECK(json["shown"] == "token");
    CHECK(json["wall"] == "2022-05-12T13:35:33.584Z");
    CHECK(json["wall_trusted"] == false);
    CHECK(json["boot_ms"] == 1);
}

TEST_CASE("every name reads back as it was typed", "[audit][json_lines]") {
    for (int c = 1; c < 0x80; ++c) {
        audit::event e = refusal();
        std::string const typed = {'a', static_cast<char>(c), 'z'};
        e.user = std::string_view{typed};
        CHECK(parsed(e)["user"] == typed);
    }
    auto const typed = GENERATE(as<std::string>(), "Zoë", "x\",\"id\":\"login_admitted", "a\u2028b\u202ec",
                                "\U000e0041🔒", "\\u0000");
    audit::event e = refusal();
    e.user = std::string_view{typed};
    e.detail = std::string_view{typed};
    CHECK(parsed(e)["user"] == typed);
    CHECK(parsed(e)["detail"] == typed);
}

TEST_CASE("what is no UTF-8 is replaced, and the line stays JSON", "[audit][json_lines]") {
    audit::event e = refusal();
    e.user = "a\xff\xc3(";
    CHECK(parsed(e)["user"] == "a\ufffd\ufffd(");
    e.user = name{std::string(63, 'a') + "é"};  // cut in the middle of a character
    CHECK(parsed(e)["user"] == std::string(63, 'a') + "\ufffd");
}

}  // namespace
#endif
