// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "certificate.hpp"
#include "connections.hpp"
#include "message.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace wbm {

struct server_options {
    std::string address = "127.0.0.1";
    int port = 8443;           ///< 0: any that is free
    std::size_t threads = 26;  ///< each holds one connection while it is open
    std::size_t waiting = 64;  ///< connections that wait for a thread, before the kernel makes them wait
    std::size_t longest_target = 1024;
    form_limits forms{};
    connection_limits connections{};
    /// Sets TLS up so that whoever connects has to show a certificate, and judges it; null: nobody is asked.
    std::function<bool(SSL_CTX&)> guard{};
};

/// HTTP/1.1 over TLS, and nothing of the pages: what comes in is bounded and unambiguous, what goes out
/// carries the headers that keep a browser from doing what no page asks for. `answer` is called from all
/// threads at once.
class server {
public:
    using answer = std::function<reply(request const&)>;

    server(tls_identity const& me, server_options const& options, answer pages);
    server(server const&) = delete;
    server& operator=(server const&) = delete;
    ~server();

    /// The port that it listens at; nullopt: it cannot (the port is taken, the address is not ours).
    [[nodiscard]] std::optional<int> bind();
    /// Serves until `stop`.
    void run();
    /// From any thread.
    void stop();
    /// Cuts off whoever is late; to be called several times a second.
    void tick();

private:
    class transport;
    std::unique_ptr<transport> transport_;
};

}  // namespace wbm
