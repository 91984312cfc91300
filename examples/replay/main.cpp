// SPDX-License-Identifier: BSL-1.0
// sallyport-replay: what would this policy have done with that log? A trace of logins goes in, a verdict for each line comes out.
#include "simulation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <iostream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace {

constexpr std::string_view usage =
    "usage: sallyport-replay --gate plcnext|resilient [--account USER:SECRET[:ROLE,ROLE...]]... [--max-sessions N]\n"
    "Reads a trace of logins, a JSON object a line, from standard input; writes a verdict for each line.\n";

struct arguments {
    bool resilient = false;
    std::uint32_t max_sessions = sallyport::session::session_limit_options{}.total;
    replay::directory accounts;
};

/// The roles of one account. Names that PLCnext does not have are roles too; they get the bits behind its own.
std::optional<sallyport::role_set> read_roles(std::string_view list, sallyport::role::role_table& table) {
    sallyport::role_set roles;
    while (!list.empty()) {
        std::string_view const one = list.substr(0, list.find(','));
        list.remove_prefix(std::min(list.size(), one.size() + 1));
        auto bit = table.find(one);
        if (!bit) bit = table.add(one);
        if (!bit) return std::nullopt;
        roles = roles.with(*bit);
    }
    return roles;
}

/// Reads the command line; where it cannot be read, `fault` says why.
std::optional<arguments> read_arguments(std::vector<std::string_view> const& words, std::string& fault) {
    constexpr std::uint32_t most_sessions = 65'536;
    arguments out;
    bool gate_given = false;
    sallyport::role::role_table roles = sallyport::role::plcnext_roles;
    for (std::size_t i = 0; i < words.size(); i += 2) {
        std::string_view const option = words[i];
        if (option != "--gate" && option != "--account" && option != "--max-sessions") {
            fault = fmt::format("unknown option '{}'", option);
            return std::nullopt;
        }
        if (i + 1 == words.size()) {
            fault = fmt::format("{} needs a value", option);
            return std::nullopt;
        }
        std::string_view const value = words[i + 1];
        if (option == "--gate") {
            gate_given = value == "plcnext" || value == "resilient";
            out.resilient = value == "resilient";
            if (!gate_given) fault = fmt::format("there is no gate '{}'", value);
        } else if (option == "--max-sessions") {
            auto const [end, error] = std::from_chars(value.data(), value.data() + value.size(), out.max_sessions);
            bool const number = error == std::errc{} && end == value.data() + value.size();
            if (!number || out.max_sessions == 0 || out.max_sessions > most_sessions)
                fault = fmt::format("--max-sessions wants a number from 1 to {}, not '{}'", most_sessions, value);
        } else {
            std::size_t const colon = value.find(':');
            std::string_view const user = value.substr(0, colon);
            std::string_view const rest = colon == std::string_view::npos ? std::string_view{} : value.substr(colon + 1);
            std::string_view const secret = rest.substr(0, rest.find(':'));
            auto const held = read_roles(rest.size() > secret.size() ? rest.substr(secret.size() + 1) : std::string_view{}, roles);
            // The value itself is not repeated: there is a secret in it.
            if (colon == std::string_view::npos) fault = "--account wants USER:SECRET or USER:SECRET:ROLE,ROLE...";
            else if (!sallyport::well_formed_name(user)) fault = "--account: a user name has 1 to 64 bytes of UTF-8 without control characters";
            else if (secret.size() > sallyport::longest_password) fault = fmt::format("--account: a secret has at most {} bytes", sallyport::longest_password);
            else if (!held) fault = "--account: a role is empty, longer than 32 bytes, or the 129th";
            else if (!out.accounts.add(user, secret, *held)) fault = fmt::format("--account: '{}' is given twice", user);
        }
        if (!fault.empty()) return std::nullopt;
    }
    if (!gate_given) {
        fault = "--gate is missing";
        return std::nullopt;
    }
    return out;
}

/// Standard output in large pieces: a million lines are a million verdicts.
class verdicts {
public:
    ~verdicts() { write(); }
    void tell(replay::outcome const& o) {
        fmt::format_to(std::back_inserter(out_),
                       R"({{"line":{},"at_ms":{},"verdict":"{}","reason":"{}","retry_after_ms":{},"verified":{},"sessions":{}}})" "\n",
                       o.line, o.at_ms, o.verdict, to_string(o.why), o.retry_after_ms, o.verified, o.sessions);
        if (out_.size() > 1U << 16) write();
    }

private:
    void write() {
        std::fwrite(out_.data(), 1, out_.size(), stdout);
        out_.clear();
        std::fflush(stdout);
    }
    fmt::memory_buffer out_;
};

/// Plays the trace to its end, or to the first line that cannot be read.
template <class MakeGate>
int play(replay::directory accounts, MakeGate make_gate) {
    verdicts out;
    replay::simulation device{std::move(accounts), std::move(make_gate), [&](replay::outcome const& o) { out.tell(o); }};
    std::string text, fault;
    std::int64_t line = 0, last_ms = 0;
    while (fault.empty() && std::getline(std::cin, text)) {
        ++line;
        auto e = replay::read_line(text, fault);
        if (e && e->at_ms < last_ms) fault = fmt::format("\"at_ms\" goes back from {} to {}", last_ms, e->at_ms);
        if (!fault.empty()) break;
        last_ms = e->at_ms;
        device.play(std::move(*e));
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
        fmt::print("{}", usage);
        return 0;
    }
    std::string fault;
    auto given = read_arguments(words, fault);
    if (!given) {
        fmt::print(stderr, "sallyport-replay: {}\n{}", fault, usage);
        return 2;
    }

    sallyport::house_options house;
    house.doors = 2048;  // a trace may hold many at once
    house.places = std::max(house.places, given->max_sessions);
    house.idle = house.lifetime = {};
    sallyport::presets::plcnext_options rules;
    rules.sessions.total = given->max_sessions;
    rules.penalties.unknown = 1U << 20;  // so do names: those that a trace does not touch cost nothing
    auto const environment = [house](replay::trace_clock clock) {
        return sallyport::environment{}.with_clock(clock).with_storage(sallyport::heap_storage<sallyport::no_lock>{}).with_house(house);
    };
    if (given->resilient)
        return play(std::move(given->accounts), [=](replay::trace_clock clock, replay::shared_directory people) {
            return sallyport::presets::resilient(environment(clock), people, rules);
        });
    return play(std::move(given->accounts), [=](replay::trace_clock clock, replay::shared_directory people) {
        return sallyport::presets::plcnext(environment(clock), people, rules);
    });
}
