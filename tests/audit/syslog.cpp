// SPDX-License-Identifier: BSL-1.0
// compiled alone: it brings a syslog(3) of its own for the whole program
#include "audit/made.hpp"
#include "support/catch.hpp"

#include <sallyport/audit/syslog.hpp>

#include <cstdarg>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

namespace {
std::vector<std::pair<int, std::string>> heard;

void hear(int priority, char const* format, std::va_list values) {
    char line[4096];
    std::vsnprintf(line, sizeof line, format, values);
    heard.emplace_back(priority, line);
}
}  // namespace

// This program's own syslog(3), so that a test can hear what the device would. With _FORTIFY_SOURCE the C
// library's headers call another name.
extern "C" void syslog(int priority, char const* format, ...) {
    std::va_list values;
    va_start(values, format);
    hear(priority, format, values);
    va_end(values);
}
extern "C" void __syslog_chk(int priority, int, char const* format,
                             ...) {  // NOLINT(bugprone-reserved-identifier)
    std::va_list values;
    va_start(values, format);
    hear(priority, format, values);
    va_end(values);
}

namespace {

using namespace made;

TEST_CASE("the device's own log hears id, requirement and sentence", "[audit][syslog]") {
    heard.clear();
    audit::syslog log;
    log.record(refusal());
    REQUIRE(heard.size() == 1);
    CHECK(heard[0].first == (LOG_AUTHPRIV | LOG_WARNING));
    CHECK(heard[0].second.find("login_refused [CR 1.11]: User 'admin' was refused at opcua") == 0);
    CHECK(log.lost() == 0);
}

TEST_CASE("facility and level are the host's and the event's", "[audit][syslog]") {
    heard.clear();
    audit::syslog log{LOG_LOCAL3};
    log.record(full(audit::event_id::login_admitted));
    log.record(full(audit::event_id::password_changed));
    log.record(full(audit::event_id::gate_unavailable));
    REQUIRE(heard.size() == 3);
    CHECK(heard[0].first == (LOG_LOCAL3 | LOG_INFO));
    CHECK(heard[1].first == (LOG_LOCAL3 | LOG_NOTICE));
    CHECK(heard[2].first == (LOG_LOCAL3 | LOG_ERR));
}

TEST_CASE("a name is never a format, and never a line", "[audit][syslog]") {
    heard.clear();
    audit::syslog log;
    audit::event e = refusal();
    e.user = "%s%n%d\nx";
    log.record(e);
    REQUIRE(heard.size() == 1);
    CHECK(heard[0].second.find("User '%s%n%d\\x0ax' was refused") != std::string::npos);
}

}  // namespace
