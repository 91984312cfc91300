// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/siphash.hpp>

#include <cstdint>
#include <string_view>

namespace sallyport::inline v0 {

/// Tells tables of role names apart: the same names at the same of their 128 bits. Two processes that share a
/// segment must have the same, for sessions hold roles as bits.
template <class Roles>
[[nodiscard]] constexpr std::uint64_t role_print(Roles const& roles) noexcept {
    sip_key chain{0x726f6c65, 0x7461626c65};  // no secret: whoever has the names may know their print
    for (unsigned bit = 0; bit < 128; ++bit) chain.a = siphash(chain, std::string_view{roles.name(bit)});
    return chain.a;
}

}  // namespace sallyport::inline v0
