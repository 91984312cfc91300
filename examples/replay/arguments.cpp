// SPDX-License-Identifier: BSL-1.0
#include "arguments.hpp"

#include <sallyport/core/name_rules.hpp>
#include <sallyport/role/role_table.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <system_error>

namespace replay {
namespace {

/// What stands before the mark; the rest is left behind it. nullopt where there is nothing left.
std::optional<std::string_view> next(std::optional<std::string_view>& rest, char mark) {
    if (!rest) return std::nullopt;
    std::size_t const at = rest->find(mark);
    std::string_view const first = rest->substr(0, at);
    rest = at == rest->npos ? std::nullopt : std::optional{rest->substr(at + 1)};
    return first;
}

std::string read_gate(std::string_view value, arguments& out) {
    out.gate = value == "plcnext" ? policy::plcnext : value == "resilient" ? policy::resilient : policy::none;
    return out.gate == policy::none ? fmt::format("there is no gate '{}'", value) : std::string{};
}

std::string read_max_sessions(std::string_view value, arguments& out) {
    constexpr std::uint32_t most = 65'536;
    char const* const end = value.data() + value.size();
    auto const [stopped, error] = std::from_chars(value.data(), end, out.max_sessions);
    bool const fits =
        error == std::errc{} && stopped == end && out.max_sessions >= 1 && out.max_sessions <= most;
    return fits ? std::string{}
                : fmt::format("--max-sessions wants a number from 1 to {}, not '{}'", most, value);
}

/// USER:SECRET[:ROLE,ROLE…]. Names that PLCnext does not have are roles too; they get the bits behind its
/// own.
std::string read_account(std::string_view value, arguments& out, sallyport::role::role_table& roles) {
    std::optional<std::string_view> rest = value;
    std::string_view const user = *next(rest, ':');
    auto const secret = next(rest, ':');
    if (!secret) return "--account wants USER:SECRET or USER:SECRET:ROLE,ROLE...";
    if (!sallyport::well_formed_name(user))
        return "--account: a user name has 1 to 64 bytes of UTF-8 without control characters";
    if (secret->size() > sallyport::longest_password)
        return fmt::format("--account: a secret has at most {} bytes", sallyport::longest_password);
    if (rest && rest->empty()) rest.reset();  // "USER:SECRET:" names no role
    sallyport::role_set held;
    for (auto one = next(rest, ','); one; one = next(rest, ',')) {
        auto bit = roles.find(*one);
        if (!bit) bit = roles.add(*one);
        if (!bit) return "--account: a role is empty, longer than 32 bytes, or one more than 128";
        held = held.with(*bit);
    }
    return out.accounts.add(user, *secret, held) ? std::string{}
                                                 : fmt::format("--account: '{}' is given twice", user);
}

}  // namespace

std::optional<arguments> read_arguments(std::vector<std::string_view> const& words, std::string& fault) {
    arguments out;
    sallyport::role::role_table roles = sallyport::role::plcnext_roles;
    for (std::size_t i = 0; i < words.size() && fault.empty(); i += 2) {
        std::string_view const option = words[i];
        bool const known = option == "--gate" || option == "--account" || option == "--max-sessions";
        if (!known)
            fault = fmt::format("unknown option '{}'", option);
        else if (i + 1 == words.size())
            fault = fmt::format("{} needs a value", option);
        else if (option == "--gate")
            fault = read_gate(words[i + 1], out);
        else if (option == "--account")
            fault = read_account(words[i + 1], out, roles);
        else
            fault = read_max_sessions(words[i + 1], out);
    }
    if (fault.empty() && out.gate == policy::none) fault = "--gate is missing";
    return fault.empty() ? std::optional{std::move(out)} : std::nullopt;
}

}  // namespace replay
