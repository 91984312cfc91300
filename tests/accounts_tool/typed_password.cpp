// SPDX-License-Identifier: BSL-1.0
#include "typed_password.hpp"

#include "support/catch.hpp"

#include <csignal>
#include <functional>
#include <string>
#include <string_view>

#include <poll.h>
#include <pty.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

using namespace accounts;

namespace {

std::string fine(sallyport::secret) { return {}; }

/// The question at a terminal of its own, in a child that ends with 0 if it was given "valve seven drips".
class at_a_terminal {
public:
    explicit at_a_terminal(judge const& judged = fine) {
        child_ = ::forkpty(&terminal_, nullptr, nullptr, nullptr);
        if (child_ == 0) {
            auto const typed = ask_for_password("amira", judged);
            if (!typed) std::fprintf(stderr, "[%s]\n", typed.problem.c_str());
            std::fflush(stderr);
            ::_exit(typed && typed.text.view().equals(sallyport::secret{"valve seven drips"}) ? 0 : 1);
        }
        REQUIRE(child_ > 0);
    }
    at_a_terminal(at_a_terminal const&) = delete;
    at_a_terminal& operator=(at_a_terminal const&) = delete;
    ~at_a_terminal() {
        (void)::close(terminal_);
        if (child_ > 0) (void)::kill(child_, SIGKILL), (void)::waitpid(child_, nullptr, 0);
    }

