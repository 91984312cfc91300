// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/audit/catalogue.hpp>
#include <sallyport/audit/explain.hpp>
#include <sallyport/audit/line_sink.hpp>

#include <chrono>
#include <string_view>
#include <utility>

namespace sallyport::inline v0 {
namespace audit {

/// One JSON object (RFC 8259) a line, every field always there and in this order; texts empty and numbers 0
/// where there is nothing to say:
///   id, number, severity, iec62443, reason, delay_ms, user, source, service, device, shown, presence,
///   session, ending, actor, value, detail, repeated, within_ms, wall, wall_trusted, boot_ms, text
/// `wall` is UTC as in RFC 3339 with milliseconds; `device` the thumbprint in hexadecimal; `text` the
/// sentence with its remedy. `reason` is "none" where nothing was refused, `ending` empty where no session
/// ended.
struct json_line {
    void operator()(line_buffer& to, event const& e) const {
        using namespace std::chrono_literals;
        bool const over = ends_session(e);
        put(to, R"({{"id":"{}","number":{},"severity":"{}","iec62443":"{}","reason":"{}","delay_ms":{})",
            to_string(e.id), static_cast<unsigned>(e.id), to_string(severity_of(e)), requirement_of(e),
            to_string(e.why.why), e.why.retry_after_ms());
        put_text(to, "user", e.user.view());
        put_text(to, "source", e.source.to_string());
        put_text(to, "service", e.service.view());
        put(to, R"(,"device":")");
        detail::put_thumbprint(to, e.device);
        put(to, R"(","shown":"{}","presence":"{}","session":{},"ending":"{}")", name_of(e.shown),
            e.presence == whereabouts::console ? "console" : "remote", e.session,
            over ? to_string(e.ending) : "");
        put_text(to, "actor", e.actor.view());
        put(to, R"(,"value":{})", e.value);
        put_text(to, "detail", e.detail.view());
        put(to, R"(,"repeated":{},"within_ms":{},"wall":")", e.repeated, e.within / 1ms);
        detail::put_iso8601(to, e.at.wall);
        put(to, R"(","wall_trusted":{},"boot_ms":{})", e.at.wall_trusted, e.at.steady / 1ms);
        line_buffer explanation;
        put_explanation(explanation, e);
        put_text(to, "text", {explanation.data(), explanation.size()});
        put(to, "}\n");
    }

private:
    static void put_text(line_buffer& to, std::string_view key, std::string_view value) {
        put(to, R"(,"{}":")", key);
        put_escaped<json_style>(to, value);
        to.push_back('"');
    }
    static constexpr std::string_view name_of(proof_kind k) noexcept {
        switch (k) {
            case proof_kind::none: break;
            case proof_kind::password: return "password";
            case proof_kind::certificate: return "certificate";
            case proof_kind::token: return "token";
        }
        return "none";
    }
};

/// JSON lines, to the host's writer:  json_lines{to_stream{file}}
template <line_writer Writer>
class json_lines : public line_sink<json_line, Writer> {
public:
    explicit json_lines(Writer writer) : line_sink<json_line, Writer>{json_line{}, std::move(writer)} {}
};
static_assert(line_format<json_line> && audit_sink<json_lines<void (*)(std::string_view)>>);

}  // namespace audit
}  // namespace sallyport::inline v0
