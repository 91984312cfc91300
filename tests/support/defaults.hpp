// SPDX-License-Identifier: BSL-1.0
#pragma once

// tests/snapshot/defaults.txt holds every default of every option, a line each: "<name> = <value>  #
// <source>". A test writes down what the code has, and both must be the same: a default that is loosened
// shows in a review as a line that changed.
#include "support/catch.hpp"

#include <sallyport/core/instant.hpp>

#include <chrono>
#include <concepts>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace defaults {

inline std::string shown(bool b) { return b ? "yes" : "no"; }
inline std::string shown(std::string_view s) { return '"' + std::string{s} + '"'; }
template <std::unsigned_integral N>
std::string shown(N n) {
    return std::to_string(n);
}
inline std::string shown(sallyport::nanoseconds t) {
    using namespace std::chrono_literals;
    return t % 1s == 0ns ? std::to_string(t / 1s) + " s" : std::to_string(t.count()) + " ns";
}

/// The lines of one room, as the code has them.
class room {
public:
    /// Of an options struct, say "penalty::backoff_options": its members by name.
    explicit room(std::string within) : within_{std::move(within)} {}
    template <class T>
    room& has(std::string_view member, T const& value, std::string_view unit = "") {
        return says(member, shown(value) + (unit.empty() ? "" : " " + std::string{unit}));
    }
    /// A choice, in its own words.
    room& says(std::string_view member, std::string_view value) {
        lines_[within_ + '.' + std::string{member}] = value;
        return *this;
    }
    /// The same lines stand in the file, each with its source, and no others of this struct.
    void check() const {
        auto written = file();
        for (auto const& [name, value] : lines_) {
            CAPTURE(name, value);
            CHECK(written[name].value == value);
            CHECK_FALSE(written[name].source.empty());
        }
        for (auto const& [name, line] : written)
            if (name.starts_with(within_ + '.') && name.find('.', within_.size() + 1) == std::string::npos) {
                CAPTURE(name);
                CHECK(lines_.contains(name));
            }
    }

private:
    struct written_line {
        std::string value, source;
    };
    static std::string_view trimmed(std::string_view s) {
        while (s.starts_with(' ')) s.remove_prefix(1);
        while (s.ends_with(' ')) s.remove_suffix(1);
        return s;
    }
    static std::map<std::string, written_line> file() {
        std::ifstream in{std::filesystem::path{__FILE__}.parent_path().parent_path() / "snapshot" /
                         "defaults.txt"};
        REQUIRE(in.is_open());
        std::map<std::string, written_line> all;
        for (std::string text; std::getline(in, text);) {
            if (text.empty() || text.starts_with('#')) continue;
            std::string_view const s = text;
            std::size_t const equals = s.find(" = "), hash = s.find("  # ");
            CAPTURE(text);
            REQUIRE(equals != s.npos);
            REQUIRE(hash != s.npos);
            written_line const l{std::string{trimmed(s.substr(equals + 3, hash - equals - 3))},
                                 std::string{trimmed(s.substr(hash + 4))}};
            REQUIRE(all.emplace(trimmed(s.substr(0, equals)), l).second);  // once
        }
        return all;
    }
    std::string within_;
    std::map<std::string, std::string> lines_;
};

}  // namespace defaults
