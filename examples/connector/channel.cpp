// SPDX-License-Identifier: BSL-1.0
#include "channel.hpp"

#include <stdexcept>
#include <utility>

#include <openssl/err.h>

namespace connector {

channel::channel(trust::directory& store, trust::own& ours, std::string url, std::string host, hearer audit)
    : store_{store}, url_{std::move(url)}, host_{std::move(host)}, audit_{std::move(audit)},
      validator_{store.lists()},
      judge_{validator_,
             // A broker is no OPC UA application: RFC 5280, our trusted list, and what TLS asks of a server.
             trust::tls_options{.shown_by = trust::peer::pkix, .host = host_}, sallyport::boot_clock{},
             [this](trust::tls_seen const& s) { judged(s); }},
      context_{SSL_CTX_new(TLS_client_method())} {
    if (!context_ || !judge_.guard(context_.get())) {
        ERR_clear_error();
        throw std::runtime_error{"OpenSSL could not set up a context for TLS"};
    }
    judge::show(context_.get(), ours);
    SSL_CTX_set_app_data(context_.get(), this);
    SSL_CTX_set_info_callback(context_.get(), &hears);
}

void channel::judged(trust::tls_seen const& s) {
    sallyport::instant const now = sallyport::boot_clock{}.now();
    seen_.found = s.found;
    seen_.chain.assign(s.chain.begin(), s.chain.end());
    if (auto const e = worth_telling_.event_of(s.found, now, s.from(), "mqtt")) audit_(*e);
    if (!s.found.accepted()) store_.reject(s.chain, url_, s.from(), s.found.first(), now);
}

void channel::hears(SSL const* connection, int what, int value) {
    constexpr int heard_an_alert = SSL_CB_READ_ALERT;
    constexpr int farewell = SSL_AD_CLOSE_NOTIFY;
    if ((what & heard_an_alert) != heard_an_alert || (value & 0xff) == farewell) return;
    auto* const me = static_cast<channel*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(connection)));
    me->seen_.alert = value & 0xff;
}

bool channel::stands() { return seen_.found && open_.add(the_one, asked(), *seen_.found); }

std::optional<trust::judgement> channel::no_longer_trusted(sallyport::instant now) {
    auto closing = open_.reevaluate(validator_, now);
    if (closing.empty()) return std::nullopt;
    trust::judgement const& why = closing.front().why;
    if (auto const e = worth_telling_.event_of(why, now, {}, "mqtt")) audit_(*e);
    return why;
}

}  // namespace connector
