// SPDX-License-Identifier: BSL-1.0
#include "arguments.hpp"

#include <sallyport/identity/account_record.hpp>

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <string_view>

namespace accounts {

char const* const usage =
    "Who may log in, and as what: keeps a file of accounts.\n"
    "\n"
    "  sallyport-accounts init FILE\n"
    "  sallyport-accounts add FILE NAME [--roles ROLE,ROLE…] [--must-change] [--essential] [--disabled]\n"
    "                                   [--not-before DATE] [--not-after DATE]\n"
    "  sallyport-accounts passwd FILE NAME [--must-change] [--remember N]\n"
    "  sallyport-accounts roles FILE NAME ROLE,ROLE…|none\n"
    "  sallyport-accounts disable|enable|remove FILE NAME\n"
    "  sallyport-accounts list FILE\n"
    "  sallyport-accounts check FILE\n"
    "\n"
    "Passwords are asked for at the terminal, without echo, or read as one line from standard input; never "
    "from\n"
    "the arguments, which others can see. They have 12 to 128 characters and are none of the commonest.\n"
    "\n"
    "  --roles ROLE,ROLE…   what the account may do, in the names of a PLCnext device (Admin, Engineer, "
    "Viewer, …)\n"
    "  --must-change        admitted with no role until the password is changed\n"
    "  --essential          its sessions never end to make room for others\n"
    "  --not-before DATE    such as 2026-01-31T08:00:00Z; both ends count as valid\n"
    "  --remember N         keep the hashes of the last N passwords, so that they do not come back (0 to "
    "24);\n"
    "                       without it, as many as are kept already\n"
    "  --memory-kib N, --passes N\n"
    "                       what a new hash costs; 19456 and 2. Lower it for a slow controller, and say the "
    "same to\n"
    "                       its host\n"
    "\n"
    "Exit code: 0 done; 1 it could not be done, or check found something; 2 the command line is at fault.\n";

namespace {

struct verb {
    std::string_view word;
    command what;
    int operands;  // behind the verb
    std::string_view options;
};
constexpr std::array verbs{
    verb{"init", command::init, 1, ""},
    verb{"add", command::add, 2, "--roles --must-change --essential --disabled --not-before --not-after"},
    verb{"passwd", command::passwd, 2, "--must-change --remember"},
    verb{"roles", command::roles, 3, ""},
    verb{"disable", command::disable, 2, ""},
    verb{"enable", command::enable, 2, ""},
    verb{"remove", command::remove, 2, ""},
    verb{"list", command::list, 1, ""},
    verb{"check", command::check, 1, ""},
};

std::vector<std::string> split(std::string_view words) {
    std::vector<std::string> all;
    if (words == "none") return all;
    for (std::size_t from = 0; from <= words.size();) {
        std::size_t const comma = std::min(words.find(',', from), words.size());
        all.emplace_back(words.substr(from, comma - from));
        from = comma + 1;
    }
    return all;
}
std::optional<std::uint32_t> number(std::string_view s) {
    std::uint32_t n = 0;
    auto const [end, fault] = std::from_chars(s.data(), s.data() + s.size(), n);
    if (fault != std::errc{} || end != s.data() + s.size()) return std::nullopt;
    return n;
}
/// A date as the file has it.
std::optional<sallyport::nanoseconds> date(std::string_view s) {
    if (s.empty() || s.find_first_not_of("0123456789TtZz:+.- ") != std::string_view::npos)
        return std::nullopt;
    try {
        auto const read = toml::parse(std::string_view{fmt::format("d = {}", s)}, std::string_view{});
        auto const* const d = read.get_as<toml::date_time>("d");
        if (d == nullptr || !d->get().offset) return std::nullopt;
        return sallyport::identity::since_epoch(d->get());
    } catch (toml::parse_error const&) { return std::nullopt; }
}

/// The options of one command line; each `take` knows one.
class option_reader {
public:
    option_reader(arguments& to, std::string& fault) : to_{to}, fault_{fault} {}

