// SPDX-License-Identifier: BSL-1.0
// sallyport-embed-event_loop FILE: a host with one thread that must never
// stand still. It begins and settles logins itself; what is slow, the hashing, is done by a worker.
//
// Its clients speak on standard input, a line each:
//   login USER PASSWORD     answered when the worker is done
//   ping                    answered at once
//   sessions                answered at once
#include "knocking.hpp"
#include "worker.hpp"

#include <sallyport/audit/line_log.hpp>
#include <sallyport/audit/to_stream.hpp>
#include <sallyport/identity/accounts.hpp>
#include <sallyport/identity/argon2id.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <iostream>
#include <map>
#include <string_view>
#include <utility>

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace {

namespace sp = sallyport;

using directory = sp::identity::accounts<sp::identity::argon2id, sp::role::role_table>;

auto make_gate(directory people) {
    return sp::presets::plcnext(
        sp::environment{}.with_audit(sp::audit::line_log{sp::audit::to_stream{std::clog}}),
        std::move(people));
}
using gate_type = decltype(make_gate(std::declval<directory>()));
using login = embed::knocking<gate_type>;

void say(std::string_view line) {
    fmt::print("{}\n", line);
    std::fflush(stdout);
}
void refuse(std::string_view user, sp::denial why) {
    sp::denial const told = why.outward();
    say(fmt::format("{}: {}, wait {} ms", user, to_string(told.why), told.retry_after_ms()));
}

class host {
public:
    explicit host(directory people) : people_{people}, gate_{make_gate(std::move(people))} {}
    host(host const&) = delete;
    host& operator=(host const&) = delete;
    ~host() {
        // Nobody has tested these, so nobody is charged for them.
        for (login& l : hashing_.stop()) l.door.withdraw();
        ::close(bell_);
    }

    void run() {
        std::array<pollfd, 2> watched{{{STDIN_FILENO, POLLIN, 0}, {bell_, POLLIN, 0}}};
        while (watched[0].fd >= 0 || under_way_ > 0) {
            if (poll(watched.data(), watched.size(), until_next_tick()) < 0) continue;
            if ((watched[0].revents & (POLLIN | POLLHUP)) != 0 && !listen()) watched[0].fd = -1;
            if ((watched[1].revents & POLLIN) != 0) settle();
            tick();
        }
    }

private:
    // ---- the three steps of a login ----

    void begin(std::string_view line) {
        embed::typed what{line};
        auto door = gate_.begin(what.attempt());  // microseconds, and it never waits
        if (!door) return refuse(what.user, door.error());
        login l{std::move(what), std::move(*door)};
        if (hashing_.give(std::move(l))) return void(++under_way_);
        l.door.withdraw();  // too much to do: not tested, so not charged
        refuse(l.what.user, {sp::reason::try_again_later, {}});
    }
    void settle() {
        std::uint64_t rung = 0;
        (void)!read(bell_, &rung, sizeof rung);
        for (login& l : hashing_.done()) {
            --under_way_;
            auto session = l.door.settle();
            if (!session) {
                refuse(l.what.user, session.error());
                continue;
            }
            say(fmt::format("{}: welcome, session {}", session->who().is.view(), session->number()));
            inside_.emplace(session->number(), std::move(*session));
        }
    }
    /// What is overdue; and the accounts, when somebody changed their file.
    void tick() {
        while (auto const gone = gate_.tick()) {
            say(fmt::format("session {} is over", gone->number));
            inside_.erase(gone->number);
        }
        if (people_.stale() && !people_.reload()) gate_.reevaluate();
    }
    [[nodiscard]] int until_next_tick() {
        using namespace std::chrono;
        auto const left = duration_cast<milliseconds>(gate_.next_tick() - gate_.clock().now().steady) + 1ms;
        return static_cast<int>(std::clamp<milliseconds>(left, 0ms, 1s).count());  // a second: for the file
    }

    // ---- the clients ----

    /// False once there will be no more.
    [[nodiscard]] bool listen() {
        ssize_t const got = read(STDIN_FILENO, heard_.data() + size_, heard_.size() - size_);
        if (got <= 0) return false;
        size_ += static_cast<std::size_t>(got);
        auto const begin = heard_.begin();
        auto line = begin, end = begin + static_cast<std::ptrdiff_t>(size_);
        for (auto at = std::find(line, end, '\n'); at != end; at = std::find(line, end, '\n')) {
            hear({&*line, static_cast<std::size_t>(at - line)});
            line = at + 1;
        }
        auto const rest = std::copy(line, end, begin);
        sp::wipe(&*rest, static_cast<std::size_t>(end - rest));  // there were passwords in it
        size_ = static_cast<std::size_t>(rest - begin);
        return size_ < heard_.size();  // else a line longer than any of ours
    }
    void hear(std::string_view line) {
        constexpr std::string_view knock = "login ";
        if (line.starts_with(knock)) return begin(line.substr(knock.size()));
        if (line == "ping") return say("pong");
        if (line == "sessions") return say(fmt::format("{} inside", gate_.open_sessions()));
        say("login USER PASSWORD, ping, or sessions");
    }

    directory people_;
    gate_type gate_;
    int bell_ = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    embed::worker<login> hashing_{8, [](login& l) { l.verify(); },
                                  [this] {
                                      std::uint64_t const once = 1;
                                      (void)!write(bell_, &once, sizeof once);
                                  }};
    std::map<std::uint64_t, sp::session::session> inside_;
    std::array<char, 4096> heard_{};
    std::size_t size_ = 0;
    std::size_t under_way_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        fmt::print(stderr, "usage: sallyport-embed-event_loop ACCOUNTS_FILE\n");
        return 2;
    }
    auto people = directory::open(argv[1], sp::identity::argon2id{}, sp::role::plcnext_roles);
    if (!people) {
        fmt::print(stderr, "{}\n", people.error().to_string());
        return 1;
    }
    host{std::move(*people)}.run();
}
