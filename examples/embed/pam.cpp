// SPDX-License-Identifier: BSL-1.0
// sallyport-embed-pam [--service NAME] [--folder DIR] [--group GROUP=ROLE]…:
// a host whose directory is PAM. The thread that serves begins and settles; a worker asks PAM, since PAM may
// take its time. Reads logins from standard input, "USER PASSWORD" a line, and answers each with a line.
#include "knocking.hpp"
#include "pam_directory.hpp"
#include "worker.hpp"

#include <sallyport/audit/line_log.hpp>
#include <sallyport/audit/to_stream.hpp>

#include <fmt/format.h>

#include <cstdio>
#include <iostream>
#include <optional>
#include <semaphore>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

namespace sp = sallyport;

auto make_gate(embed::pam_options o) {
    return sp::presets::plcnext(
        sp::environment{}.with_audit(sp::audit::line_log{sp::audit::to_stream{std::clog}}),
        embed::pam_directory{std::move(o)});
}
using gate_type = decltype(make_gate({}));
using login = embed::knocking<gate_type>;

/// nullopt: not understood.
std::optional<embed::pam_options> read_arguments(std::vector<std::string_view> const& words) {
    embed::pam_options o;
    for (std::size_t i = 0; i < words.size(); i += 2) {
        if (i + 1 == words.size()) return std::nullopt;
        std::string_view const value = words[i + 1];
        if (words[i] == "--service") {
            o.service = value;
        } else if (words[i] == "--folder") {
            o.folder = value;
        } else if (std::size_t const is = value.find('=');
                   words[i] == "--group" && is != std::string_view::npos) {
            auto const role = sp::role::plcnext_roles.find(value.substr(is + 1));
            if (!role) return std::nullopt;
            o.groups.emplace_back(value.substr(0, is), sp::role_set{}.with(*role));
        } else {
            return std::nullopt;
        }
    }
    return o;
}

std::string names_of(sp::role_set roles) {
    std::string all;
    for (unsigned bit = 0; bit < sp::role::plcnext_roles.size(); ++bit)
        if (roles.has(bit)) all.append(all.empty() ? "" : ", ").append(sp::role::plcnext_roles.name(bit));
    return all.empty() ? "nothing yet" : all;
}

void answer(std::string_view user, sp::denial const& why) {
    fmt::print("{}: refused, {}, wait {} ms\n", user, to_string(why.outward().why), why.retry_after_ms());
}

}  // namespace

int main(int argc, char** argv) {
    auto options = read_arguments({argv + 1, argv + argc});
    if (!options) {
        fmt::print(stderr,
                   "usage: sallyport-embed-pam [--service NAME] [--folder DIR] [--group GROUP=ROLE]...\n");
        return 2;
    }
    auto gate = make_gate(std::move(*options));
    std::counting_semaphore<> rung{0};  // a real host has an event loop: see event_loop.cpp
    embed::worker<login> asking{8, [](login& l) { l.verify(); }, [&] { rung.release(); }};

    for (std::string line; std::getline(std::cin, line);) {
        embed::typed what{line};
        sp::wipe(line.data(), line.size());
        auto door = gate.begin(what.attempt());
        if (!door) {
            answer(what.user, door.error());
            continue;
        }
        if (!asking.give({std::move(what), std::move(*door)})) return 1;  // one at a time always finds room
        rung.acquire();
        for (login& l : asking.done()) {
            auto const session = l.door.settle();
            if (!session) {
                answer(l.what.user, session.error());
            } else {
                bool const must = session->who().marked(sp::principal::must_change_password);
                fmt::print("{}: admitted, may {}{}\n", session->who().is.view(),
                           names_of(session->who().roles), must ? ", must change the password" : "");
            }
        }
        std::fflush(stdout);
    }
}
