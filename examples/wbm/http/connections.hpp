// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/address.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

#include <openssl/ssl.h>

namespace wbm {

struct connection_limits {
    std::size_t per_source = 12;             ///< at once; a browser opens six
    std::size_t bytes = 64 * 1024;           ///< received for one request, TLS and all
    std::chrono::milliseconds time{15'000};  ///< from the handshake, or the last answer, to the next answer
};

/// Keeps anybody from holding a worker for longer than a request takes (slow loris), from sending more than a
/// request needs, and from having more connections than his share. The HTTP library has time-outs for each
/// read alone, and no bound for a line. It sees connections through OpenSSL: their handshakes, every read,
/// and their end. Thread safety: everything. It outlives the server.
class connections {
public:
    using clock = std::chrono::steady_clock;

    explicit connections(connection_limits const& limits = {});
    connections(connections const&) = delete;
    connections& operator=(connections const&) = delete;
    ~connections();

    /// Watches whatever connects by this context.
    void watch(SSL_CTX& context);
    /// It was answered: time and bytes begin anew.
    void answered(SSL const* ssl);
    /// Nothing more is to be read from it.
    void end(SSL const* ssl);
    [[nodiscard]] bool ended(SSL const* ssl) const;
    /// Cuts off whoever is late.
    void tick(clock::time_point now = clock::now());

    [[nodiscard]] std::size_t open() const;

private:
    struct one;
    static void on_state(SSL const* ssl, int where, int result);
    static long on_bytes(BIO* bio, int operation, char const* at, std::size_t length, int argi, long argl,
                         int result, std::size_t* processed);
    static void on_end(void* parent, void* entry, CRYPTO_EX_DATA* data, int index, long argl, void* argp);
    static int place_for_entry();
    static one* entry_of(SSL const* ssl);
    void begin(SSL* ssl);
    void cut(one& c) const;

    connection_limits limits_;
    mutable std::mutex mutex_;
    std::vector<std::unique_ptr<one>> open_;
};

}  // namespace wbm
