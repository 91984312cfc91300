// SPDX-License-Identifier: BSL-1.0
#include "audit/made.hpp"
#include "support/catch.hpp"

#include <sallyport/audit/line_sink.hpp>

#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

using namespace made;

/// The least of formats: what happened, or how much was lost.
struct in_a_word {
    void operator()(audit::line_buffer& to, audit::event const& e) const {
        if (e.id == audit::event_id::audit_lost)
            audit::put(to, "lost {}", e.value);
        else
            audit::put(to, e.user.view());
    }
};
static_assert(audit::line_format<in_a_word>);
static_assert(audit::line_writer<void (*)(std::string_view)> &&
              audit::line_writer<bool (*)(std::string_view)>);
static_assert(!audit::line_writer<void (*)(int)>);

using lines = std::vector<std::string>;

audit::event of(std::string_view user) { return {.user = user}; }

TEST_CASE("each event is one call of the writer", "[audit][line_sink]") {
    lines written;
    audit::line_sink sink{in_a_word{}, lines_into(written)};
    static_assert(audit_sink<decltype(sink)>&& noexcept(sink.record({})));
    sink.record(of("amira"));
    sink.record(of("admin"));
    CHECK(written == lines{"amira", "admin"});
    CHECK(sink.lost() == 0);
}

TEST_CASE("what a writer does not take is counted, and told as soon as it writes again",
          "[audit][line_sink]") {
    lines written;
    bool full = false;
    audit::line_sink sink{in_a_word{},
                          [&](std::string_view line) { return !full && (written.emplace_back(line), true); }};
    sink.record(of("one"));
    full = true;
    sink.record(of("two"));
    sink.record(of("three"));
    CHECK(sink.lost() == 2);
    full = false;
    sink.record(of("four"));
    sink.record(of("five"));
    CHECK(written == lines{"one", "lost 2", "four", "five"});
    CHECK(sink.lost() == 2);
}

#if defined(__cpp_exceptions)
TEST_CASE("a writer that throws loses its line and no more", "[audit][line_sink]") {
    lines written;
    audit::line_sink sink{in_a_word{}, [&](std::string_view line) {
                              if (line == "two") throw std::runtime_error{"a pipe"};
                              written.emplace_back(line);
                          }};
    for (auto const* user : {"one", "two", "three"}) sink.record(of(user));
    CHECK(written == lines{"one", "lost 1", "three"});
    CHECK(sink.lost() == 1);
}

TEST_CASE("a format that throws loses its line and no more", "[audit][line_sink]") {
    lines written;
    auto const picky = [](audit::line_buffer& to, audit::event const& e) {
        if (e.user == name{"two"}) throw std::bad_alloc{};
        in_a_word{}(to, e);
    };
    audit::line_sink sink{picky, lines_into(written)};
    for (auto const* user : {"one", "two", "three"}) sink.record(of(user));
    CHECK(written == lines{"one", "lost 1", "three"});
}
#endif

TEST_CASE("lines of many threads come whole, one by one", "[audit][line_sink][threads]") {
    lines written;  // the writer has no lock of its own
    audit::line_sink sink{in_a_word{}, lines_into(written)};
    std::vector<std::thread> crowd;
    for (int t = 0; t < 8; ++t)
        crowd.emplace_back([&sink, t] {
            std::string const user(20, static_cast<char>('a' + t));
            for (int i = 0; i < 500; ++i) sink.record(of(user));
        });
    for (auto& t : crowd) t.join();
    CHECK(written.size() == 4000);
    std::size_t torn = 0;
    for (auto const& line : written) torn += line == std::string(20, line[0]) ? 0U : 1U;
    CHECK(torn == 0);
}

}  // namespace
