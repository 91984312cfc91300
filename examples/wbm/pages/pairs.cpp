// SPDX-License-Identifier: BSL-1.0
#include "pairs.hpp"

#include "../words.hpp"

#include <fmt/format.h>

#include <cstddef>

namespace wbm {

using sallyport::pairing_kind;

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
