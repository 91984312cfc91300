// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "interruption.hpp"

#include <sallyport/identity/accounts_file.hpp>
#include <sallyport/identity/argon2id.hpp>
#include <sallyport/role/role_table.hpp>

#include <sodium.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace story {

/// An account of this run: there is no default one, and no password is ever used twice.
struct demo_account {
    std::string name, role, password;
};

[[nodiscard]] inline std::string fresh_password() {
    constexpr std::string_view letters = "23456789abcdefghjkmnpqrstuvwxyz";
    std::string p;
    for (int i = 0; i < 15; ++i)
        p += i % 5 == 4 ? '-' : letters[randombytes_uniform(static_cast<std::uint32_t>(letters.size()))];
    return p + letters[0];
}

/// A folder of this run, gone with it.
class folder {
public:
    folder() {
        std::string name = (std::filesystem::temp_directory_path() / "sallyport-story-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error{"no temporary folder can be made"};
        path_ = name;
    }
    folder(folder const&) = delete;
    folder& operator=(folder const&) = delete;
    ~folder() {
        // Whoever writes in it has been told to end; orphans of an errand come to us (see `interruption`).
        for (int tries = 0; tries < 300 && ::waitpid(-1, nullptr, WNOHANG) >= 0; ++tries) ::usleep(10'000);
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    [[nodiscard]] std::string const& path() const noexcept { return path_; }

private:
    std::string path_;
};

/// Writes the accounts as an administrator's tool would.
inline void make_accounts(std::string const& in_folder, std::vector<demo_account> const& accounts) {
    using namespace sallyport::identity;
    argon2id const hasher;
    std::string const path = in_folder + "/accounts.toml";
    using file = accounts_file<argon2id, sallyport::role::role_table>;
    auto const check = [](auto const& fault) {
        if (fault) throw std::runtime_error{fault->to_string()};
    };
    check(file::create(path));
    auto accounts_there = edit_accounts(path, hasher, sallyport::role::plcnext_roles);
    if (!accounts_there) throw std::runtime_error{accounts_there.error().to_string()};
    for (demo_account const& a : accounts) {
        auto const hash = hasher.hash(sallyport::secret{a.password});
        if (!hash) throw std::runtime_error{"no memory for a hash"};
        check(accounts_there->add({.name = a.name, .roles = {a.role}, .password = *hash}));
    }
    check(accounts_there->save());
}

/// The WBM as a process of its own. It ends with this object, and with this process, however that ends.
class device {
public:
    device(std::string const& program, std::string const& in_folder) {
        std::array<int, 2> out{};
        if (::pipe2(out.data(), O_CLOEXEC) != 0) throw std::runtime_error{"no pipe can be made"};
        std::string const log = in_folder + "/log";
        pid_ = ::fork();
        if (pid_ < 0) throw std::runtime_error{"no process can be started"};
        if (pid_ == 0) {
            interruption::let_through();
            (void)::prctl(PR_SET_PDEATHSIG, SIGTERM);
            int const file =
                ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, S_IRUSR | S_IWUSR);
            (void)::dup2(out[1], STDOUT_FILENO);
            (void)::dup2(file, STDERR_FILENO);
            // Of its own accord it makes one place wait for hours, and this story has a minute.
            ::execl(program.c_str(), program.c_str(), "--state", in_folder.c_str(), "--port", "0", "--name",
                    "Press line 4", "--from-one-place", "3/10", nullptr);
            ::_exit(127);
        }
        (void)::close(out[1]);
        std::unique_ptr<std::FILE, int (*)(std::FILE*)> const lines{::fdopen(out[0], "r"), &std::fclose};
        std::array<char, 512> line{};
        constexpr std::string_view serving = "Serving https://127.0.0.1:";
        while (port_ == 0 && std::fgets(line.data(), line.size(), lines.get()) != nullptr)
            if (std::string_view const said{line.data()}; said.starts_with(serving))
                port_ = std::atoi(line.data() + serving.size());
        if (port_ == 0) {
            stop();
            throw std::runtime_error{program + " does not serve; see " + log};
        }
    }
    device(device const&) = delete;
    device& operator=(device const&) = delete;
    ~device() { stop(); }

    [[nodiscard]] int port() const noexcept { return port_; }
    /// Until a signal comes: which; 0: it has ended by itself.
    [[nodiscard]] int serve() noexcept {
        int status = 0;
        return interruption::or_end_of(pid_, status);
    }

private:
    void stop() noexcept {
        if (pid_ > 0) (void)::kill(pid_, SIGTERM);
        if (pid_ > 0) (void)::waitpid(pid_, nullptr, 0);
        pid_ = 0;
    }
    pid_t pid_ = 0;
    int port_ = 0;
};

}  // namespace story
