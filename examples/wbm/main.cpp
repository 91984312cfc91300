// SPDX-License-Identifier: BSL-1.0
// sallyport-wbm: the web-based management of a device, over HTTPS, behind one gate.
#include "device.hpp"
#include "http/server.hpp"
#include "machines.hpp"
#include "options.hpp"
#include "site.hpp"

#include <fmt/format.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <unistd.h>

namespace {

/// A line for whoever stands at the console.
void say(std::string const& line) {
    std::puts(line.c_str());
    (void)std::fflush(stdout);
}

/// The library starts no thread; this is the host's, for what is overdue.
std::jthread keep_time(wbm::device& device, wbm::server& server, wbm::server* machines) {
    return std::jthread{[&device, &server, machines](std::stop_token const& stop) {
        while (!stop.stop_requested()) {
            device.tick();
            server.tick();
            if (machines != nullptr) machines->tick();
            std::this_thread::sleep_for(std::chrono::milliseconds{200});
        }
        device.tick();
    }};
}

/// Waits for SIGINT or SIGTERM, which every other thread leaves to this one, and ends the server.
std::jthread end_on_signal(sigset_t const& signals, wbm::server& server) {
    return std::jthread{[signals, &server] {
        int which = 0;
        (void)sigwait(&signals, &which);
        server.stop();
    }};
}

std::string address_of(std::string const& host, int port) {
    bool const bare_ipv6 = host.find(':') != std::string::npos;
    return fmt::format("https://{}:{}/", bare_ipv6 ? '[' + host + ']' : host, port);
}

/// The door for programs: a server of its own, beside the one for people.
class machine_door {
public:
    machine_door(wbm::device& on, wbm::tls_identity const& me, wbm::server_options options)
        : behind_{on}, server_{me, guarded(std::move(options)),
                               [this](wbm::request const& asked) { return behind_.answer(asked); }} {}
    machine_door(machine_door const&) = delete;
    machine_door& operator=(machine_door const&) = delete;
    ~machine_door() {
        while (serving_.joinable() && !over_) {  // it may still be on its way into `run`
            server_.stop();
            std::this_thread::sleep_for(std::chrono::milliseconds{5});
        }
    }

    [[nodiscard]] std::optional<int> open() {
        auto const port = server_.bind();
        if (port)
            serving_ = std::jthread{[this] {
                server_.run();
                over_ = true;
            }};
        return port;
    }
    [[nodiscard]] wbm::server& server() noexcept { return server_; }

private:
    wbm::server_options guarded(wbm::server_options options) {
        options.guard = [this](SSL_CTX& context) { return behind_.guard(context); };
        return options;
    }
    wbm::machines behind_;
    wbm::server server_;
    std::atomic<bool> over_ = false;
    std::jthread serving_{};
};

int run(wbm::options const& o) {
    auto device = wbm::device::open(o.device, std::clog, [](std::string_view secret) {
        say(fmt::format("One-time secret for the first administrator: {}", secret));
    });
    if (!device) {
        fmt::print(stderr, "sallyport-wbm: {}\n", device.error().to_string());
        return 1;
    }
    auto const me =
        o.certificate.empty() ? wbm::self_signed(o.server.address) : wbm::from_files(o.certificate, o.key);
    if (!me) {
        fmt::print(stderr, "sallyport-wbm: {}\n",
                   o.certificate.empty() ? "OpenSSL could not make a certificate"
                                         : "certificate and key cannot be read, or do not belong together");
        return 1;
    }
    // As many threads as can ever stand before a hash, and more: hashing never takes the last one from a
    // page.
    auto options = o.server;
    constexpr std::size_t for_pages = 16;
    options.threads =
        (*device)->who().hashing()->count() + sallyport::identity::permits::queue_length + for_pages;

    wbm::site site{**device, o.words};
    wbm::server server{*me, options, [&](wbm::request const& asked) { return site.answer(asked); }};
    auto const port = server.bind();
    if (!port) {
        fmt::print(stderr, "sallyport-wbm: cannot listen at {}:{}\n", options.address, options.port);
        return 1;
    }
    // Before the first thread: each inherits it, and the signals are left to the one who waits for them.
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);

    auto for_programs = o.server;
    for_programs.threads = 4;
    for_programs.port = o.machines.value_or(0);
    std::optional<machine_door> machines;
    if (o.machines) {
        machines.emplace(**device, *me, for_programs);
        auto const second = machines->open();
        if (!second) {
            fmt::print(stderr, "sallyport-wbm: cannot listen at {}:{}\n", options.address, *o.machines);
            return 1;
        }
        say(fmt::format("Machines {}", address_of(options.address, *second)));
    }
    say(fmt::format("Certificate, SHA-256: {}", me->fingerprint()));
    say(fmt::format("Serving {}", address_of(options.address, *port)));

    auto const clockwork = keep_time(**device, server, machines ? &machines->server() : nullptr);
    auto const ending = end_on_signal(signals, server);
    server.run();
    (void)kill(getpid(), SIGTERM);  // for the one who waits for it, if nobody has sent it
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    std::vector<std::string_view> const words(argv + 1, argv + argc);
    if (words.size() == 1 && words.front() == "--help") {
        fmt::print("{}", wbm::usage);
        return 0;
    }
    std::string fault;
    auto const o = wbm::read_options(words, fault);
    if (!o) {
        fmt::print(stderr, "sallyport-wbm: {}\n{}", fault, wbm::usage);
        return 2;
    }
    try {
        return run(*o);
    } catch (std::exception const& e) {
        fmt::print(stderr, "sallyport-wbm: {}\n", e.what());
        return 1;
    }
}
