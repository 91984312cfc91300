// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <mosquitto.h>
#include <openssl/ssl.h>

namespace connector {

/// Where a broker is.
struct broker_address {
    std::string host{};
    std::uint16_t port = 8883;  ///< MQTT over TLS (IANA)

    [[nodiscard]] std::string url() const;
};

/// How a contact ended, as far as the connection can tell.
enum class ending : std::uint8_t {
    channel_failed,  ///< nobody answered, or the secure channel did not come to stand
    login_refused,   ///< it stood, and the broker's answer to CONNECT was no
    lost,            ///< it stood and was in use
    no_answer,       ///< it went on for too long
};

struct broken {
    ending how = ending::lost;
    std::string because{};  ///< in the words of the system or of the library
    int answer = 0;         ///< of the broker to CONNECT, where there was one
};

/// One connection to a broker, from the first octet to the last: libmosquitto, driven by whoever owns it. The
/// SSL_CTX says whom it trusts and what it shows.
/// Thread safety: none of its own.
class contact {
public:
    /// Waits for the name to be looked up and for TCP, as long as the system does (a signal ends it); from
    /// then on for nothing. Throws std::runtime_error where libmosquitto has no memory.
    contact(broker_address const& to, std::string const& client_id, SSL_CTX* channel);
    contact(contact const&) = delete;
    contact& operator=(contact const&) = delete;
    ~contact() = default;

    /// For poll(2); -1: there is none.
    [[nodiscard]] int socket() const noexcept { return mosquitto_socket(m_.get()); }
    [[nodiscard]] bool wants_to_write() const noexcept { return mosquitto_want_write(m_.get()); }

    /// Does what can be done without waiting. What it returns is the contact's end.
    [[nodiscard]] std::optional<broken> go_on();
    /// The broker has taken us in.
    [[nodiscard]] bool stands() const noexcept { return stands_; }
    /// Hands a message over, at least once; false: libmosquitto would not.
    [[nodiscard]] bool publish(std::string const& topic, std::string_view text);
    /// Messages that the broker has confirmed.
    [[nodiscard]] std::uint64_t confirmed() const noexcept { return confirmed_; }
    /// Says goodbye.
    void close() noexcept { (void)mosquitto_disconnect(m_.get()); }

private:
    struct destroyed {
        void operator()(mosquitto* m) const noexcept { mosquitto_destroy(m); }
    };
    [[nodiscard]] broken ended(int code) const;
    [[nodiscard]] bool stuck();

    std::unique_ptr<mosquitto, destroyed> m_;
    std::optional<broken> at_once_{};  ///< it failed before it began
    int answer_ = 0, rounds_stuck_ = 0;
    bool answered_ = false, stands_ = false;
    std::uint64_t confirmed_ = 0;
};

}  // namespace connector