    /// Takes `word`, and the value behind it where it has one; false where it is at fault.
    bool take(std::string_view word, std::string_view allowed, std::optional<std::string_view> value) {
        used_value = false;
        constexpr std::string_view always = "--memory-kib --passes";
        if (!stands_in(word, allowed) && !stands_in(word, always))
            return wrong(fmt::format("there is no {} here", word));
        if (word == "--must-change") return to_.must_change = true;
        if (word == "--essential") return to_.essential = true;
        if (word == "--disabled") return to_.disabled = true;
        if (!value) return wrong(fmt::format("{} needs a value", word));
        used_value = true;
        if (word == "--roles") {
            to_.roles = split(*value);
            return true;
        }
        if (word == "--not-before" || word == "--not-after") {
            auto const d = date(*value);
            if (!d)
                return wrong(
                    fmt::format("{} needs a date with its offset, such as 2026-01-31T08:00:00Z", word));
            (word == "--not-before" ? to_.not_before : to_.not_after) = d;
            return true;
        }
        auto const n = number(*value);
        if (!n || (word == "--remember" && *n > 24))
            return wrong(
                fmt::format("{} needs a number{}", word, word == "--remember" ? " from 0 to 24" : ""));
        if (word == "--remember")
            to_.remember = *n;
        else if (word == "--memory-kib")
            to_.hashing.cost.memory_kib = *n;
        else
            to_.hashing.cost.passes = *n;
        return true;
    }
    bool used_value = false;

private:
    static bool stands_in(std::string_view word, std::string_view list) {
        return fmt::format(" {} ", list).find(fmt::format(" {} ", word)) != std::string::npos;
    }
    bool wrong(std::string why) {
        fault_ = std::move(why);
        return false;
    }
    arguments& to_;
    std::string& fault_;
};

}  // namespace

arguments read_arguments(std::span<char const* const> words, std::string& fault) {
    arguments a;
    fault.clear();
    if (words.empty()) {
        fault = "what is to be done?";
        return a;
    }
    std::string_view const first = words[0];
    if (first == "help" || first == "--help" || first == "-h") return a;
    auto const* const found =
        std::find_if(verbs.begin(), verbs.end(), [&](verb const& v) { return v.word == first; });
    if (found == verbs.end()) {
        fault = fmt::format("there is no command \"{}\"", first);
        return a;
    }
    a.what = found->what;

    std::vector<std::string> operands;
    option_reader options{a, fault};
    for (std::size_t i = 1; i < words.size(); ++i) {
        std::string_view const word = words[i];
        if (word == "--help" || word == "-h") return {};
        if (!word.starts_with("--")) {
            operands.emplace_back(word);
            continue;
        }
        if (!options.take(
                word, found->options,
                i + 1 < words.size() ? std::optional<std::string_view>{words[i + 1]} : std::nullopt))
            return a;
        if (options.used_value) ++i;
    }
    if (operands.size() != static_cast<std::size_t>(found->operands)) {
        constexpr std::array<std::string_view, 4> expected{"", "FILE", "FILE NAME",
                                                           "FILE NAME ROLE,ROLE…|none"};
        fault = fmt::format("{} takes {}", found->word, expected[static_cast<std::size_t>(found->operands)]);
        return a;
    }
    a.file = operands[0];
    if (operands.size() > 1) a.name = operands[1];
    if (operands.size() > 2) a.roles = split(operands[2]);

    // What the file may hold reaches as far as what we are asked to write.
    auto& [cost, accepted] = a.hashing;
    accepted.least.memory_kib = std::min(accepted.least.memory_kib, cost.memory_kib);
    accepted.most.memory_kib = std::max(accepted.most.memory_kib, cost.memory_kib);
    accepted.most.passes = std::max(accepted.most.passes, cost.passes);
    if (auto const why = a.hashing.fault(); !why.empty()) fault = why.substr(why.find(": ") + 2);
    return a;
}

}  // namespace accounts
