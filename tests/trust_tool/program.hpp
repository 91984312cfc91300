// SPDX-License-Identifier: BSL-1.0
#pragma once

// The finished program, as somebody at a shell meets it, with stores and files that a test makes.
#include "support/catch.hpp"
#include "support/folder.hpp"
#include "support/pki.hpp"
#include "support/pki_crl.hpp"

#include <sallyport/environment/boot_clock.hpp>
#include <sallyport/trust/directory.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include <fcntl.h>
#include <openssl/pem.h>
#include <poll.h>
#include <pty.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace trust_tool {

namespace trust = sallyport::trust;
using json = nlohmann::ordered_json;
using namespace std::chrono_literals;
using words = std::vector<std::string>;

/// build/bin/sallyport-trust, beside this program in build/tests/bin.
inline std::string program() {
    auto const self = std::filesystem::read_symlink("/proc/self/exe");
    return (self.parent_path().parent_path().parent_path() / "bin" / "sallyport-trust").string();
}

struct answer {
    int code = -1;
    std::string out, err;
    [[nodiscard]] bool says(std::string_view what) const { return out.find(what) != std::string::npos; }
    [[nodiscard]] bool complains(std::string_view of) const { return err.find(of) != std::string::npos; }
};

[[noreturn]] inline void become(words const& arguments) {
    std::vector<char*> argv;
    std::string const name = program();
    argv.push_back(const_cast<char*>(name.c_str()));
    for (auto const& w : arguments) argv.push_back(const_cast<char*>(w.c_str()));
    argv.push_back(nullptr);
    ::execv(name.c_str(), argv.data());
    ::_exit(127);
}
inline int code_of(pid_t child) {
    int state = 0;
    REQUIRE(::waitpid(child, &state, 0) == child);
    return WIFEXITED(state) ? WEXITSTATUS(state) : 1000 + WTERMSIG(state);
}

/// Runs it where nobody can be asked; `input` is its standard input.
inline answer run(words const& arguments, std::string const& input = {}) {
    support::folder const scratch;
    auto const in = scratch.with(input, "in"), out = scratch.file("out"), err = scratch.file("err");
    pid_t const child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        int const from = ::open(in.c_str(), O_RDONLY), to = ::open(out.c_str(), O_WRONLY | O_CREAT, 0600),
                  also = ::open(err.c_str(), O_WRONLY | O_CREAT, 0600);
        if (::dup2(from, 0) < 0 || ::dup2(to, 1) < 0 || ::dup2(also, 2) < 0) ::_exit(126);
        become(arguments);
    }
    answer a;
    a.code = code_of(child);
    a.out = support::text_of(out);
    a.err = support::text_of(err);
    CAPTURE(a.err);
    REQUIRE(a.code != 127);
    return a;
}

