// SPDX-License-Identifier: BSL-1.0
// sallyport-replay: what would this policy have done with that log? A trace
// of logins goes in, a verdict for each line comes out.
#include "arguments.hpp"
#include "simulation.hpp"
#include "temporary_folder.hpp"

#include <sallyport/penalty/journal.hpp>
#include <sallyport/presets/resilient.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <iostream>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace {

/// Standard output in large pieces: a million lines are a million verdicts.
class verdicts {
public:
    ~verdicts() { write(); }
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
        std::fwrite(out_.data(), 1, out_.size(), stdout);
        out_.clear();
        std::fflush(stdout);
    }

private:
    fmt::memory_buffer out_;
};

/// Plays the trace to its end, or to the first line that cannot be read.
template <class MakeGate>
int play(replay::directory accounts, MakeGate make_gate, replay::temporary_folder const* disk = nullptr) {
    verdicts out;
    replay::simulation device{std::move(accounts), std::move(make_gate),
                              [&](replay::outcome const& o) { out.tell(o); }, disk};
    std::string text, fault;
    std::int64_t line = 0, last_ms = 0;
    while (std::getline(std::cin, text)) {
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
    if (fault.empty()) return 0;
    fmt::print(stderr, "sallyport-replay: line {}: {}\n", line, fault);
    return 2;
}

}  // namespace

int main(int argc, char** argv) {
    std::ios::sync_with_stdio(false);
    std::vector<std::string_view> const words(argv + std::min(argc, 1), argv + argc);
    if (words.size() == 1 && words[0] == "--help") {
        fmt::print("{}", replay::usage);
        return 0;
    }
    std::string fault;
    auto given = replay::read_arguments(words, fault);
    if (!given) {
        fmt::print(stderr, "sallyport-replay: {}\n{}", fault, replay::usage);
        return 2;
    }
    sallyport::presets::plcnext_options rules;
    rules.sessions.total = given->max_sessions;
    rules.penalties.unknown =
        1U << 20;  // a log may hold many names; those that it does not touch cost nothing
    auto const env = [places = given->max_sessions](replay::trace_clock clock) {
        sallyport::house_options house;
        house.doors = 2048;  // and many attempts at once
        house.places = std::max(house.places, places);
        house.idle = house.lifetime = {};
        return sallyport::environment{}
            .with_clock(clock)
            .with_storage(sallyport::heap_storage<sallyport::no_lock>{})
            .with_house(house);
    };
    using replay::trace_clock, replay::shared_directory;
    if (given->gate == replay::policy::resilient) {
        sallyport::presets::resilient_options lanes{.sessions = rules.sessions};
        lanes.lanes.unknown = 1U << 16;
        lanes.lanes.visitors = lanes.lanes.sources = 1U << 18;
        lanes.lanes.panel = sallyport::penalty::console::composed;
        replay::temporary_folder const disk;
        if (!disk) {
            fmt::print(stderr, "sallyport-replay: no temporary folder can be made for the journal\n");
            return 2;
        }
        auto boots = std::make_shared<int>(0);
        auto const make = [=, file = disk.file()](trace_clock clock, shared_directory people) {
            sallyport::penalty::journal_options kept{.path = file};
            kept.boot_id = fmt::format("boot {}", ++*boots);  // each restart is one of the device
            return sallyport::presets::resilient(env(clock), people, sallyport::penalty::journal{kept},
                                                 lanes);
        };
        return play(std::move(given->accounts), make, &disk);
    }
    return play(std::move(given->accounts), [=](trace_clock clock, shared_directory people) {
        return sallyport::presets::plcnext(env(clock), people, rules);
    });
}
