// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "child.hpp"

#include <sallyport/trust/own.hpp>

#include <chrono>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>

#include <arpa/inet.h>
#include <openssl/pem.h>
#include <pwd.h>
#include <sys/socket.h>
#include <sys/stat.h>

namespace connector {

/// A mosquitto broker of one's own: on a free port of this machine's loopback, with a configuration and a
/// trust store of its own, asking each client for a certificate. It ends with this object. The system's
/// broker, where there is one, does not meet it.
///
/// `plugin`: sallyport-broker.so; empty: a broker as it comes, which trusts nobody but itself. `folder` is
/// where it lives: `folder/store` must hold a certificate of its own (see trust::own). Throws
/// std::runtime_error where it does not come to serve.
class private_broker {
public:
    private_broker(std::string program, std::string plugin, std::string folder)
        : program_{std::move(program)}, plugin_{std::move(plugin)}, folder_{std::move(folder)} {
        write_certificate();
        for (int tries = 0; tries < 5 && !process_; ++tries) start(free_port());
        if (!process_) throw std::runtime_error{"mosquitto does not serve; see " + log_file()};
    }

    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
    [[nodiscard]] std::string store() const { return folder_ + "/store"; }
    [[nodiscard]] std::string log_file() const { return folder_ + "/mosquitto.log"; }
    [[nodiscard]] std::string log() const {
        std::ifstream in{log_file()};
        return {std::istreambuf_iterator<char>{in}, {}};
    }
    void stop() { process_.reset(); }
    /// It looks at its store, and need not wait for its next look.
    void reload() const { process_->signal(SIGHUP); }
    /// At the same port as before.
    void start_again() {
        start(port_);
        if (!process_) throw std::runtime_error{"mosquitto does not serve again; see " + log_file()};
    }

private:
    /// mosquitto reads PEM; its key stays where it lies.
    void write_certificate() {
        auto ours = sallyport::trust::own::open(store());
        auto const pair = ours ? ours->current() : nullptr;
        if (!pair) throw std::runtime_error{"the broker has no certificate in " + store()};
        namespace detail = sallyport::trust::detail;
        detail::owned_bio const out{BIO_new_file((folder_ + "/broker.pem").c_str(), "w")};
        if (!out || PEM_write_bio_X509(out.get(), pair->leaf()->x509()) != 1)
            throw std::runtime_error{"the broker's certificate cannot be written"};
        std::string key = sallyport::trust::file_name_of(*pair->leaf());
        key_ = store() + "/own/private/" + key.replace(key.size() - 3, 3, "pem");
    }
    /// One that was free a moment ago: whoever takes it meanwhile makes us ask for another.
    [[nodiscard]] static std::uint16_t free_port() {
        sockaddr_in at{};
        at.sin_family = AF_INET;
        at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof at;
        sallyport::open_file const probe{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
        auto* const name = reinterpret_cast<sockaddr*>(&at);
        if (!probe || ::bind(probe.get(), name, size) != 0 || ::getsockname(probe.get(), name, &size) != 0)
            throw std::runtime_error{"there is no free port"};
        return ntohs(at.sin_port);
    }
    void start(std::uint16_t port) {
        port_ = port;
        passwd const* const me = ::getpwuid(::geteuid());  // NOLINT(concurrency-mt-unsafe): before any thread
        std::ofstream{folder_ + "/mosquitto.conf"}
            << "# A broker that its trust store's administrator decides for.\n"
            << "listener " << port_ << " 127.0.0.1\n"
            << "certfile " << folder_ << "/broker.pem\n"
            << "keyfile " << key_ << "\n"
            << "cafile " << folder_ << "/broker.pem\n"
            << "require_certificate true\n"
            << "use_identity_as_username true\n"
            << (plugin_.empty() ? "" : "plugin " + plugin_ + "\nplugin_opt_store " + store() + "\n")
            << "persistence false\n"
            << "log_dest stderr\n"
            << (me == nullptr ? "" : std::string{"user "} + me->pw_name + "\n");
        auto const said_before = log().size();
        process_ = std::make_unique<child>(
            std::vector<std::string>{program_, "-c", folder_ + "/mosquitto.conf"}, log_file(), false);
        auto const until = std::chrono::steady_clock::now() + std::chrono::seconds{10};
        while (process_->runs() && std::chrono::steady_clock::now() < until) {
            if (log().find(" running", said_before) != std::string::npos) return;
            std::this_thread::sleep_for(std::chrono::milliseconds{10});
        }
        process_.reset();
    }

    std::string program_, plugin_, folder_, key_;
    std::uint16_t port_ = 0;
    std::unique_ptr<child> process_{};
};

}  // namespace connector
