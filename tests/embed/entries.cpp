// SPDX-License-Identifier: BSL-1.0
// What a program with two doors lets somebody try, as it hears it: each entry is charged, at both of them.
// The other hosts' entries: tests/entries, tests/wbm/entries.cpp.
#include "support/catch.hpp"

#include <two_doors/door.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <regex>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <stdlib.h>

namespace {

/// A folder that a restart of the device clears; gone with the test.
class memory_folder {
public:
    memory_folder() { REQUIRE(mkdtemp(at_.data()) != nullptr); }
    memory_folder(memory_folder const&) = delete;
    memory_folder& operator=(memory_folder const&) = delete;
    ~memory_folder() { std::filesystem::remove_all(at_); }
    [[nodiscard]] std::string segment() const { return at_ + "/gate"; }

private:
    std::string at_ = "/dev/shm/sallyport-test-XXXXXX";
};

/// What the program at that door answers, line by line; it ends with its input.
std::vector<std::string> told(std::string_view service, std::string const& segment,
                              std::string const& lines) {
    std::istringstream in{lines};
    std::ostringstream out;
    auto* const cin_was = std::cin.rdbuf(in.rdbuf());
    auto* const cout_was = std::cout.rdbuf(out.rdbuf());
    std::cin.clear();
    CHECK(two_doors::serve(service, segment) == 0);
    std::cin.rdbuf(cin_was), std::cout.rdbuf(cout_was);
    std::cin.clear();
    std::istringstream said{out.str()};
    std::vector<std::string> all;
    for (std::string line; std::getline(said, line);) all.push_back(line);
    return all;
}

struct entry {
    std::string_view what;
    bool takes_a_secret;
};
constexpr entry entries[] = {
    {"login", true}, {"arrive", true}, {"open", false}, {"clear", false}, {"tick", false}};

TEST_CASE("two doors: every entry is listed here", "[embed][entries]") {
    std::ifstream file{std::filesystem::path{__FILE__}.parent_path() / "../../examples/two_doors/door.hpp"};
    std::string const source{std::istreambuf_iterator<char>{file}, {}};
    REQUIRE_FALSE(source.empty());
    std::vector<std::string> heard;
    std::regex const branch{"what == \"([a-z ]+)\""};
    for (std::sregex_iterator at{source.begin(), source.end(), branch}, end; at != end; ++at)
        heard.push_back((*at)[1]);
    REQUIRE(heard.size() == std::size(entries));
    for (entry const& e : entries) CHECK(std::find(heard.begin(), heard.end(), e.what) != heard.end());
}

TEST_CASE("two doors: a wrong secret is charged at each entry, and counts at the other door",
          "[embed][entries]") {
    for (entry const& e : entries) {
        CAPTURE(e.what);
        memory_folder const at;
        std::string const line = std::string{e.what} + " amira open sesame\n";
        (void)told("opcua", at.segment(), line + line + line);  // whoever is left at the door goes with it
        auto const answers = told("wbm", at.segment(), "login amira valve-7 opens\n");
        REQUIRE(answers.size() == 2);
        CHECK(answers[0] == "ready");
        CHECK(answers[1].starts_with(e.takes_a_secret ? "penalty_delay_active" : "admitted"));
    }
}

}  // namespace
