// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/trust/openssl.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <openssl/err.h>

namespace sallyport::inline v0 {
namespace trust {

/// The frame of one DER element (X.690 §8.1, §10.1): where its content begins, and where it ends.
struct der_frame {
    std::uint8_t tag = 0;     ///< the first identifier octet
    std::size_t content = 0;  ///< octets before the content
    std::size_t end = 0;      ///< octets in all
};

/// The frame that these bytes begin with; nothing where it is not DER (a length that is indefinite or longer
/// than it need be) or goes past the end. OpenSSL reads BER as well, and stops at the end of what it
/// understood: what a signature covers and what was shown could then be two things.
[[nodiscard]] inline std::optional<der_frame> frame_of(bytes b) noexcept {
    if (b.size() < 2) return std::nullopt;
    std::size_t at = 1;
    if ((b[0] & 0x1FU) == 0x1FU) {  // a tag number of several octets
        if (b[1] == 0x80) return std::nullopt;
        while (at < b.size() && (b[at] & 0x80U) != 0) ++at;
        if (++at >= b.size() || at > 6) return std::nullopt;
    }
    std::size_t length = b[at++];
    if (length >= 0x80) {
        std::size_t const octets = length & 0x7FU;
        if (octets == 0 || octets > 4 || b.size() - at < octets || b[at] == 0) return std::nullopt;
        length = 0;
        for (std::size_t i = 0; i < octets; ++i) length = length << 8U | b[at++];
        if (length < 0x80) return std::nullopt;
    }
    if (length > b.size() - at) return std::nullopt;
    return der_frame{b[0], at, at + length};
}

namespace detail {
/// Reads these bytes to their last octet with a `d2i_…` of OpenSSL. Null: `why` then says what is wrong with
/// them, where a `what` of at most so many octets was expected.
template <class Owned, auto Read>
[[nodiscard]] Owned read_whole(bytes der, std::size_t largest, std::string_view what, std::string& why) {
    auto const no = [&](std::string_view reason) {
        why.assign(reason).append(what);
        return Owned{};
    };
    if (der.size() > largest) return no("is larger than any ");
    auto const frame = frame_of(der);
    if (!frame || frame->tag != 0x30) return no("is no DER ");
    if (frame->end != der.size()) return no("has stray octets after the ");
    std::uint8_t const* at = der.data();
    Owned read{Read(nullptr, &at, static_cast<long>(der.size()))};
    ERR_clear_error();
    if (!read) return no("is no ");
    if (at != der.data() + der.size()) return no("has stray octets after the ");
    return read;
}
}  // namespace detail

/// How many elements lie in this one, side by side; as many as can be read.
[[nodiscard]] inline std::size_t elements_in(bytes constructed) noexcept {
    auto const outer = frame_of(constructed);
    if (!outer) return 0;
    std::size_t n = 0;
    for (bytes rest = constructed.subspan(outer->content, outer->end - outer->content); !rest.empty(); ++n) {
        auto const f = frame_of(rest);
        if (!f) break;
        rest = rest.subspan(f->end);
    }
    return n;
}

/// Are these bytes a whole number of DER elements, each made of such in turn? What lies in an OCTET STRING or
/// a BIT STRING is not looked into. Deeper than `depth` is refused: recursion that a stranger drives has an
/// end.
[[nodiscard]] inline bool is_der(bytes b, int depth = 32) noexcept {
    while (!b.empty()) {
        auto const f = frame_of(b);
        if (!f || depth == 0) return false;
        bool const constructed = (f->tag & 0x20U) != 0;
        if (constructed && !is_der(b.subspan(f->content, f->end - f->content), depth - 1)) return false;
        b = b.subspan(f->end);
    }
    return true;
}

/// Are these bytes one such element, to the last octet?
[[nodiscard]] inline bool is_der_element(bytes b) noexcept {
    auto const f = frame_of(b);
    return f && f->end == b.size() && is_der(b);
}

}  // namespace trust
}  // namespace sallyport::inline v0
