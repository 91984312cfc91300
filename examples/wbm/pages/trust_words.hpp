// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "../trust_desk.hpp"
#include "pieces.hpp"

#include <string>
#include <string_view>

namespace wbm {

/// "AB12 CD34 …": in groups of four, which people can compare; each a word of its own, so that lines break
/// there.
[[nodiscard]] markup grouped(std::string_view digits);
/// The first of the groups, for lists.
[[nodiscard]] markup short_print(thumbprint const& print);
/// What it is called, made harmless: a name, else its subject.
[[nodiscard]] std::string called(trust::certificate const& c);
/// A link to the page of a certificate.
[[nodiscard]] markup link_to(trust::certificate const& c);
/// Is it in its time, soon over, over? A chip with the date.
[[nodiscard]] markup until_chip(sallyport::nanoseconds from, sallyport::nanoseconds until,
                                sallyport::instant const& now);
[[nodiscard]] std::string key_words(trust::certificate const& c);
/// "digitalSignature, keyEncipherment (critical)"
[[nodiscard]] std::string usage_words(trust::certificate const& c);
[[nodiscard]] std::string extended_usage_words(trust::certificate const& c);
[[nodiscard]] std::string constraint_words(trust::certificate const& c);
/// "192.0.2.7" of 4 octets, and of 16 as IPv6 is written.
[[nodiscard]] std::string address_words(std::string_view octets);

/// The page of a certificate; `problem`: why what was asked for was not done.
[[nodiscard]] reply shown_certificate(call const& c, known_certificate const& it, markup const& problem);

}  // namespace wbm
