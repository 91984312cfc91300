// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/concepts/clock_source.hpp>
#include <sallyport/core/address.hpp>
#include <sallyport/environment/boot_clock.hpp>
#include <sallyport/trust/judgement.hpp>
#include <sallyport/trust/own.hpp>
#include <sallyport/trust/validator.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <netinet/in.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

// This header needs OpenSSL's libssl: a program that includes it links OpenSSL::SSL beside
// sallyport::openssl, which brings libcrypto alone.

namespace sallyport::inline v0 {
namespace trust {

/// Must the name or address that was connected to stand in a server's certificate?
enum class host_check : std::uint8_t {
    required,  ///< a connection whose target nobody named is refused
    skipped,   ///< whoever is trusted may stand anywhere: any trusted application can play any server
};
/// What becomes of a client that shows no certificate?
enum class client_certificate : std::uint8_t { required, optional };

/// Whom a TLS connection expects at its other end.
struct tls_options {
    /// `server_application` and `client_application` are held to OPC UA's rules; whatever else speaks TLS (a
    /// broker, a browser) is `pkix`: RFC 5280, the trusted list, and what TLS itself asks of a certificate.
    peer shown_by = peer::pkix;
    /// The name or address that a client connects to. What the connection itself says (SSL_set1_host,
    /// X509_VERIFY_PARAM_set1_ip_asc) goes before it.
    std::string host{};
    host_check hosts = host_check::required;
    client_certificate clients = client_certificate::required;
    std::optional<std::string> application_uri{};  ///< that the peer is to have; none: any
    security_policy const* policy =
        nullptr;  ///< whose limits are kept, beside those of OpenSSL's security level
};

/// Who is at the other end of this connection's socket; unknown where it has none.
[[nodiscard]] inline address peer_address(SSL const* connection) noexcept {
    sockaddr_storage at{};
    socklen_t size = sizeof at;
    int const fd = connection == nullptr ? -1 : SSL_get_fd(connection);
    ERR_clear_error();
    if (fd < 0 || ::getpeername(fd, reinterpret_cast<sockaddr*>(&at), &size) != 0) return {};
    if (at.ss_family == AF_INET) {
        std::array<std::uint8_t, 4> ip{};
        std::memcpy(ip.data(), &reinterpret_cast<sockaddr_in const&>(at).sin_addr, ip.size());
        return address::ipv4(ip[0], ip[1], ip[2], ip[3]);
    }
    if (at.ss_family != AF_INET6) return {};
    std::array<std::uint8_t, 16> ip{};
    std::memcpy(ip.data(), &reinterpret_cast<sockaddr_in6 const&>(at).sin6_addr, ip.size());
    return address::ipv6(ip);
}

/// What an observer is told of a handshake. Valid during the call.
struct tls_seen {
    judgement const& found;
    bytes chain;      ///< as the peer presented it, leaf first: what belongs into the rejected list
    SSL* connection;  ///< for a host that keeps the judgement with its connection (SSL_set_ex_data)

