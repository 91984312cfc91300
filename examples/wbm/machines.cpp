// SPDX-License-Identifier: BSL-1.0
#include "machines.hpp"

#include <sallyport/audit/counters.hpp>

#include <array>

#include <sys/socket.h>

#include <arpa/inet.h>
#include <netinet/in.h>

namespace wbm {
namespace {

/// Who is at the other end of the handshake.
sallyport::address source_of(SSL const* connection) {
    sockaddr_storage who{};
    socklen_t size = sizeof who;
    std::array<char, INET6_ADDRSTRLEN> words{};
    if (::getpeername(SSL_get_fd(connection), reinterpret_cast<sockaddr*>(&who), &size) != 0) return {};
    void const* const at = who.ss_family == AF_INET
                               ? static_cast<void const*>(&reinterpret_cast<sockaddr_in const&>(who).sin_addr)
                               : &reinterpret_cast<sockaddr_in6 const&>(who).sin6_addr;
    if (::inet_ntop(who.ss_family, at, words.data(), words.size()) == nullptr) return {};
    return sallyport::address::from(words.data());
}
reply words(int status, std::string text) {
    return {.status = status, .body = std::move(text) + "\n", .type = "text/plain; charset=utf-8"};
}

}  // namespace

machines::machines(device& on)
    : on_{on}, judge_{on.trust().judge(),
                      {.shown_by = trust::peer::client_application},
                      sallyport::boot_clock{},
                      [this](trust::tls_seen const& seen) {
                          on_.trust().take(seen.found, seen.chain, source_of(seen.connection),
                                           machines_service);
                      }} {}

reply machines::answer(request const& asked) {
    // The handshake was judged when the connection began; the lists may have changed since.
    auto const said = on_.trust().opinion(asked.shown);
    if (!said.accepted() || !said.leaf())
        return words(403, "This certificate is trusted no more.").with("Connection", "close");
    if (asked.posts()) return words(405, "Here is nothing to change.").with("Allow", "GET, HEAD");
    if (asked.path == "/") return words(200, "Connected.");
    if (asked.path == "/metrics")
        return {.body = on_.told().totals.prometheus(),
                .type = std::string{sallyport::audit::counters::content_type}};
    return words(404, "There is no such page.");
}

}  // namespace wbm
