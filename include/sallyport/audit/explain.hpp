// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/audit/event.hpp>
#include <sallyport/audit/line_buffer.hpp>
#include <sallyport/audit/wording.hpp>

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

namespace sallyport::inline v0 {
namespace audit {

namespace detail {
/// " at opcua from 192.0.2.7"
inline void put_where(line_buffer& to, event const& e) {
    if (!e.service.empty()) put(to, " at "), put_escaped(to, e.service.view());
    if (e.presence == whereabouts::console) put(to, " from the device's own console");
    if (!e.source.known()) return;
    put(to, " from ");
    std::string const peer = e.source.to_string();
    bool const is_ip = peer.find_first_not_of("0123456789abcdef.:/") == std::string::npos;
    is_ip ? put(to, peer) : put_quoted(to, peer);  // a host may name its peers: any word could stand there
}

inline void fill_in(line_buffer& to, std::string_view phrase, event const& e);

inline void put_word(line_buffer& to, std::string_view word, event const& e) {
    if (word == "user") {
        if (e.user.empty()) return put(to, nameless(e.shown));
        put(to, "user ");
        return put_quoted(to, e.user.view());
    }
    if (word == "actor")
        return e.actor.empty() ? put(to, "the device itself") : put_quoted(to, e.actor.view());
    if (word == "where") return put_where(to, e);
    if (word == "session") return put(to, "{}", e.session);
    if (word == "value") return put_grouped(to, e.value);
    if (word == "secret") return put(to, what_was(e.shown));
    if (word == "cause") return fill_in(to, cause(e.why.why), e);
    if (word == "ending") return put(to, cause(e.ending));
    if (word == "ms") return put(to, "{}", e.why.retry_after_ms());
    if (word == "delay" && e.why.why != reason::penalty_delay_active &&
        e.why.retry_after > nanoseconds::zero())
        return put(to, "; a penalty delay of {} ms runs from now", e.why.retry_after_ms());
    if (word == "detail" && !e.detail.empty()) {
        put(to, ": ");
        put_escaped(to, e.detail.view());
    }
}
inline void fill_in(line_buffer& to, std::string_view phrase, event const& e) {
    while (!phrase.empty()) {
        std::size_t const open = phrase.find('{'), close = phrase.find('}', open);
        put(to, phrase.substr(0, open));
        if (close == std::string_view::npos) return;
        put_word(to, phrase.substr(open + 1, close - open - 1), e);
        phrase.remove_prefix(close + 1);
    }
}

/// " … 4,812 more in 60 s"
inline void put_repetitions(line_buffer& to, event const& e) {
    using namespace std::chrono_literals;
    if (e.repeated == 0) return;
    put(to, " … ");
    put_grouped(to, e.repeated);
    if (e.within < 1s)
        put(to, " more in {} ms", e.within / 1ms);
    else
        put(to, " more in {} s", e.within / 1s);
}
}  // namespace detail

/// What happened, in one sentence of plain English: who, at which service, from where, why, for how many ms.
/// Names are escaped.
inline void put_sentence(line_buffer& to, event const& e) {
    std::size_t const begin = to.size();
    detail::fill_in(to, detail::finding(e), e);
    if (char& first = to[begin]; first >= 'a' && first <= 'z') first = static_cast<char>(first - 'a' + 'A');
    detail::put_repetitions(to, e);
    to.push_back('.');
}
/// The sentence, and what an operator can do about it:
///   User 'admin' was refused at opcua from 192.0.2.7: a penalty delay of 40000 ms is running, the password
/// was not looked
///   at. Wait, or clear the penalty in the user management.
inline void put_explanation(line_buffer& to, event const& e) {
    put_sentence(to, e);
    to.push_back(' ');
    put(to, remedy(e));
}
[[nodiscard]] inline std::string explain(event const& e) {
    line_buffer to;
    put_explanation(to, e);
    return {to.data(), to.size()};
}

}  // namespace audit
}  // namespace sallyport::inline v0
