// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <string>
#include <string_view>

#include <unistd.h>

namespace story {

/// Tells what happens while it happens, and whether it was as told.
class narrator {
public:
    using clock = std::chrono::steady_clock;

    void chapter(std::string_view title) { say(fmt::format("\n{}\n", title)); }
    void remark(std::string_view words) { say(fmt::format("         {}\n", words)); }
    /// One thing that happened; `as_told`: was it so?
    void tell(std::string_view words, bool as_told) {
        wrong_ += as_told ? 0 : 1;
        say(fmt::format("{:5.1f} s  {} {}\n", seconds(), as_told ? "✓" : "✗ NOT AS TOLD:", words));
    }
    /// Waits, and lets a person watch.
    void wait_until(clock::time_point then, std::string_view for_what) {
        bool const watched = ::isatty(STDOUT_FILENO) == 1;
        if (!watched) remark(fmt::format("{}: {} s to go …", for_what, left(then)));
        for (; clock::now() < then; ::usleep(100'000))
            if (watched) say(fmt::format("\r         {}: {} s to go … ", for_what, left(then)));
        if (watched) say("\r\033[K");
    }
    [[nodiscard]] int wrong() const noexcept { return wrong_; }
    [[nodiscard]] double seconds() const noexcept {
        return std::chrono::duration<double>(clock::now() - began_).count();
    }

private:
    static long left(clock::time_point then) {
        return static_cast<long>(std::chrono::ceil<std::chrono::seconds>(then - clock::now()).count());
    }
    static void say(std::string const& words) {
        (void)std::fputs(words.c_str(), stdout);
        (void)std::fflush(stdout);
    }
    clock::time_point began_ = clock::now();
    int wrong_ = 0;
};

}  // namespace story
