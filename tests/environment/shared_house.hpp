// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/authenticator/authenticator.hpp>
#include <sallyport/environment/shared_memory_storage.hpp>
#include <sallyport/penalty/backoff.hpp>
#include <sallyport/session/session_limit.hpp>
#include <sallyport/testing/recorder.hpp>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/// A segment of a test's own, and processes that share it.
namespace shared_house {

using namespace std::chrono_literals;

/// A folder on a tmpfs, gone with the test.
class place_for_segment {
public:
    place_for_segment() {
        std::string made = "/dev/shm/sallyport-test-XXXXXX";
        if (mkdtemp(made.data()) == nullptr) std::abort();
        folder_ = made;
    }
    place_for_segment(place_for_segment const&) = delete;
    place_for_segment& operator=(place_for_segment const&) = delete;
    ~place_for_segment() {
        for (std::string_view const n : {"gate", "gate.keys", "other", "other.keys"})
            (void)unlink(at(n).c_str());
        (void)rmdir(folder_.c_str());
    }
    [[nodiscard]] std::string const& folder() const { return folder_; }
    [[nodiscard]] std::string at(std::string_view n) const { return folder_ + "/" + std::string{n}; }
    [[nodiscard]] std::string segment() const { return at("gate"); }
    [[nodiscard]] std::string keys() const { return at("gate.keys"); }

private:
    std::string folder_;
};

/// Whoever says "right" is let in, as himself.
struct anybody {
    [[nodiscard]] sallyport::answer verify(sallyport::attempt const& a, sallyport::instant) const noexcept {
        if (!a.shown.bytes.equals(sallyport::secret{"right"}))
            return sallyport::denial{sallyport::reason::invalid_credentials, {}};
        return sallyport::principal{.is = a.user, .roles = sallyport::role_set{}.with(1)};
    }
    [[nodiscard]] std::optional<std::uint64_t> knows(sallyport::name const&) const noexcept { return 1; }
};
inline sallyport::attempt knock(std::string_view user, std::string_view password) {
    return {.user = user,
            .shown = sallyport::credential::password(password),
            .source = sallyport::address::ipv4(192, 0, 2, 7),
            .service = "opcua",
            .channel = 7};
}

template <class... Guards>
auto gate_at(sallyport::shared_memory_options where, sallyport::house_options house, Guards... guards) {
    return sallyport::authenticator{sallyport::environment{}
                                        .with_storage(sallyport::shared_memory_storage{std::move(where)})
                                        .with_house(house),
                                    anybody{}, std::move(guards)...};
}
/// A gate with the rules of PLCnext.
inline auto plcnext_at(sallyport::shared_memory_options where, sallyport::house_options house = {},
                       sallyport::penalty::backoff_options<> penalties = {},
                       sallyport::session::session_limit_options sessions = {}) {
    return gate_at(std::move(where), house, sallyport::penalty::backoff<>{penalties},
                   sallyport::session::session_limit{sessions});
}

/// f, in a process of its own. It leaves without a word: no destructor of the parent's runs in it.
template <class F>
pid_t in_a_child(F f) {
    std::fflush(nullptr);
    pid_t const child = fork();
    if (child == 0) _exit(f() ? 0 : 1);
    return child;
}
inline bool ended_well(pid_t child) {
    int status = 1;
    return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}
template <class F>
bool true_in_a_child(F f) {
    return ended_well(in_a_child(std::move(f)));
}
inline void kill_at_once(pid_t child) {
    (void)kill(child, SIGKILL);
    (void)waitpid(child, nullptr, 0);
}

/// One says "ready", the other waits for it.
class signal_pipe {
public:
    signal_pipe() {
        if (pipe(ends_.data()) != 0) std::abort();
    }
    signal_pipe(signal_pipe const&) = delete;
    signal_pipe& operator=(signal_pipe const&) = delete;
    ~signal_pipe() { (void)close(ends_[0]), (void)close(ends_[1]); }
    void say() const { (void)!write(ends_[1], "!", 1); }
    [[nodiscard]] bool hear() const {
        char c = 0;
        return read(ends_[0], &c, 1) == 1;
    }

private:
    std::array<int, 2> ends_{};
};

/// Overwrites bytes of a file.
inline bool overwrite(std::string const& file, std::size_t at, void const* bytes, std::size_t size) {
    int const f = open(file.c_str(), O_WRONLY | O_CLOEXEC);
    bool const done = f >= 0 && pwrite(f, bytes, size, static_cast<off_t>(at)) == static_cast<ssize_t>(size);
    if (f >= 0) (void)close(f);
    return done;
}

}  // namespace shared_house
