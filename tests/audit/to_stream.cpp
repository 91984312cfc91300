// SPDX-License-Identifier: BSL-1.0
#include "audit/made.hpp"
#include "support/catch.hpp"

#include <sallyport/audit/json_lines.hpp>
#include <sallyport/audit/line_log.hpp>
#include <sallyport/audit/to_stream.hpp>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>

namespace {

using namespace made;

static_assert(audit::line_writer<audit::to_stream<std::ostream>>);

TEST_CASE("lines reach a stream, each with its end", "[audit][to_stream]") {
    std::ostringstream out;
    audit::line_log log{audit::to_stream{out}};
    log.record(refusal());
    log.record(refusal(1s));
    std::string const all = out.str();
    CHECK(std::count(all.begin(), all.end(), '\n') == 2);
    CHECK(all.back() == '\n');
    CHECK(log.lost() == 0);
}

TEST_CASE("a full disk is noticed, and the log goes on once there is room", "[audit][to_stream]") {
    std::ofstream full{"/dev/full"};
    REQUIRE(full.is_open());
    audit::json_lines log{audit::to_stream<std::ostream>{full}};
    log.record(refusal());
    log.record(refusal());
    CHECK(log.lost() == 2);

    std::ostringstream out;
    audit::line_log again{audit::to_stream{out}};
    out.setstate(std::ios::badbit);  // it failed yesterday
    again.record(refusal());
    CHECK(again.lost() == 0);
    CHECK_FALSE(out.str().empty());
}

}  // namespace