    [[nodiscard]] address from() const noexcept { return peer_address(connection); }
};

struct no_observer {
    void operator()(tls_seen const&) const noexcept {}
};

namespace detail {
/// How OpenSSL is to name it, so that the peer's alert helps him as far as he may be helped.
[[nodiscard]] constexpr int tls_error_of(status wire) noexcept {
    switch (wire) {
        case status::good: return X509_V_OK;
        case status::certificate_time_invalid:
        case status::certificate_issuer_time_invalid: return X509_V_ERR_CERT_HAS_EXPIRED;
        case status::certificate_host_name_invalid: return X509_V_ERR_HOSTNAME_MISMATCH;
        case status::certificate_use_not_allowed:
        case status::certificate_issuer_use_not_allowed: return X509_V_ERR_INVALID_PURPOSE;
        case status::certificate_revocation_unknown: return X509_V_ERR_UNABLE_TO_GET_CRL;
        default: return X509_V_ERR_CERT_REJECTED;  // an alert that tells a stranger nothing about the lists
    }
}

/// The chain that a peer presented, as one blob. TLS has sent it certificate by certificate; OpenSSL has read
/// each to its last octet, and writes it as DER.
[[nodiscard]] inline std::vector<std::uint8_t> presented_in(X509_STORE_CTX* of) {
    std::vector<std::uint8_t> blob;
    auto const append = [&](X509* x) {
        int const n = x == nullptr ? 0 : i2d_X509(x, nullptr);
        if (n <= 0) return;
        std::size_t const before = blob.size();
        blob.resize(before + static_cast<std::size_t>(n));
        std::uint8_t* at = blob.data() + before;
        (void)i2d_X509(x, &at);
    };
    X509* const leaf = X509_STORE_CTX_get0_cert(of);
    append(leaf);
    STACK_OF(X509)* const rest = X509_STORE_CTX_get0_untrusted(of);
    for (int i = 0; leaf != nullptr && i < sk_X509_num(rest); ++i)
        if (X509* const x = sk_X509_value(rest, i); x != leaf) append(x);
    return blob;
}

/// Who was connected to, as the connection knows it.
[[nodiscard]] inline std::string target_of(X509_STORE_CTX* of) {
    X509_VERIFY_PARAM* const said = X509_STORE_CTX_get0_param(of);
    if (char const* const host = X509_VERIFY_PARAM_get0_host(said, 0)) return host;
    owned<char, [](char* p) noexcept { OPENSSL_free(p); }> const address{X509_VERIFY_PARAM_get1_ip_asc(said)};
    ERR_clear_error();
    return address ? std::string{address.get()} : std::string{};
}

/// An acceptance turned into a refusal that nobody can suppress.
[[nodiscard]] inline judgement refused(judgement const& j, status what, certificate_ptr const& of,
                                       std::string_view because) {
    auto found = std::make_shared<finding>();
    found->leaf = j.leaf();
    found->chain.assign(j.chain().begin(), j.chain().end());
    for (fault const& f : j.all()) found->found.add_overlooked(f.what, f.certificate, f.because);
    found->found.add(what, of, because, true);
    return judgement{j.shown_by(), std::move(found)};
}

/// Bits of security that OpenSSL's levels ask for (SSL_CTX_set_security_level).
[[nodiscard]] constexpr int security_bits(int level) noexcept {
    constexpr std::array<int, 6> bits{0, 80, 112, 128, 192, 256};
    return bits[static_cast<std::size_t>(std::clamp(level, 0, 5))];
}

/// What TLS asks of a path beyond RFC 5280 and OPC UA, as OpenSSL's own verification would: the usages of a
/// TLS client or server, and strength. The signature of an anchor proves nothing, so its hash does not count.
[[nodiscard]] inline judgement held_to_tls(judgement j, bool to_be_server, int least_bits) {
    auto const path = j.chain();
    int const purpose = to_be_server ? X509_PURPOSE_SSL_SERVER : X509_PURPOSE_SSL_CLIENT;
    for (std::size_t i = 0; i < path.size(); ++i) {
        X509* const x = path[i]->x509();
        if (X509_check_purpose(x, purpose, i == 0 ? 0 : 1) <= 0)
            return refused(
                j, i == 0 ? status::certificate_use_not_allowed : status::certificate_issuer_use_not_allowed,
                path[i],
                to_be_server ? "its usages do not let it be a TLS server"
                             : "its usages do not let it be a TLS client");
        int signed_with = 0;
        bool const anchor = i + 1 == path.size();
        bool const weak =
            EVP_PKEY_get_security_bits(path[i]->public_key()) < least_bits ||
            (!anchor && (X509_get_signature_info(x, nullptr, nullptr, &signed_with, nullptr) != 1 ||
                         signed_with < least_bits));
        if (weak)
            return refused(j, status::certificate_policy_check_failed, path[i],
                           "its key or signature is weaker than the connection's security level");
    }
    return j;
}

/// Does each of these ciphers come with a certificate? The shared-key ones are in every list, and take no
/// part without a key.
[[nodiscard]] inline bool certificates_are_shown(STACK_OF(SSL_CIPHER) * ciphers) noexcept {
    for (int i = 0; i < sk_SSL_CIPHER_num(ciphers); ++i)
        if (SSL_CIPHER_get_auth_nid(sk_SSL_CIPHER_value(ciphers, i)) == NID_auth_null) return false;
    return true;
}

/// The path that was found becomes the connection's verified chain (SSL_get0_verified_chain).
inline void tell_path(X509_STORE_CTX* to, judgement const& j) noexcept {
    STACK_OF(X509)* const all = sk_X509_new_null();
    if (all == nullptr) return;
    for (auto const& c : j.chain())
        if (X509_up_ref(c->x509()) == 1 && sk_X509_push(all, c->x509()) <= 0) X509_free(c->x509());
    X509_STORE_CTX_set0_verified_chain(to, all);
}
}  // namespace detail

/// Judges the peer of each TLS handshake of an SSL_CTX, on either side, with a validator in the place of
/// OpenSSL's own verification. The observer hears every judgement, acceptances too, before the handshake goes
/// on: it feeds the rejected list, the audit and the words for the administrator. A judgement says who the
/// certificate belongs to; that the peer holds its key is shown only when the handshake has ended well.
///
/// Whatever goes wrong in here, an observer that throws included, refuses the peer.
///
/// Sessions are not resumed on such a context: a resumed one would bring back a peer that nobody has judged
/// since, a revoked one, too.
///
/// Thread safety: any number of handshakes at once, if the observer allows it. Validator, `own` and this
/// object stay where they are until the SSL_CTX and its connections are gone.
template <class Clock = boot_clock, class Observer = no_observer>
class tls_judge {
    static_assert(clock_source<Clock>, "tls_judge: the clock is no clock_source");
    static_assert(std::is_invocable_v<Observer&, tls_seen const&>,
                  "tls_judge: the observer cannot be told a tls_seen");

public:
    explicit tls_judge(validator const& by, tls_options options = {}, Clock clock = Clock{},
                       Observer observer = Observer{})
        : validator_{by}, options_{std::move(options)}, clock_{std::move(clock)}, observer_{
                                                                                      std::move(observer)} {}
    tls_judge(tls_judge const&) = delete;
    tls_judge& operator=(tls_judge const&) = delete;
    ~tls_judge() = default;

