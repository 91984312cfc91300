// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/audit/event.hpp>
#include <sallyport/core/instant.hpp>
#include <sallyport/host/trust_audit.hpp>
#include <sallyport/trust/directory.hpp>
#include <sallyport/trust/open_channels.hpp>
#include <sallyport/trust/own.hpp>
#include <sallyport/trust/tls.hpp>
#include <sallyport/trust/validator.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <openssl/ssl.h>

namespace connector {

namespace trust = sallyport::trust;

/// What one contact has shown of the broker: filled in while its channel is set up.
struct seen {
    std::optional<trust::judgement> found{};  ///< none: it never showed a certificate
    std::vector<std::uint8_t> chain{};        ///< that it showed
    std::optional<int> alert{};               ///< that it sent (RFC 8446 §6): its word about us
};

/// Both halves of trust in a channel: whom we trust (the store, and the judge that asks it), and what we show
/// (our own pair). One for a program; its SSL_CTX serves each contact.
/// Thread safety: none of its own.
class channel {
public:
    using hearer = std::function<void(sallyport::audit::event const&)>;

    /// `host`: whom we connect to, as it must stand in the broker's certificate. `audit` is told what belongs
    /// into an audit log. Throws std::runtime_error where OpenSSL has no context.
    channel(trust::directory& store, trust::own& ours, std::string url, std::string host, hearer audit);
    channel(channel const&) = delete;
    channel& operator=(channel const&) = delete;
    ~channel() = default;

    [[nodiscard]] SSL_CTX* context() const noexcept { return context_.get(); }

    /// A contact begins: what the one before has shown is forgotten.
    void begins() { seen_ = {}; }
    [[nodiscard]] seen const& shown() const noexcept { return seen_; }

    /// The contact stands. False: its certificate would be refused by now.
    [[nodiscard]] bool stands();
    /// Would the broker that we are connected to be refused by now? Asked of what was shown when the contact
    /// began.
    [[nodiscard]] std::optional<trust::judgement> no_longer_trusted(sallyport::instant now);
    void ends() { open_.remove(the_one); }

private:
    using judge = trust::tls_judge<sallyport::boot_clock, std::function<void(trust::tls_seen const&)>>;
    static constexpr std::uint64_t the_one = 1;

    [[nodiscard]] trust::question asked() const noexcept {
        return {.chain = seen_.chain, .shown_by = trust::peer::pkix, .host = host_};
    }
    void judged(trust::tls_seen const& s);
    static void hears(SSL const* connection, int what, int value);

    trust::directory& store_;
    std::string url_, host_;
    hearer audit_;
    trust::validator validator_;
    sallyport::host::trust_audit worth_telling_{};
    seen seen_{};
    judge judge_;
    trust::detail::owned<SSL_CTX, SSL_CTX_free> context_;
    trust::open_channels open_{1};
};

}  // namespace connector
