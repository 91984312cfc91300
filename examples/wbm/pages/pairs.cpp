// SPDX-License-Identifier: BSL-1.0
#include "pairs.hpp"

#include "../words.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cstddef>

namespace wbm {

using sallyport::pairing_kind;

std::string digits_of(sallyport::thumbprint const& t) {
    std::string out;
    for (auto const byte : t.bytes) out += fmt::format("{:02x}", byte);
    return out;
}

std::optional<sallyport::thumbprint> thumbprint_of(std::string_view digits) noexcept {
    sallyport::thumbprint t;
    if (digits.size() != 2 * t.bytes.size()) return std::nullopt;
    for (std::size_t i = 0; i < t.bytes.size(); ++i) {
        char const* const at = digits.data() + 2 * i;
        auto const [end, error] = std::from_chars(at, at + 2, t.bytes[i], 16);
        if (error != std::errc{} || end != at + 2) return std::nullopt;
    }
    return t;
}

std::string short_name(sallyport::thumbprint const& t) {
    return fmt::format("{:02X}{:02X} {:02X}{:02X}", t.bytes[0], t.bytes[1], t.bytes[2], t.bytes[3]);
}

markup which_device(sallyport::pair_entry const& p, markup const& note) {
    std::string_view what = "Application";
    std::string_view how = "proven by its certificate";
    switch (p.how) {
        case pairing_kind::proven: break;
        case pairing_kind::cookie: what = "Browser", how = "by a login"; break;
        case pairing_kind::by_code: how = "let in by a pairing code"; break;
        case pairing_kind::appointed: how = "named by an administrator"; break;
    }
    return html("{} <code>{}</code> {}<br>{}", what, short_name(p.device), note, faint(how));
}

markup since(sallyport::pair_entry const& p) {
    auto const when = [](sallyport::nanoseconds wall) {
        return wall > sallyport::nanoseconds::zero() ? moment(wall) : std::string{"not known"};
    };
    return html("{}<br>{}", when(p.used_wall), faint("paired " + when(p.made_wall)));
}

}  // namespace wbm
