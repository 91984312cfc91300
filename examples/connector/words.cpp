// SPDX-License-Identifier: BSL-1.0
#include "words.hpp"

#include <sallyport/audit/utc.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace connector {

namespace {

/// So many digits of a thumbprint name a certificate to sallyport-trust.
constexpr std::size_t digits_to_approve = 16;

// Of OPC UA (Part 6, StatusCode.csv): what its connectors say in such a case.
constexpr std::string_view security_checks_failed = "BadSecurityChecksFailed (0x80130000)";
constexpr std::string_view channel_closed = "BadSecureChannelClosed (0x80860000)";
constexpr std::string_view connection_rejected = "BadConnectionRejected (0x80AC0000)";
constexpr std::string_view connection_closed = "BadConnectionClosed (0x80AE0000)";
constexpr std::string_view access_denied = "BadUserAccessDenied (0x801F0000)";
constexpr std::string_view timed_out = "BadTimeout (0x800A0000)";

std::string day_of(sallyport::nanoseconds wall) {
    auto const t = sallyport::audit::utc::from(wall);
    return fmt::format("{:04}-{:02}-{:02}", t.year, t.month, t.day);
}

/// Alerts that say: your certificate will not do (RFC 8446 §6.2).
bool about_our_certificate(int alert) noexcept {
    switch (alert) {
        case SSL_AD_BAD_CERTIFICATE:
        case SSL_AD_UNSUPPORTED_CERTIFICATE:
        case SSL_AD_CERTIFICATE_REVOKED:
        case SSL_AD_CERTIFICATE_EXPIRED:
        case SSL_AD_CERTIFICATE_UNKNOWN:
        case SSL_AD_UNKNOWN_CA:
        case SSL_AD_ACCESS_DENIED:
        case SSL_AD_CERTIFICATE_REQUIRED: return true;
        default: return false;
    }
}

/// One word of a shell, whatever is in it.
std::string quoted(std::string_view word) {
    constexpr std::string_view plain =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/._-+:@%,=";
    if (!word.empty() && word.find_first_not_of(plain) == std::string_view::npos) return std::string{word};
    std::string out = "'";
    for (char const c : word) out += c == '\'' ? std::string_view{R"('\'')"} : std::string_view{&c, 1};
    return out + "'";
}
std::string command(std::string_view store, trust::certificate const& c) {
    return fmt::format("sallyport-trust approve {} {}", quoted(store),
                       trust::hex(c.print().bytes).substr(0, digits_to_approve));
}

trouble we_refused(trust::judgement const& found, trust::directory const& store, ourselves const& us) {
    trouble t{.headline = fmt::format("Connection failed: {}.", security_checks_failed),
              .advice = "Please verify that the connector trusts the certificate provided by the broker.",
              .happened = fmt::format("{} showed its certificate, and this connector refused it: {} ({})",
                                      us.url, trust::to_string(found.first()), found.because()),
              .to_do = found.remedy(),
              .details = {},
              .command = {}};
    auto const leaf = found.leaf();
    if (!leaf) return t;
    t.details = lines_of(*leaf);
    auto const waiting = store.rejected();
    auto const kept = std::find_if(waiting.begin(), waiting.end(), [&](auto const& r) {
        return r.certificate && r.certificate->print() == leaf->print() && !r.file.empty();
    });
    if (kept == waiting.end()) return t;
    t.details += line("kept at", store.path(trust::place::rejected) + kept->file);
    if (found.first() != trust::status::certificate_untrusted) return t;
    t.command = command(us.store, *leaf);
    if (store.where() == trust::layout::plural_issuers) t.command += " --layout issuers";
    return t;
}

trouble broker_refused(broken const& end, std::optional<int> alert, ourselves const& us) {
    bool const ours = !alert || about_our_certificate(*alert);
    trouble t{.headline = fmt::format("Connection failed: {}.", channel_closed),
              .advice = {},
              .happened = {},
              .to_do = {},
              .details = {},
              .command = {}};
    t.happened =
        alert ? fmt::format("{} closed the channel when it saw ours: TLS alert {}, {}", us.url, *alert,
                            SSL_alert_desc_string_long(*alert))
              : fmt::format(
                    "{} showed a certificate that is trusted here, and closed the channel when it saw ours "
                    "({})",
                    us.url, end.because);
    if (!ours) {
        t.to_do = "The two do not agree on how to speak TLS: compare the broker's log and its TLS settings.";
        return t;
    }
    t.advice = "Please verify that the broker trusts the certificate which is provided by the connector.";
    if (!us.pair) {
        t.to_do = "The connector has no certificate of its own to show: see what lies in its own/ folders.";
        return t;
    }
    trust::certificate const& leaf = *us.pair->leaf();
    t.details = lines_of(leaf) + line("file", us.certificate_file);
    if (alert == SSL_AD_CERTIFICATE_EXPIRED) {
        t.to_do = "Renew the connector's certificate; if its dates are right, check the broker's clock.";
    } else if (alert == SSL_AD_CERTIFICATE_REVOKED) {
        t.to_do = "The connector's certificate has been revoked: let its CA issue a new one.";
    } else {
        t.to_do =
            "At the broker, look for this thumbprint among the rejected certificates, and approve it if "
            "every digit is the same. A broker that keeps none is given the file above.";
        t.command = command("STORE", leaf) + "   (STORE is the broker's)";
    }
    return t;
}

}  // namespace