    /// Puts itself in charge of this context: who verifies, that a certificate is asked for, TLS 1.2 or
    /// later, no resumption, no early data, no renegotiation, nobody by a shared key. Call it last, and take
    /// none of that back. False: OpenSSL would not, or the context has a cipher with which nobody shows a
    /// certificate (aNULL); it is not to be used.
    [[nodiscard]] bool guard(SSL_CTX* context) {
        if (context == nullptr || !detail::certificates_are_shown(SSL_CTX_get_ciphers(context))) return false;
        SSL_CTX_set_cert_verify_callback(context, &verify, this);
        SSL_CTX_set_verify(context, verify_mode(), nullptr);
        SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
        SSL_CTX_set_options(context, refused_here);
        SSL_CTX_set_psk_client_callback(context, nullptr);
        SSL_CTX_set_psk_server_callback(context, nullptr);
        SSL_CTX_set_psk_use_session_callback(context, nullptr);
        SSL_CTX_set_psk_find_session_callback(context, nullptr);
        return SSL_CTX_set_max_early_data(context, 0) == 1 && SSL_CTX_set_num_tickets(context, 0) == 1 &&
               (SSL_CTX_get_min_proto_version(context) >= TLS1_2_VERSION ||
                SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1);
    }
    /// For a host that gets hold of its connections alone, once they are made and before they shake hands (a
    /// plugin): guards such a connection, and its context for those to come. Not while other threads use that
    /// context.
    [[nodiscard]] bool guard(SSL* connection) {
        if (connection == nullptr || !guard(SSL_get_SSL_CTX(connection))) return false;
        SSL_set_verify(connection, verify_mode(), nullptr);  // it has copied what its context was before
        (void)SSL_set_options(connection, refused_here);
        SSL_set_psk_client_callback(connection, nullptr);
        SSL_set_psk_server_callback(connection, nullptr);
        SSL_set_psk_use_session_callback(connection, nullptr);
        SSL_set_psk_find_session_callback(connection, nullptr);
        return detail::certificates_are_shown(SSL_get_ciphers(connection)) &&
               SSL_set_max_early_data(connection, 0) == 1 && SSL_set_num_tickets(connection, 0) == 1 &&
               (SSL_get_min_proto_version(connection) >= TLS1_2_VERSION ||
                SSL_set_min_proto_version(connection, TLS1_2_VERSION) == 1);
    }
    /// Shows, at each handshake, the pair of ours that is in force then: a switch needs no new context. Where
    /// there is none, whatever the context has been given is shown, or nothing.
    static void show(SSL_CTX* context, own const& ours) noexcept {
        SSL_CTX_set_cert_cb(context, &show_current,
                            const_cast<own*>(&ours));  // NOLINT(*-const-cast): never written to
    }

