// SPDX-License-Identifier: BSL-1.0
#include "typed_password.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <optional>
#include <string_view>

#include <poll.h>
#include <termios.h>
#include <unistd.h>

namespace accounts {

namespace {

volatile std::sig_atomic_t caught = 0;

/// While it lives nothing that is typed is shown, and signals end the reading instead of the program. They
/// are let in only while `wait` waits: one that comes a moment before is not missed.
class quiet_terminal {
public:
    quiet_terminal() noexcept {
        caught = 0;
        struct sigaction noted {};
        noted.sa_handler = [](int signal) { caught = signal; };
        sigemptyset(&noted.sa_mask);
        sigset_t held;
        sigemptyset(&held);
        for (int const signal : signals) sigaddset(&held, signal);
        ::sigprocmask(SIG_BLOCK, &held, &mask_);
        for (std::size_t i = 0; i < signals.size(); ++i) ::sigaction(signals[i], &noted, &before_[i]);
        if (::tcgetattr(STDIN_FILENO, &shown_) != 0) return;
        termios quiet = shown_;
        quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO | ECHOE | ECHOK);
        quiet.c_lflag |= ECHONL;
        changed_ = ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet) == 0;
    }
    quiet_terminal(quiet_terminal const&) = delete;
    quiet_terminal& operator=(quiet_terminal const&) = delete;
    ~quiet_terminal() {
        if (changed_) ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown_);
        for (std::size_t i = 0; i < signals.size(); ++i) ::sigaction(signals[i], &before_[i], nullptr);
        ::sigprocmask(SIG_SETMASK, &mask_, nullptr);
        if (caught != 0) {
            std::fputc('\n', stderr);
            ::raise(caught);
        }
    }
    /// Until something was typed; false: a signal came first.
    [[nodiscard]] bool wait() const noexcept {
        pollfd typed{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0};
        while (caught == 0 && ::ppoll(&typed, 1, nullptr, &mask_) < 0 && errno == EINTR) {}
        return caught == 0;
    }
    /// False: the echo could not be switched off, and nothing must be typed.
    [[nodiscard]] bool quiet() const noexcept { return changed_; }

private:
    static constexpr std::array signals{SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP};
    std::array<struct sigaction, signals.size()> before_{};
    sigset_t mask_{};
    termios shown_{};
    bool changed_ = false;
};

/// One line of standard input, without its end; `wait()` comes before each read. nullopt: there is none.
template <class Wait>
std::optional<std::string_view> read_line(std::array<char, 1024>& room, bool& too_long, Wait wait) {
    std::size_t size = 0;
    too_long = false;
    for (char c = 0;;) {
        if (!wait()) return std::nullopt;
        ssize_t const n = ::read(STDIN_FILENO, &c, 1);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0 || (n == 0 && size == 0)) return std::nullopt;
        if (n == 0 || c == '\n') break;
        if (size < room.size())
            room[size++] = c;
        else
            too_long = true;
    }
    return std::string_view{room.data(), size};
}

/// One line as a password.
template <class Wait>
typed_password take_line(Wait wait) {
    typed_password p;
    std::array<char, 1024> room{};
    bool too_long = false;
    auto const line = read_line(room, too_long, wait);
    if (!line)
        p.problem = "None was given.";
    else if (too_long || !p.text.assign(*line))
        p.problem = "It is too long: 128 bytes at most.";
    sallyport::wipe(room.data(), room.size());
    return p;
}

typed_password from_standard_input(judge const& judged) {
    typed_password p = take_line([] { return true; });
    char more = 0;
    if (p && ::read(STDIN_FILENO, &more, 1) > 0) p.problem = "Standard input holds more than one line.";
    if (p) p.problem = judged(p.text.view());
    return p;
}

typed_password prompted(std::string_view prompt) {
    quiet_terminal const here;
    if (!here.quiet()) {
        typed_password p;
        p.problem = "This terminal would show it.";
        return p;
    }
    fmt::print(stderr, "{}", prompt);
    return take_line([&] { return here.wait(); });
}

}  // namespace

typed_password ask_for_password(std::string const& name, judge const& judged) {
    if (::isatty(STDIN_FILENO) == 0) return from_standard_input(judged);
    typed_password first;
    for (int tries = 0; tries < 3; ++tries) {
        first = prompted(fmt::format("New password for {}: ", name));
        if (first) first.problem = judged(first.text.view());
        if (first) {
            typed_password const again = prompted("Once more: ");
            if (again && again.text.view().equals(first.text.view())) return first;
            first.problem = again ? "The two are not the same." : again.problem;
        }
        if (tries < 2) fmt::print(stderr, "{}\n", first.problem);
    }
    return first;
}

}  // namespace accounts
