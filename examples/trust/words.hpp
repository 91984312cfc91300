// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/instant.hpp>
#include <sallyport/trust/certificate.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace trust_tool {

namespace trust = sallyport::trust;

/// How wide this program's lines are.
inline constexpr std::size_t columns = 100;

/// What a stranger chose, without what could drive a terminal, end a line or turn its direction.
[[nodiscard]] std::string safe(std::string_view text);
/// Columns that a terminal takes for it: two for most of what East Asia writes, none for an accent by itself.
[[nodiscard]] std::size_t width(std::string_view text);
/// Safe, and no wider than that: what is cut ends in "…".
[[nodiscard]] std::string shortened(std::string_view text, std::size_t most);
/// Safe, shortened, and filled up with blanks.
[[nodiscard]] std::string cell(std::string_view text, std::size_t wide);
/// `text` in lines of at most `columns`, each behind `indent` blanks; a word that is longer stands alone.
/// Without the indent of the first line, and the newline of the last.
[[nodiscard]] std::string wrapped(std::string_view text, std::size_t indent);

[[nodiscard]] std::string day(sallyport::nanoseconds wall);   ///< "2026-01-31"; "never" for the end of time
[[nodiscard]] std::string time(sallyport::nanoseconds wall);  ///< "2026-01-31 08:00:00 UTC"
[[nodiscard]] std::string iso(sallyport::nanoseconds wall);   ///< "2026-01-31T08:00:00Z"
/// "in 12 days", "today", "12 days ago".
[[nodiscard]] std::string away(sallyport::nanoseconds wall, sallyport::nanoseconds now);
/// "until 2036-01-01", "ended 2026-01-31", "from 2027-01-01".
[[nodiscard]] std::string validity(sallyport::nanoseconds from, sallyport::nanoseconds until,
                                   sallyport::nanoseconds now);
/// "1 certificate", "3 certificates".
[[nodiscard]] std::string counted(std::size_t n, std::string_view what);

/// The common name, shortened, or "(no name)".
[[nodiscard]] std::string name_of(trust::certificate const& c);
/// A distinguished name in the order and with the escapes of RFC 2253, in UTF-8.
[[nodiscard]] std::string printed(X509_NAME const* name);
[[nodiscard]] std::string key_of(trust::certificate const& c);  ///< "RSA, 2048 bits"
[[nodiscard]] std::vector<std::string> key_usages_of(trust::certificate const& c);
[[nodiscard]] std::vector<std::string> purposes_of(trust::certificate const& c);
/// "192.0.2.7", "2001:db8::7"; the digits of what is no address.
[[nodiscard]] std::string address_of(std::string_view octets);
/// The first 16 digits, by which a certificate is called.
[[nodiscard]] std::string brief(sallyport::thumbprint const& print);

}  // namespace trust_tool