std::string line(std::string_view name, std::string_view text) {
    return fmt::format("  {:<14} {}\n", name, text);
}

std::string lines_of(trust::certificate const& c) {
    return line("certificate", c.subject()) + line("SHA-256", trust::hex(c.print().bytes)) +
           line("valid", fmt::format("{} to {}", day_of(c.valid_from()), day_of(c.valid_until())));
}

std::string trouble::text() const {
    std::string out = headline + "\n";
    if (!advice.empty()) out += advice + "\n";
    out += line("what happened", happened) + details;
    if (!to_do.empty()) out += line("what to do", to_do);
    if (!command.empty()) out += line("", command);
    return out;
}

trouble explain(broken const& end, seen const& of, trust::directory const& store, ourselves const& us) {
    if (of.found && !of.found->accepted()) return we_refused(*of.found, store, us);
    auto const plain = [&](std::string_view status, std::string happened, std::string to_do) {
        return trouble{.headline = fmt::format("Connection failed: {}.", status),
                       .advice = {},
                       .happened = std::move(happened),
                       .to_do = std::move(to_do),
                       .details = {},
                       .command = {}};
    };
    switch (end.how) {
        case ending::login_refused:
            return plain(
                access_denied,
                fmt::format("{} knows our certificate, and does not let us in: {} (MQTT answer {})", us.url,
                            end.because, end.answer),
                "At the broker, allow the name in our certificate to connect; its log says what is missing.");
        case ending::lost: {
            auto t = plain(connection_closed, fmt::format("{} is gone: {}", us.url, end.because),
                           "Nothing, if the broker was stopped or restarted; else see its log.");
            t.headline = fmt::format("Connection lost: {}.", connection_closed);
            return t;
        }
        case ending::no_answer:
            return plain(timed_out, fmt::format("{} did not answer in time", us.url),
                         "Check that an MQTT broker speaks TLS there, and what is on the way to it.");
        case ending::channel_failed: break;
    }
    if (of.found || of.alert) return broker_refused(end, of.alert, us);
    return plain(connection_rejected, fmt::format("nobody answers over TLS at {}: {}", us.url, end.because),
                 "Check that the broker runs, is reached under this name and port, and speaks TLS there.");
}

trouble withdrawn(trust::judgement const& now, ourselves const& us) {
    return {.headline = fmt::format("Connection closed: {}.", security_checks_failed),
            .advice = "Please verify that the connector trusts the certificate provided by the broker.",
            .happened = fmt::format("the broker's certificate at {} is accepted no more: {} ({})", us.url,
                                    trust::to_string(now.first()), now.because()),
            .to_do = now.remedy(),
            .details = now.leaf() ? lines_of(*now.leaf()) : std::string{},
            .command = {}};
}

}  // namespace connector
