// SPDX-License-Identifier: BSL-1.0
// sallyport-replay: what would this policy have done with that log? A trace
// of logins goes in, a verdict for each line comes out.
#include "arguments.hpp"
#include "gates.hpp"
#include "simulation.hpp"
#include "temporary_folder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <iostream>
#include <iterator>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace {

/// Standard output in large pieces: a million lines are a million verdicts.
class verdicts {
public:
    void tell(replay::outcome const& o) {
        fmt::format_to(std::back_inserter(out_),
                       R"({{"line":{},"at_ms":{},"verdict":"{}","reason":"{}",)"
                       R"("retry_after_ms":{},"verified":{},"sessions":{}}})"
                       "\n",
                       o.line, o.at_ms, o.verdict, to_string(o.why), o.retry_after_ms, o.verified,
                       o.sessions);
        if (out_.size() > 1U << 16) write();
    }

    void write() {
        bool const whole = std::fwrite(out_.data(), 1, out_.size(), stdout) == out_.size();
        if ((!whole || std::fflush(stdout) != 0) && error_ == 0) error_ = errno != 0 ? errno : EIO;
        out_.clear();
    }
    /// Why something could not be written; 0: all could.
    [[nodiscard]] int error() const noexcept { return error_; }

private:
    fmt::memory_buffer out_;
    int error_ = 0;
};

int unwritten(int error) {
    fmt::print(stderr, "sallyport-replay: standard output cannot be written: {}\n",
               std::generic_category().message(error));
    return 1;
}

/// Plays the trace to its end, or to the first line that cannot be read.
template <class MakeGate>
int play(replay::directory accounts, MakeGate make_gate, replay::temporary_folder const* disk = nullptr) {
    verdicts out;
    replay::simulation device{std::move(accounts), std::move(make_gate),
                              [&](replay::outcome const& o) { out.tell(o); }, disk};
    std::string text, fault;
    std::int64_t line = 0, last_ms = 0;
    while (out.error() == 0 && std::getline(std::cin, text)) {
        ++line;
        auto e = replay::read_line(text, fault);
        if (e && e->at_ms < last_ms)
            fault = fmt::format("\"at_ms\" goes back from {} to {}", last_ms, e->at_ms);
        if (!fault.empty()) break;
        last_ms = e->at_ms;
        device.play(std::move(*e));
        if (std::cin.rdbuf()->in_avail() <= 0)
            out.write();  // nobody waits for a verdict while we wait for a line
    }
    device.finish();
    out.write();
    if (out.error() != 0) return unwritten(out.error());
    if (fault.empty()) return 0;
    fmt::print(stderr, "sallyport-replay: line {}: {}\n", line, fault);
    return 2;
}

}  // namespace

int main(int argc, char** argv) {
    std::ios::sync_with_stdio(false);
    std::vector<std::string_view> const words(argv + std::min(argc, 1), argv + argc);
    if (words.size() == 1 && words[0] == "--help") {
        bool const whole =
            std::fwrite(replay::usage.data(), 1, replay::usage.size(), stdout) == replay::usage.size();
        return whole && std::fflush(stdout) == 0 ? 0 : unwritten(errno);
    }
    std::string fault;
    auto given = replay::read_arguments(words, fault);
    if (!given) {
        fmt::print(stderr, "sallyport-replay: {}\n{}", fault, replay::usage);
        return 2;
    }
    std::size_t const accounts = given->accounts.size();
    if (given->gate == replay::policy::plcnext)
        return play(std::move(given->accounts), replay::plcnext_gate(given->max_sessions, accounts));
    replay::temporary_folder const disk;
    if (!disk) {
        fmt::print(stderr, "sallyport-replay: no temporary folder can be made for the journal\n");
        return 2;
    }
    return play(std::move(given->accounts), replay::resilient_gate(given->max_sessions, accounts, disk),
                &disk);
}
