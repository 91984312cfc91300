// SPDX-License-Identifier: BSL-1.0
#include "contact.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <stdexcept>
#include <system_error>
#include <utility>

#include <poll.h>

namespace connector {

namespace {

/// libmosquitto is started once, and ends with the program.
void start_library() {
    struct library {
        library() { (void)mosquitto_lib_init(); }
        library(library const&) = delete;
        library& operator=(library const&) = delete;
        ~library() { (void)mosquitto_lib_cleanup(); }
    };
    static library const started;
}

constexpr int keep_alive_s = 60;

}  // namespace

std::string broker_address::url() const {
    bool const bare_v6 = host.find(':') != std::string::npos;
    return bare_v6 ? fmt::format("mqtts://[{}]:{}", host, port) : fmt::format("mqtts://{}:{}", host, port);
}

contact::contact(broker_address const& to, std::string const& client_id, SSL_CTX* channel) {
    start_library();
    m_.reset(mosquitto_new(client_id.c_str(), true, this));
    // The context is complete: libmosquitto is to add nothing of its own to it.
    if (!m_ || mosquitto_int_option(m_.get(), MOSQ_OPT_SSL_CTX_WITH_DEFAULTS, 0) != MOSQ_ERR_SUCCESS ||
        mosquitto_void_option(m_.get(), MOSQ_OPT_SSL_CTX, channel) != MOSQ_ERR_SUCCESS)
        throw std::runtime_error{"libmosquitto could not be set up"};
    mosquitto_connect_callback_set(m_.get(), [](mosquitto*, void* self, int answer) {
        auto& me = *static_cast<contact*>(self);
        me.answered_ = true;
        me.answer_ = answer;
        me.stands_ = answer == 0;
    });
    mosquitto_publish_callback_set(
        m_.get(), [](mosquitto*, void* self, int) { ++static_cast<contact*>(self)->confirmed_; });
    if (int const code = mosquitto_connect(m_.get(), to.host.c_str(), to.port, keep_alive_s);
        code != MOSQ_ERR_SUCCESS) {
        at_once_ = ended(code);
    }
}

broken contact::ended(int code) const {
    int const why = errno;
    if (answered_ && answer_ != 0)
        return {
            .how = ending::login_refused, .because = mosquitto_connack_string(answer_), .answer = answer_};
    std::string words = mosquitto_strerror(code);
    if (code == MOSQ_ERR_ERRNO) words = std::error_code{why, std::generic_category()}.message();
    return {.how = stands_ ? ending::lost : ending::channel_failed, .because = std::move(words)};
}

/// libmosquitto 2.0 goes on for ever with a socket that was reset while TLS was being set up.
bool contact::stuck() {
    pollfd at{socket(), 0, 0};
    bool const broken_off = at.fd >= 0 && ::poll(&at, 1, 0) == 1 && (at.revents & (POLLERR | POLLHUP)) != 0;
    rounds_stuck_ = broken_off ? rounds_stuck_ + 1 : 0;
    return rounds_stuck_ > 1;  // what still lay there has been read by now
}

std::optional<broken> contact::go_on() {
    if (at_once_) return at_once_;
    constexpr int packets = 10;  // at a time
    errno = 0;
    int code = mosquitto_loop(m_.get(), 0, packets);
    if (code == MOSQ_ERR_SUCCESS && stuck()) code = MOSQ_ERR_CONN_LOST;
    if (code == MOSQ_ERR_SUCCESS && !(answered_ && answer_ != 0)) return std::nullopt;
    return ended(code);
}

bool contact::publish(std::string const& topic, std::string_view text) {
    constexpr int at_least_once = 1;
    return mosquitto_publish(m_.get(), nullptr, topic.c_str(), static_cast<int>(text.size()), text.data(),
                             at_least_once, false) == MOSQ_ERR_SUCCESS;
}

}  // namespace connector
