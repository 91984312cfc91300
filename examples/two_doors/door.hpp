// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/environment/shared_memory_storage.hpp>
#include <sallyport/sallyport.hpp>

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <iostream>
#include <list>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>

// What a program of the device does at its door. The gate is the whole of it: one line more than for a
// program that is alone, and that line says where the segment lies.
namespace two_doors {

namespace sp = sallyport;

inline constexpr sp::role_set engineers = sp::role::plcnext_roles.set({"Engineer"});

/// Three people. A real program asks `identity::accounts`; this one is about two programs.
struct staff {
    struct person {
        std::string_view is, password;
    };
    static constexpr std::array<person, 3> all{
        {{"amira", "valve-7 opens"}, {"ben", "pump-3 hums"}, {"olga", "crown jewels"}}};

    [[nodiscard]] sp::answer verify(sp::attempt const& a, sp::instant) const noexcept {
        bool right = false;
        for (person const& p : all)
            right = (a.user == p.is && a.shown.bytes.equals(sp::secret{p.password})) || right;
        if (!right) return sp::denial{sp::reason::invalid_credentials, {}};
        return sp::principal{.is = a.user, .roles = engineers};
    }
    [[nodiscard]] std::optional<std::uint64_t> knows(sp::name const& n) const noexcept {
        std::optional<std::uint64_t> epoch;
        for (person const& p : all)
            if (n == sp::name{p.is}) epoch = 1;
        return epoch;
    }
    [[nodiscard]] std::uint64_t role_print() const noexcept { return sp::role::plcnext_roles.print(); }
};

inline auto make_gate(std::string const& segment) {
    return sp::presets::plcnext(sp::environment{}.with_storage(sp::shared_memory_storage{{.path = segment}}),
                                staff{});
}

/// Does what it is told, a line each: "login amira …", "arrive amira", "open", "clear amira", "tick". Answers
/// with a line each. It ends with its input.
inline int serve(std::string_view service, std::string const& segment) {
    auto gate = make_gate(segment);
    std::list<sp::session::session> inside;
    std::list<sp::pending_login<decltype(gate)>> at_the_door;
    auto const say = [](std::string const& words) { std::cout << words << std::endl; };
    say(gate.ready() ? "ready" : std::string{gate.fault()});
    for (std::string line; std::getline(std::cin, line);) {
        std::istringstream words{line};
        std::string what, user, password;
        words >> what >> user >> std::ws;
        std::getline(words, password);
        sp::attempt const a{.user = user,
                            .shown = sp::credential::password(password),
                            .source = sp::address::ipv4(192, 0, 2, 7),
                            .service = service};
        if (what == "login") {
            if (auto who = gate.login(a)) {
                say("admitted");
                inside.push_back(std::move(*who));
            } else {
                auto const wait = std::chrono::ceil<std::chrono::seconds>(who.error().retry_after).count();
                say(fmt::format("{} {}", to_string(who.error().why), wait));
            }
        } else if (what == "arrive") {
            auto p = gate.begin(a);
            say(p ? "at the door" : std::string{to_string(p.error().why)});
            if (p) at_the_door.push_back(std::move(*p));
        } else if (what == "open") {
            say(fmt::format("{}", gate.open_sessions()));
        } else if (what == "clear") {
            say(gate.administer("olga").clear_penalty(user) ? "cleared" : "nothing to clear");
        } else if (what == "tick") {
            while (gate.tick()) continue;
            say("done");
        } else {
            say("what?");
        }
    }
    at_the_door.clear();
    return 0;
}

}  // namespace two_doors