    [[nodiscard]] tls_options const& options() const noexcept { return options_; }
    /// Handshakes that were refused because something threw in here: memory ran out, or the observer failed.
    [[nodiscard]] std::uint64_t failures() const noexcept {
        return failures_.load(std::memory_order_relaxed);
    }

private:
    static constexpr auto refused_here = SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION;

    [[nodiscard]] int verify_mode() const noexcept {
        bool const must = options_.clients == client_certificate::required;
        return SSL_VERIFY_PEER | (must ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0);
    }
    static int verify(X509_STORE_CTX* of, void* self) noexcept {
        auto* const me = static_cast<tls_judge*>(self);
        X509_STORE_CTX_set_error(of, X509_V_ERR_UNSPECIFIED);  // what nobody decided is a refusal
        try {
            return me->judge(of) ? 1 : 0;
        } catch (std::bad_alloc const&) { X509_STORE_CTX_set_error(of, X509_V_ERR_OUT_OF_MEM); } catch (...) {
            X509_STORE_CTX_set_error(of, X509_V_ERR_UNSPECIFIED);
        }
        me->failures_.fetch_add(1, std::memory_order_relaxed);
        return 0;
    }

    [[nodiscard]] bool judge(X509_STORE_CTX* of) {
        auto* const connection =
            static_cast<SSL*>(X509_STORE_CTX_get_ex_data(of, SSL_get_ex_data_X509_STORE_CTX_idx()));
        if (connection == nullptr) return false;
        // A client whose mode is SSL_VERIFY_NONE would be asked, and its answer not heard.
        SSL_set_verify(connection, SSL_get_verify_mode(connection) | SSL_VERIFY_PEER,
                       SSL_get_verify_callback(connection));
        bool const peer_is_server = SSL_is_server(connection) == 0;
        std::vector<std::uint8_t> const chain = detail::presented_in(of);
        std::string host = peer_is_server ? detail::target_of(of) : std::string{};
        if (host.empty() && peer_is_server) host = options_.host;

        question q{.chain = chain, .shown_by = options_.shown_by, .policy = options_.policy};
        if (options_.application_uri) q.application_uri = *options_.application_uri;
        if (peer_is_server && options_.hosts == host_check::required) q.host = host;
        judgement found = validator_.validate(q, clock_.now());
        if (found.accepted() && !found.leaf())  // what looks at nothing is no way to open a connection
            found = detail::refused(found, status::certificate_policy_check_failed, nullptr,
                                    "the security policy None judges nothing");
        bool const as_another =
            options_.shown_by == peer::client_application || options_.shown_by == peer::user;
        if (found.accepted() && peer_is_server && as_another)  // their rules know no host
            found = detail::refused(found, status::certificate_use_not_allowed, found.leaf(),
                                    "a server is to be judged as one (tls_options::shown_by)");
        if (found.accepted())
            found = detail::held_to_tls(std::move(found), peer_is_server,
                                        detail::security_bits(SSL_get_security_level(connection)));

        observer_(tls_seen{found, chain, connection});
        X509_STORE_CTX_set_error(of, detail::tls_error_of(found.wire()));
        if (!found.accepted()) return false;
        detail::tell_path(of, found);
        return true;
    }
    static int show_current(SSL* connection, void* ours) noexcept try {
        own_pair_ptr const pair = static_cast<own const*>(ours)->current();
        if (!pair) return 1;
        detail::owned<STACK_OF(X509), [](STACK_OF(X509) * s) noexcept { sk_X509_free(s); }> const issuers{
            sk_X509_new_null()};
        for (auto const& ca : pair->issuers())
            if (!issuers || sk_X509_push(issuers.get(), ca->x509()) <= 0) return 0;
        return SSL_use_cert_and_key(connection, pair->leaf()->x509(), pair->key(), issuers.get(), 1) == 1 ? 1
                                                                                                          : 0;
    } catch (...) { return 0; }

    validator const& validator_;
    tls_options options_;
    Clock clock_;
    Observer observer_;
    std::atomic<std::uint64_t> failures_{0};
};

}  // namespace trust
}  // namespace sallyport::inline v0