    /// Reads on until `words` are shown.
    [[nodiscard]] bool shows(std::string_view words) {
        for (std::size_t at = 0; (at = shown.find(words, seen_)) == std::string::npos;) {
            pollfd more{.fd = terminal_, .events = POLLIN, .revents = 0};
            char some[256];
            if (::poll(&more, 1, 20'000) != 1) return false;
            ssize_t const n = ::read(terminal_, some, sizeof some);
            if (n <= 0) return false;
            shown.append(some, static_cast<std::size_t>(n));
        }
        seen_ = shown.find(words, seen_) + words.size();
        return true;
    }
    void type(std::string_view keys) const {
        REQUIRE(::write(terminal_, keys.data(), keys.size()) == static_cast<ssize_t>(keys.size()));
    }
    [[nodiscard]] bool echoes() const {
        termios now{};
        REQUIRE(::tcgetattr(terminal_, &now) == 0);
        return (now.c_lflag & ECHO) != 0;
    }
    [[nodiscard]] int ends() {
        int status = -1;
        while (shows("\n")) {}
        for (int i = 0; i < 1000 && ::waitpid(child_, &status, WNOHANG) == 0; ++i) ::usleep(10'000);
        if (status == -1) FAIL("it waits for somebody who is not asked");
        child_ = -1;
        return status;
    }
    std::string shown{};

private:
    int terminal_ = -1;
    pid_t child_ = -1;
    std::size_t seen_ = 0;
};

/// The question to standard input that is no terminal.
std::string of_a_pipe(std::string_view text, judge const& judged = fine) {
    int ends[2] = {-1, -1}, said[2] = {-1, -1};
    REQUIRE((::pipe(ends) == 0 && ::pipe(said) == 0));
    pid_t const child = fork();
    if (child == 0) {
        ::dup2(ends[0], STDIN_FILENO), ::close(ends[1]);
        auto const typed = ask_for_password("amira", judged);
        std::string const all = typed ? "=" + std::string{typed.text.view().reveal()} : typed.problem;
        (void)!::write(said[1], all.data(), all.size());
        ::_exit(0);
    }
    (void)::close(said[1]), (void)::close(ends[0]);
    (void)!::write(ends[1], text.data(), text.size());
    (void)::close(ends[1]);
    std::string all;
    char some[512];
    for (ssize_t n = 0; (n = ::read(said[0], some, sizeof some)) > 0;)
        all.append(some, static_cast<std::size_t>(n));
    (void)::close(said[0]);
    ::waitpid(child, nullptr, 0);
    return all;
}

}  // namespace

TEST_CASE("a password is typed twice, and never shown", "[accounts_tool]") {
    at_a_terminal t;
    REQUIRE(t.shows("New password for amira: "));
    CHECK_FALSE(t.echoes());
    t.type("valve seven drips\n");
    REQUIRE(t.shows("Once more: "));
    CHECK_FALSE(t.echoes());
    t.type("valve seven drips\n");
    CHECK(t.ends() == 0);
    CHECK(t.shown.find("valve") == std::string::npos);
}

TEST_CASE("whoever mistypes is asked again, three times in all", "[accounts_tool]") {
    at_a_terminal t;
    for (int i = 0; i < 3; ++i) {
        REQUIRE(t.shows("New password for amira: "));
        t.type("valve seven drips\n");
        REQUIRE(t.shows("Once more: "));
        t.type("valve seven drops\n");
        REQUIRE(t.shows("The two are not the same."));
    }
    CHECK(WEXITSTATUS(t.ends()) == 1);

    at_a_terminal second_time;
    REQUIRE(second_time.shows("New password for amira: "));
    second_time.type(std::string(129, 'x') + "\n");
    REQUIRE(second_time.shows("It is too long"));
    REQUIRE(second_time.shows("New password for amira: "));
    second_time.type("valve seven drips\n");
    REQUIRE(second_time.shows("Once more: "));
    second_time.type("valve seven drips\n");
    CHECK(second_time.ends() == 0);
}

TEST_CASE("a weak password is refused before it is typed again", "[accounts_tool]") {
    at_a_terminal t{[](sallyport::secret s) {
        return s.equals(sallyport::secret{"weak"}) ? std::string{"Too weak."} : std::string{};
    }};
    REQUIRE(t.shows("New password for amira: "));
    t.type("weak\n");
    REQUIRE(t.shows("Too weak."));
    REQUIRE(t.shows("New password for amira: "));
    t.type("valve seven drips\n");
    REQUIRE(t.shows("Once more: "));
    t.type("valve seven drips\n");
    CHECK(t.ends() == 0);
}

TEST_CASE("an interrupted question leaves the terminal as it was", "[accounts_tool]") {
    at_a_terminal t;
    REQUIRE(t.shows("New password for amira: "));
    t.type("valve\x03");
    int const status = t.ends();
    CHECK(WIFSIGNALED(status));
    CHECK(WTERMSIG(status) == SIGINT);
    CHECK(t.shown.find("valve") == std::string::npos);
}

TEST_CASE("the end of the input is no password", "[accounts_tool]") {
    at_a_terminal t;
    for (int i = 0; i < 3; ++i) {
        REQUIRE(t.shows("New password for amira: "));
        t.type("\x04");
        REQUIRE(t.shows("None was given."));
    }
    CHECK(WEXITSTATUS(t.ends()) == 1);
}

TEST_CASE("standard input is one line", "[accounts_tool]") {
    CHECK(of_a_pipe("valve seven drips\n") == "=valve seven drips");
    CHECK(of_a_pipe("valve seven drips") == "=valve seven drips");
    CHECK(of_a_pipe(" blanks stay ") == "= blanks stay ");
    CHECK(of_a_pipe("") == "None was given.");
    CHECK(of_a_pipe("\n") == "=");  // the policy has its own word for that
    CHECK(of_a_pipe("valve seven drips\nmore") == "Standard input holds more than one line.");
    CHECK(of_a_pipe(std::string(128, 'x')) == "=" + std::string(128, 'x'));
    CHECK(of_a_pipe(std::string(129, 'x')) == "It is too long: 128 bytes at most.");
    CHECK(of_a_pipe(std::string(60'000, 'x')) == "It is too long: 128 bytes at most.");
    CHECK(of_a_pipe("weak\n", [](sallyport::secret) { return std::string{"Too weak."}; }) == "Too weak.");
}
