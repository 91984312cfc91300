// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/audit/catalogue.hpp>
#include <sallyport/audit/explain.hpp>
#include <sallyport/audit/line_sink.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace sallyport::inline v0 {
namespace audit {

/// RFC 5424 §6.2.1: numerical codes of the severities, and of the facility for messages on security.
[[nodiscard]] constexpr unsigned syslog_code(severity s) noexcept {
    switch (s) {
        case severity::info: return 6;
        case severity::notice: return 5;
        case severity::warning: return 4;
        case severity::error: return 3;
    }
    return 3;
}
inline constexpr unsigned syslog_authpriv = 10;

struct rfc5424_options {
    std::string host{};  ///< who sends; empty: "-", and the receiver knows the peer's address
    std::string application = "sallyport";
    std::string process{};                ///< its id; empty: "-"
    unsigned facility = syslog_authpriv;  ///< 0 to 23
    std::uint32_t enterprise =
        32473;  ///< the maker's IANA Private Enterprise Number; this one is for examples (RFC 5612)
    std::size_t most =
        2048;  ///< octets of a message: what a receiver should take (RFC 5424 §6.1); the text is cut
};

/// A message of RFC 5424 without a frame: it goes into a datagram (RFC 5426), or behind a count of octets
/// (RFC 5425, RFC 6587).
///   <84>1 2022-05-12T13:35:33.583Z axc sallyport - login_refused [sallyport@32473 iec62443="CR 1.11"] User …
/// Where the device's clock is not to be trusted: [timeQuality tzKnown="1" isSynced="0"] (§7.1).
class rfc5424_line {
public:
    explicit rfc5424_line(rfc5424_options const& o = {})
        : head_{' ' + visible(o.host, 255) + ' ' + visible(o.application, 48) + ' ' +
                visible(o.process, 128) + ' '},
          id_{"[sallyport@" + std::to_string(o.enterprise)}, facility_{std::min(o.facility, 23U)},
          most_{o.most} {}

    void operator()(line_buffer& to, event const& e) const {
        using namespace std::chrono_literals;
        std::size_t const begin = to.size();
        put(to, "<{}>1 ", facility_ * 8 + syslog_code(severity_of(e)));
        detail::put_iso8601(to, e.at.wall);
        put(to, head_);
        put(to, to_string(e.id));
        if (!e.at.wall_trusted)
            put(to, R"( [timeQuality tzKnown="1" isSynced="0"])");
        else
            to.push_back(' ');
        put(to, id_);
        put_value(to, "iec62443", requirement_of(e));
        if (e.why.why != reason::none) put_value(to, "reason", to_string(e.why.why));
        put_number(to, "delay_ms", static_cast<std::uint64_t>(e.why.retry_after_ms()));
        put_value(to, "user", e.user.view());
        put_value(to, "source", e.source.to_string());
        put_value(to, "service", e.service.view());
        put_number(to, "session", e.session);
        if (ends_session(e)) put_value(to, "ending", to_string(e.ending));
        put_value(to, "actor", e.actor.view());
        put_number(to, "value", e.value);
        put_value(to, "detail", e.detail.view());
        put_number(to, "repeated", e.repeated);
        put(to, R"( boot_ms="{}"] )", e.at.steady / 1ms);
        put_message(to, e, begin);
    }

private:
    void put_message(line_buffer& to, event const& e, std::size_t begin) const {
        constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";  // a MSG that is UTF-8 says so (§6.4)
        line_buffer text;
        put_explanation(text, e);
        std::string_view message{text.data(), text.size()};
        if (std::any_of(message.begin(), message.end(),
                        [](char c) { return static_cast<unsigned char>(c) >= 0x80; }))
            put(to, byte_order_mark);
        std::size_t const used = to.size() - begin, room = used < most_ ? most_ - used : 0;
        if (message.size() > room) {
            std::size_t cut = room;
            while (cut > 0 && (static_cast<unsigned char>(message[cut]) & 0xc0U) == 0x80)
                --cut;  // not within a character
            message = message.substr(0, cut);
        }
        put(to, message);
    }
    static void put_value(line_buffer& to, std::string_view name, std::string_view value) {
        if (value.empty()) return;
        put(to, R"( {}=")", name);
        put_escaped<structured_data_style>(to, value);
        to.push_back('"');
    }
    static void put_number(line_buffer& to, std::string_view name, std::uint64_t value) {
        if (value != 0) put(to, R"( {}="{}")", name, value);
    }
    /// A field of the header is visible ASCII without blanks (PRINTUSASCII), or "-".
    static std::string visible(std::string field, std::size_t most) {
        if (field.empty()) return "-";
        field.resize(std::min(field.size(), most));
        for (char& c : field)
            if (c < '!' || c > '~') c = '_';
        return field;
    }

    std::string head_, id_;
    unsigned facility_;
    std::size_t most_;
};

/// Messages of RFC 5424, each in one call of the host's writer, which frames and sends them. A network may
/// block, so it hangs behind a ring:  ring.drain(remote)
template <line_writer Writer>
class rfc5424 : public line_sink<rfc5424_line, Writer> {
public:
    explicit rfc5424(Writer writer, rfc5424_options const& o = {})
        : line_sink<rfc5424_line, Writer>{rfc5424_line{o}, std::move(writer)} {}
};
static_assert(line_format<rfc5424_line> && audit_sink<rfc5424<void (*)(std::string_view)>>);

}  // namespace audit
}  // namespace sallyport::inline v0
