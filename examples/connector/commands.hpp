// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <array>
#include <cerrno>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include <unistd.h>

namespace connector {

/// Lines from a descriptor, whole ones only, none longer than a command is. It is read when it can be, so
/// nothing waits here.
class commands {
public:
    explicit commands(int from) noexcept : from_{from} {}

    /// For poll(2); -1: there is nothing more to come.
    [[nodiscard]] int descriptor() const noexcept { return from_; }

    /// Takes what is there. Call it when the descriptor can be read.
    void read() {
        std::array<char, 512> some{};
        ssize_t const n = ::read(from_, some.data(), some.size());
        if (n < 0 && (errno == EINTR || errno == EAGAIN)) return;
        if (n <= 0) {
            from_ = -1;
            return;
        }
        for (char const c : std::string_view{some.data(), static_cast<std::size_t>(n)}) {
            if (c == '\n' || line_.size() <= longest) line_ += c;  // a line that is too long is none of ours
        }
    }
    /// The next whole line, without blanks around it; nothing: there is none yet.
    [[nodiscard]] std::optional<std::string> next() {
        auto const end = line_.find('\n');
        if (end == std::string::npos) {
            if (line_.size() > longest) line_.clear();
            return std::nullopt;
        }
        std::string one = line_.substr(0, end);
        line_.erase(0, end + 1);
        auto const first = one.find_first_not_of(" \t\r");
        if (first == std::string::npos) return std::string{};
        return one.substr(first, one.find_last_not_of(" \t\r") - first + 1);
    }

private:
    static constexpr std::size_t longest = 256;
    int from_;
    std::string line_;
};

}  // namespace connector
