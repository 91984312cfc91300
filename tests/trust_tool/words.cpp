// SPDX-License-Identifier: BSL-1.0
#include "words.hpp"

#include "support/catch.hpp"
#include "support/pki.hpp"

#include <string>

using namespace trust_tool;
using namespace std::chrono_literals;

namespace {
constexpr auto day_long = 24h;
sallyport::nanoseconds at(std::chrono::sys_seconds t) { return t.time_since_epoch(); }
}  // namespace

TEST_CASE("what could drive a terminal is spelt out, and nothing else", "[trust_tool][words]") {
    CHECK(safe("Pump 7, \"old\" \\ 'x'") == "Pump 7, \"old\" \\ 'x'");
    CHECK(safe("Pümpe 泵") == "Pümpe 泵");
    CHECK(safe("a\x1b[31mb\nc\rd\te\x7f") == "a\\x1b[31mb\\x0ac\\x0dd\\x09e\\x7f");
    CHECK(safe("\xE2\x80\xAE"
               "exe.der") == "\\u{202e}exe.der");
    CHECK(safe("\xff\xc0\xaf") == "\\xff\\xc0\\xaf");
    CHECK(safe("\xC2\x9b"
               "31m") == "\\u{9b}31m");
    CHECK(safe(safe("\x1b")) == safe("\x1b"));
}

TEST_CASE("columns are counted as a terminal shows them", "[trust_tool][words]") {
    CHECK(width("Pump 7") == 6);
    CHECK(width("Pümpe") == 5);
    CHECK(width("泵") == 2);
    CHECK(width("e\xCC\x81") == 1);
    CHECK(cell("Pümpe", 8) == "Pümpe   ");
    CHECK(cell("泵", 4) == "泵  ");
    CHECK(shortened("Pump 7", 6) == "Pump 7");
    CHECK(shortened("Pump 77", 6) == "Pump …");
    CHECK(shortened("泵泵泵", 5) == "泵泵…");
    CHECK(width(shortened(std::string(10'000'000, 'a'), 20)) == 20);
    CHECK(width(shortened(std::string(10'000, '\x1b'), 20)) <= 20);
    // Marks that take no column would hide what is cut behind them.
    std::string marks;
    for (int i = 0; i < 5000; ++i) marks += "\xCC\x81";
    CHECK(shortened(marks, 10).size() < 400);
}

TEST_CASE("long lines are broken between words", "[trust_tool][words]") {
    CHECK(wrapped("a b c", 4) == "a b c");
    CHECK(wrapped("", 4).empty());
    std::string const word(40, 'w'), three = word + " " + word + " " + word;
    CHECK(wrapped(three, 4) == word + " " + word + "\n    " + word);
    std::string const longer(200, 'w');
    CHECK(wrapped(longer, 4) == longer);
    CHECK(wrapped("a " + longer + " b", 2) == "a\n  " + longer + "\n  b");
}

TEST_CASE("dates as people read them", "[trust_tool][words]") {
    auto const now = at(pki::today);
    CHECK(day(now) == "2026-06-15");
    CHECK(time(now) == "2026-06-15 12:00:00 UTC");
    CHECK(iso(now) == "2026-06-15T12:00:00Z");
    CHECK(day(sallyport::nanoseconds::max()) == "never");
    CHECK(iso(sallyport::nanoseconds::max()) == "9999-12-31T23:59:59Z");
    CHECK(day(-1s) == "1969-12-31");
    CHECK(away(now + 12 * day_long, now) == "in 12 days");
    CHECK(away(now + 25h, now) == "in a day");
    CHECK(away(now + 1s, now) == "in less than a day");
    CHECK(away(now, now) == "in less than a day");
    CHECK(away(now - 1s, now) == "less than a day ago");
    CHECK(away(now - 48h, now) == "2 days ago");
    CHECK(away(sallyport::nanoseconds::min(), sallyport::nanoseconds::max()) == "213503 days ago");
    CHECK(validity(now - 1s, now, now) == "until 2026-06-15");
    CHECK(validity(now - 2s, now - 1s, now) == "ended 2026-06-15");
    CHECK(validity(now + 1s, now + 2s, now) == "from 2026-06-15");
    CHECK(counted(0, "fault") == "0 faults");
    CHECK(counted(1, "fault") == "1 fault");
}

TEST_CASE("names are printed in UTF-8, with the escapes of RFC 2253", "[trust_tool][words]") {
    auto const printed_of = [](std::string_view cn) {
        return printed(pki::application(cn, pki::rsa(2048)).self_signed().read()->subject_name());
    };
    CHECK(printed_of("Pümpe") == "CN=Pümpe,O=Plant");
    CHECK(printed_of("x,O=Trusted") == "CN=x\\,O=Trusted,O=Plant");
    CHECK(printed_of("a\nb\x1b") == "CN=a\\0Ab\\1B,O=Plant");
    CHECK(printed_of("\xE2\x80\xAE") == "CN=\\u{202e},O=Plant");
    CHECK(name_of(*pki::application("", pki::rsa(2048)).subject(pki::der::name({})).self_signed().read()) ==
          "(no name)");
}

TEST_CASE("keys, usages and addresses in words", "[trust_tool][words]") {
    using namespace pki;
    CHECK(key_of(*application().self_signed().read()) == "RSA, 2048 bits");
    CHECK(key_of(*application("p", p384("p")).self_signed().read()) == "ECC nistP384");
    CHECK(key_usages_of(*application()
                             .ca(false)
                             .usage(digital_signature | crl_sign)
                             .by(authority("Root").self_signed())
                             .read()) == std::vector<std::string>{"digitalSignature", "cRLSign"});
    CHECK(purposes_of(*application().self_signed().read()) ==
          std::vector<std::string>{"serverAuth", "clientAuth"});
    CHECK(address_of(std::string("\xC0\x00\x02\x07", 4)) == "192.0.2.7");
    CHECK(address_of(std::string("\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x07", 16)) == "2001:db8::7");
    CHECK(address_of("abc") == "616263");
}
