// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <array>
#include <chrono>
#include <csignal>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace connector {

/// Another program while it is needed: it is told lines, and what it says is read. It ends with this object,
/// and with this process, however that ends.
class child {
public:
    /// `words`: the program's path, and its arguments. Where `log` names a file, what it says goes there,
    /// standard error always.
    child(std::vector<std::string> words, std::string const& log, bool is_read = true) {
        std::array<int, 2> in{}, out{};
        if (::pipe2(in.data(), O_CLOEXEC) != 0 || ::pipe2(out.data(), O_CLOEXEC) != 0)
            throw std::runtime_error{"no pipe can be made"};
        std::vector<char*> argv;
        for (auto& w : words) argv.push_back(w.data());
        argv.push_back(nullptr);
        pid_t const parent = ::getpid();
        pid_ = ::fork();
        if (pid_ < 0) throw std::runtime_error{"no process can be started"};
        if (pid_ == 0) {
            (void)::prctl(PR_SET_PDEATHSIG, SIGTERM);
            if (::getppid() != parent) ::_exit(127);
            int const file =
                ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, S_IRUSR | S_IWUSR);
            (void)::dup2(in[0], STDIN_FILENO);
            (void)::dup2(is_read ? out[1] : file, STDOUT_FILENO);
            (void)::dup2(file, STDERR_FILENO);
            ::execv(argv.front(), argv.data());
            ::_exit(127);
        }
        (void)::close(in[0]);
        (void)::close(out[1]);
        to_ = in[1];
        from_ = out[0];
    }
    child(child const&) = delete;
    child& operator=(child const&) = delete;
    ~child() {
        (void)stop();
        (void)::close(to_);
        (void)::close(from_);
    }

    void tell(std::string_view line) const {
        std::string const words = std::string{line} + "\n";
        (void)!::write(to_, words.data(), words.size());
    }
    /// What it says until `words` are in it; nothing: they did not come in time.
    [[nodiscard]] std::optional<std::string> hear(std::string_view words,
                                                  std::chrono::milliseconds patience) {
        auto const until = std::chrono::steady_clock::now() + patience;
        for (;;) {
            if (auto const at = said_.find(words); at != std::string::npos)
                if (auto const end = said_.find('\n', at); end != std::string::npos) {
                    std::string const rest = said_.substr(end + 1);
                    said_.resize(end + 1);
                    return std::exchange(said_, rest);
                }
            auto const left =
                std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
            pollfd one{from_, POLLIN, 0};
            std::array<char, 4096> some{};
            if (left.count() <= 0 || ::poll(&one, 1, static_cast<int>(left.count())) <= 0)
                return std::nullopt;
            ssize_t const n = ::read(from_, some.data(), some.size());
            if (n <= 0) return std::nullopt;
            said_.append(some.data(), static_cast<std::size_t>(n));
        }
    }
    /// Everything that it says, to its end.
    [[nodiscard]] std::string hear_all() {
        std::array<char, 4096> some{};
        for (ssize_t n = 0; (n = ::read(from_, some.data(), some.size())) > 0;)
            said_.append(some.data(), static_cast<std::size_t>(n));
        return std::exchange(said_, {});
    }
    [[nodiscard]] bool runs() noexcept {
        if (pid_ > 0 && ::waitpid(pid_, &status_, WNOHANG) == pid_) pid_ = 0;
        return pid_ > 0;
    }
    /// Its exit code once it has ended; a signal is 128 and its number.
    int wait() noexcept {
        if (pid_ > 0) (void)::waitpid(pid_, &status_, 0);
        pid_ = 0;
        return WIFEXITED(status_) ? WEXITSTATUS(status_) : 128 + WTERMSIG(status_);
    }
    void signal(int number) const noexcept {
        if (pid_ > 0) (void)::kill(pid_, number);
    }
    int stop() noexcept {
        signal(SIGTERM);
        return wait();
    }

private:
    pid_t pid_ = 0;
    int to_ = -1, from_ = -1, status_ = 0;
    std::string said_;
};

}  // namespace connector
