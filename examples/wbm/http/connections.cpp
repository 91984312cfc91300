// SPDX-License-Identifier: BSL-1.0
#include "connections.hpp"

#include <algorithm>
#include <array>

#include <arpa/inet.h>
#include <sys/socket.h>

namespace wbm {

struct connections::one {
    connections* of;
    int socket;
    sallyport::address source;
    clock::time_point until;
    std::size_t bytes = 0;
    bool over = false;
};

namespace {

sallyport::address peer_of(int socket) {
    sockaddr_storage peer{};
    socklen_t size = sizeof peer;
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (getpeername(socket, reinterpret_cast<sockaddr*>(&peer), &size) != 0)
        return {};  // NOLINT(*-reinterpret-cast)
    void const* const raw =
        peer.ss_family == AF_INET6
            ? static_cast<void const*>(&reinterpret_cast<sockaddr_in6 const*>(&peer)->sin6_addr)  // NOLINT
            : static_cast<void const*>(&reinterpret_cast<sockaddr_in const*>(&peer)->sin_addr);   // NOLINT
    return inet_ntop(peer.ss_family, raw, text.data(), text.size()) == nullptr
               ? sallyport::address{}
               : sallyport::address::from(text.data());
}

}  // namespace

connections::connections(connection_limits const& limits) : limits_{limits} {}
connections::~connections() = default;

/// One place in every SSL object for its entry; freed with it.
int connections::place_for_entry() {
    static int const place = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, &connections::on_end);
    return place;
}

connections::one* connections::entry_of(SSL const* ssl) {
    return ssl == nullptr ? nullptr : static_cast<one*>(SSL_get_ex_data(ssl, place_for_entry()));
}

void connections::watch(SSL_CTX& context) {
    (void)place_for_entry();
    SSL_CTX_set_app_data(&context, this);
    SSL_CTX_set_info_callback(&context, &connections::on_state);
}

void connections::on_state(SSL const* ssl, int where, int) {
    if ((where & SSL_CB_HANDSHAKE_START) == 0 || entry_of(ssl) != nullptr) return;
    // The library hands us a pointer to const of an object that is its own, and not const.
    auto* const mine = static_cast<connections*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
    mine->begin(const_cast<SSL*>(ssl));  // NOLINT(*-const-cast)
}

void connections::begin(SSL* ssl) {
    int const socket = SSL_get_fd(ssl);
    auto fresh = std::make_unique<one>(one{this, socket, peer_of(socket), clock::now() + limits_.time});
    if (SSL_set_ex_data(ssl, place_for_entry(), fresh.get()) != 1) {
        (void)shutdown(socket, SHUT_RDWR);
        return;
    }
    BIO_set_callback_arg(SSL_get_rbio(ssl),
                         reinterpret_cast<char*>(fresh.get()));  // NOLINT(*-reinterpret-cast)
    BIO_set_callback_ex(SSL_get_rbio(ssl), &connections::on_bytes);

    std::lock_guard const hold{mutex_};
    auto const theirs =
        std::count_if(open_.begin(), open_.end(), [&](auto const& c) { return c->source == fresh->source; });
    if (static_cast<std::size_t>(theirs) >= limits_.per_source) cut(*fresh);
    open_.push_back(std::move(fresh));
}

long connections::on_bytes(BIO* bio, int operation, char const*, std::size_t, int, long, int result,
                           std::size_t* processed) {
    if (operation == (BIO_CB_READ | BIO_CB_RETURN) && result > 0 && processed != nullptr) {
        auto* const c = reinterpret_cast<one*>(BIO_get_callback_arg(bio));  // NOLINT(*-reinterpret-cast)
        std::lock_guard const hold{c->of->mutex_};
        c->bytes += *processed;
        if (c->bytes > c->of->limits_.bytes) c->of->cut(*c);
    }
    return result;
}

/// Called by SSL_free, before the socket is closed: from here on its number is nobody's, and never cut.
void connections::on_end(void*, void* entry, CRYPTO_EX_DATA*, int, long, void*) {
    if (entry == nullptr) return;
    auto* const mine = static_cast<one*>(entry)->of;
    std::lock_guard const hold{mine->mutex_};
    std::erase_if(mine->open_, [&](auto const& c) { return c.get() == entry; });
}

void connections::cut(one& c) const {
    c.over = true;
    (void)shutdown(c.socket, SHUT_RDWR);
}

void connections::answered(SSL const* ssl) {
    std::lock_guard const hold{mutex_};
    if (one* const c = entry_of(ssl)) c->bytes = 0, c->until = clock::now() + limits_.time;
}

void connections::end(SSL const* ssl) {
    std::lock_guard const hold{mutex_};
    if (one* const c = entry_of(ssl)) c->over = true, (void)shutdown(c->socket, SHUT_RD);
}

bool connections::ended(SSL const* ssl) const {
    std::lock_guard const hold{mutex_};
    one const* const c = entry_of(ssl);
    return c != nullptr && c->over;
}

void connections::tick(clock::time_point now) {
    std::lock_guard const hold{mutex_};
    for (auto const& c : open_)
        if (now >= c->until) cut(*c);
}

std::size_t connections::open() const {
    std::lock_guard const hold{mutex_};
    return open_.size();
}

}  // namespace wbm