/// Runs it at a terminal, where somebody types `typed` when asked. Both streams are in `out`.
inline answer run_at_terminal(words const& arguments, std::string const& typed) {
    int terminal = -1;
    pid_t const child = ::forkpty(&terminal, nullptr, nullptr, nullptr);
    REQUIRE(child >= 0);
    if (child == 0) become(arguments);
    answer a;
    bool asked = false;
    for (;;) {
        pollfd more{.fd = terminal, .events = POLLIN, .revents = 0};
        char some[4096];
        if (::poll(&more, 1, 20'000) != 1) break;
        ssize_t const n = ::read(terminal, some, sizeof some);
        if (n <= 0) break;
        a.out.append(some, static_cast<std::size_t>(n));
        if (!asked && a.says("[y/N]")) {
            asked = true;
            REQUIRE(::write(terminal, typed.data(), typed.size()) == static_cast<ssize_t>(typed.size()));
        }
    }
    (void)::close(terminal);
    a.code = code_of(child);
    return a;
}

/// Nothing in it can drive a terminal, end a line early or turn its direction.
inline bool harmless(std::string_view text) {
    while (!text.empty()) {
        auto const c = sallyport::first_code_point(text);
        if (!c.well_formed || (c.value != '\n' && !sallyport::harmless(c.value))) return false;
        text.remove_prefix(c.bytes);
    }
    return true;
}

inline std::string print_of(pki::issued const& c) { return trust::hex(c.read()->print().bytes); }
inline std::chrono::sys_seconds this_second() {
    return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}
/// A list of today, for a month.
inline pki::list_maker current(pki::issued const& ca) {
    return pki::revocations(ca).from(this_second() - 24h).until(this_second() + 30 * 24h);
}

/// Whom the tests know. Made once.
struct people {
    pki::issued root = pki::authority("Plant Root").self_signed();
    pki::issued line = pki::authority("Line 3").by(root);
    pki::issued pump = pki::application("Pump 7").uri("urn:plant:pump-7").by(line);
    pki::issued panel = pki::application("Panel 2").uri("urn:plant:panel-2").self_signed();
    pki::issued next_panel = pki::application("Panel 2").uri("urn:plant:panel-2").serial(2).self_signed();
};
inline people const& the() {
    static people const all;
    return all;
}

/// A store in a folder of its own.
struct store {
    explicit store(trust::layout l = trust::layout::annex_f) : layout{l} {
        REQUIRE_FALSE(trust::directory::create(root, layout));
    }
    support::folder folder;
    trust::layout layout;
    std::string root = folder.file("pki");

    [[nodiscard]] bool plural() const { return layout == trust::layout::plural_issuers; }
    /// This command, its store, these words; in a layout that is not the default, with that one.
    [[nodiscard]] words line(std::string const& command, words const& more = {}) const {
        words all{command, root};
        if (plural()) all.insert(all.end(), {"--layout", "issuers"});
        all.insert(all.end(), more.begin(), more.end());
        return all;
    }
    [[nodiscard]] answer run(std::string const& command, words const& more = {}) const {
        return trust_tool::run(line(command, more));
    }
    [[nodiscard]] answer asked(std::string const& command, words const& more,
                               std::string const& typed) const {
        return run_at_terminal(line(command, more), typed);
    }
    [[nodiscard]] trust::directory open() const {
        auto s = trust::directory::open(root, layout);
        REQUIRE(s);
        return std::move(*s);
    }
    void add(pki::issued const& c, trust::list to) const { REQUIRE_FALSE(open().add(*c.read(), to)); }
    void publish(pki::list_maker const& l) const { REQUIRE_FALSE(open().add_crl(l.made().bytes())); }
    void knock(pki::issued const& c, std::string_view peer = "opc.tcp://192.0.2.7",
               std::string const& rest = {}, trust::status why = trust::status::certificate_untrusted) const {
        auto s = open();
        auto const at = sallyport::boot_clock{}.now();
        (void)s.reject(trust::as_bytes(c.der() + rest), peer, sallyport::address::from("192.0.2.7"), why, at);
        s.tick(at);
    }
    /// Where it is; nothing: nowhere.
    [[nodiscard]] std::optional<trust::place> where(pki::issued const& c) const {
        auto const e = open().find(c.read()->print());
        return e ? std::optional{e->where} : std::nullopt;
    }
    /// A file beside the store.
    [[nodiscard]] std::string file(std::string_view name, std::string_view bytes) const {
        return folder.with(bytes, name);
    }
};

/// Every file below, with what would tell a change.
inline auto tree(std::string const& root) {
    std::map<std::string, std::tuple<std::uintmax_t, std::int64_t, std::int64_t, unsigned>> all;
    for (auto const& e : std::filesystem::recursive_directory_iterator{root}) {
        struct stat about {};
        REQUIRE(::lstat(e.path().c_str(), &about) == 0);
        all[e.path().string()] = {
            about.st_size, std::int64_t{about.st_mtim.tv_sec} * 1'000'000'000 + about.st_mtim.tv_nsec,
            std::int64_t{about.st_ctim.tv_sec} * 1'000'000'000 + about.st_ctim.tv_nsec, about.st_mode};
    }
    return all;
}
inline std::string pem(std::string_view der, char const* kind = "CERTIFICATE") {
    trust::detail::owned_bio const out{BIO_new(BIO_s_mem())};
    REQUIRE(PEM_write_bio(out.get(), kind, "", reinterpret_cast<unsigned char const*>(der.data()),
                          static_cast<long>(der.size())) > 0);
    char* data = nullptr;
    long const size = BIO_get_mem_data(out.get(), &data);
    return {data, static_cast<std::size_t>(size)};
}

}  // namespace trust_tool
