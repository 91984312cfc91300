// SPDX-License-Identifier: BSL-1.0
#include <replay/trace.hpp>

#include <support/catch.hpp>

#include <string>
#include <string_view>
#include <variant>

namespace {

std::string fault_of(std::string_view line) {
    std::string fault;
    auto const e = replay::read_line(line, fault);
    CHECK(e.has_value() == fault.empty());
    return fault;
}
replay::entry read(std::string_view line) {
    std::string fault;
    auto e = replay::read_line(line, fault);
    CAPTURE(line, fault);
    REQUIRE(e);
    return *e;
}

}  // namespace

TEST_CASE("a login line, with nothing and with everything", "[replay]") {
    auto const least = read(R"({"at_ms":0,"user":"admin","secret":"x"})");
    auto const& l = std::get<replay::login>(least.what);
    CHECK((l.user == "admin" && l.secret == "x" && l.source.empty() && l.takes_ms == 0 && !l.unavailable));

    auto const most = read(
        R"({"at_ms":7,"user":"a","secret":"b","source":"192.0.2.7","service":"opcua","device":"scada-1","proof":"paired",)"
        R"("presence":true,"takes_ms":100,"outcome":"unavailable","ignored":{"user":[1]}})");
    auto const& m = std::get<replay::login>(most.what);
    CHECK(most.at_ms == 7);
    CHECK((m.source == "192.0.2.7" && m.service == "opcua" && m.device == "scada-1" && m.paired));
    CHECK((m.console && m.unavailable && m.takes_ms == 100));
}

TEST_CASE("the other lines", "[replay]") {
    CHECK(std::get<replay::close>(read(R"({"at_ms":9,"close":3})").what).opened_by == 3);
    CHECK_FALSE(std::get<replay::restart>(read(R"({"at_ms":9,"restart":"clean"})").what).power_loss);
    CHECK(std::get<replay::restart>(read(R"({"at_ms":9,"restart":"power_loss"})").what).power_loss);
    auto const c = std::get<replay::change>(read(R"({"at_ms":9,"change":"admin","old":"x","new":"y"})").what);
    CHECK((c.user == "admin" && c.old_secret == "x" && c.new_secret == "y"));
}

TEST_CASE("a line that cannot be read says why", "[replay]") {
    CHECK(fault_of("") == "not JSON");
    CHECK(fault_of("{") == "not JSON");
    CHECK(fault_of("[]") == "not a JSON object");
    CHECK(fault_of(R"({"at_ms":1})") == R"(needs exactly one of "user", "close", "restart" and "change")");
    CHECK(fault_of(R"({"at_ms":1,"user":"a","secret":"b","close":1})") ==
          R"(needs exactly one of "user", "close", "restart" and "change")");
    CHECK(fault_of(R"({"user":"a","secret":"b"})") == R"("at_ms" must be given)");
    CHECK(fault_of(R"({"at_ms":1,"user":"a"})") == R"("secret" must be given)");
    CHECK(fault_of(R"({"at_ms":1,"user":5,"secret":"b"})") == R"("user" must be a string)");
    CHECK(fault_of(R"({"at_ms":1,"restart":"soon"})") == R"("restart" must be "clean" or "power_loss")");
    CHECK(fault_of(R"({"at_ms":1,"user":"a","secret":"b","outcome":"down"})") ==
          R"("outcome" must be "unavailable")");
    CHECK(fault_of(R"({"at_ms":1,"user":"a","secret":"b","proof":"none"})") ==
          R"("proof" must be "trusted" or "paired")");
    CHECK(fault_of(R"({"at_ms":1,"user":"a","secret":"b","presence":1})") ==
          R"("presence" must be true or false)");
    CHECK(fault_of(R"({"at_ms":-1,"close":1})") ==
          R"("at_ms" must be a whole number from 0 to 9000000000000)");
    CHECK(fault_of(R"({"at_ms":9000000000001,"close":1})") ==
          R"("at_ms" must be a whole number from 0 to 9000000000000)");
    CHECK(fault_of(R"({"at_ms":9000000000000,"close":1})").empty());
    CHECK(fault_of(R"({"at_ms":1.5,"close":1})") ==
          R"("at_ms" must be a whole number from 0 to 9000000000000)");
}

TEST_CASE("a name that is no UTF-8 is the gate's to refuse, not the reader's", "[replay]") {
    struct {
        std::string_view written, read;
    } const names[] = {{"a\xff", "a\xff"},
                       {"\xc0\x80", "\xc0\x80"},
                       {"\\ud800", "\xed\xa0\x80"},
                       {"\\uDC00x", "\xed\xb0\x80x"},
                       {"\\ud800\\ud800", "\xed\xa0\x80\xed\xa0\x80"},
                       {"\\ud800\\u0041",
                        "\xed\xa0\x80"
                        "A"},
                       {"\xff\\u00e9\xc3\xa9\\u0041\\\"",
                        "\xff\xc3\xa9\xc3\xa9"
                        "A\""},
                       {"\xff\xf4\x8f\xbf\xbf\\udbff\\udfff", "\xff\xf4\x8f\xbf\xbf\xf4\x8f\xbf\xbf"}};
    for (auto const& [written, expected] : names) {
        CAPTURE(written);
        auto const e = read(R"({"at_ms":1,"user":")" + std::string{written} + R"(","secret":""})");
        CHECK(std::get<replay::login>(e.what).user == expected);
        auto const c = read(R"({"at_ms":1,"user":"é","secret":")" + std::string{written} + R"("})");
        CHECK(std::get<replay::login>(c.what).secret == expected);
        CHECK(std::get<replay::login>(c.what).user == "\xc3\xa9");
    }
    CHECK(fault_of("{\"at_ms\":1,\"user\":\"\xff\",\"secret\":\"\"") == "not JSON");
    CHECK(fault_of("{\"at_ms\":1,\"user\":\"\xff\\u12\",\"secret\":\"\"}") == "not JSON");
    CHECK(fault_of("{\"at_ms\":1,\"user\":\"\xff\",\"secret\":\"\"}\\") == "not JSON");
}

TEST_CASE("a name that is UTF-8 stays what it is, whatever stands beside it", "[replay]") {
    for (std::string_view const user : {"\\ud83d\\ude00", "\xf0\x9f\x98\x80"}) {
        auto const e = read(R"({"at_ms":1,"user":")" + std::string{user} + "\",\"secret\":\"\xfe\"}");
        CHECK(std::get<replay::login>(e.what).user == "\xf0\x9f\x98\x80");
        CHECK(std::get<replay::login>(e.what).secret == "\xfe");
    }
    for (std::string_view const user : {"\\udbff\\udfff", "\xf4\x8f\xbf\xbf"}) {  // a noncharacter, and UTF-8
        auto const e = read(R"({"at_ms":1,"user":")" + std::string{user} + "\",\"secret\":\"\xff\"}");
        CHECK(std::get<replay::login>(e.what).user == "\xf4\x8f\xbf\xbf");
        CHECK(std::get<replay::login>(e.what).secret == "\xff");
        auto const well = read(R"({"at_ms":1,"user":")" + std::string{user} + R"(","secret":""})");
        CHECK(std::get<replay::login>(well.what).user == "\xf4\x8f\xbf\xbf");
    }
    auto const escaped = read("{\"at_ms\":1,\"user\":\"a\\\\ud800\",\"secret\":\"\xfe\"}");
    CHECK(std::get<replay::login>(escaped.what).user == "a\\ud800");
}
