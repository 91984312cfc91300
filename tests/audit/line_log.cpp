// SPDX-License-Identifier: BSL-1.0
#include "audit/made.hpp"
#include "support/catch.hpp"

#include <sallyport/audit/line_log.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace made;
using audit::event_id;

std::string line_of(audit::event const& e, audit::line_log_options const& o = {}) {
    std::vector<std::string> lines;
    audit::line_log log{lines_into(lines), o};
    log.record(e);
    REQUIRE(lines.size() == 1);
    return lines[0];
}

TEST_CASE("a line looks like its neighbours in a PLCnext controller's Output.log", "[audit][line_log]") {
    std::string const theirs =
        "12.05.22 13:35:33.583 Arp.System.Acf.Internal.Sm.ProcessesController               INFO  - Process "
        "'Runtime' started";
    std::string const ours = line_of(refusal());
    CHECK(ours ==
          "12.05.22 13:35:33.583 Sallyport.Gate                                               WARN  - User "
          "'admin' was refused at opcua "
          "from 192.0.2.7: a penalty delay of 40000 ms is running, the password was not looked at. Wait, or "
          "clear the penalty in the user "
          "management.\n");
    CHECK(ours.find(" WARN  - ") == theirs.find(" INFO  - "));
}

TEST_CASE("levels are padded to one width", "[audit][line_log]") {
    CHECK(line_of(full(event_id::login_admitted)).find(" INFO  - User") != std::string::npos);
    CHECK(line_of(full(event_id::password_changed)).find(" INFO  - 'amira'") != std::string::npos);
    CHECK(line_of(full(event_id::audit_lost)).find(" WARN  - 16 audit") != std::string::npos);
    CHECK(line_of(full(event_id::gate_unavailable)).find(" ERROR - The gate") != std::string::npos);
}

TEST_CASE("a component may be named otherwise, and be longer than its column", "[audit][line_log]") {
    CHECK(line_of(refusal(), {.component = "Acme.Door", .column = 12}).find("583 Acme.Door    WARN  - ") !=
          std::string::npos);
    CHECK(line_of(refusal(), {.component = "Acme.Door", .column = 3}).find("583 Acme.Door WARN  - ") !=
          std::string::npos);
    CHECK(line_of(refusal(), {.component = "Ac\nme", .column = 0}).find("583 Ac\\x0ame WARN  - ") !=
          std::string::npos);
}

TEST_CASE("a clock that is not to be trusted is marked, and the lines keep their order",
          "[audit][line_log]") {
    audit::event e = refusal();
    e.at = {.steady = 12'345'678us, .wall = 5s, .wall_trusted = false};
    std::string const line = line_of(e);
    CHECK(line.find("01.01.70 00:00:05.000 Sallyport.Gate") == 0);
    CHECK(line.find(" - [clock not set, 12.345 s after boot] User 'admin'") != std::string::npos);
}

TEST_CASE("nobody forges a line", "[audit][line_log]") {
    std::string_view const forged = "x\n12.05.22 13:35:33.583 Sallyport.Gate   INFO  - User 'x' was";
    auto const typed = GENERATE_COPY(as<std::string_view>(), forged, "x\r12.05.22", "x\u2028y", "x\u0085y",
                                     "\x1b[2J\x1b[H", "\xff\n");
    audit::event e = refusal();
    for (auto* part : {&e.user, &e.actor}) *part = typed;
    e.detail = typed;
    for (event_id const id : audit::event_ids) {
        e.id = id;
        std::string const line = line_of(e);
        CHECK(std::count(line.begin(), line.end(), '\n') == 1);
        CHECK(line.back() == '\n');
        CHECK(line.find_first_of("\r\x1b\xff") == std::string::npos);
        CHECK(line.find("\u2028") == std::string::npos);
        CHECK(line.find("\u0085") == std::string::npos);
    }
}

}  // namespace
