// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/address.hpp>
#include <sallyport/core/proven_pairing.hpp>
#include <sallyport/core/secret.hpp>
#include <sallyport/core/text.hpp>
#include <sallyport/core/trusted_device.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sallyport::inline v0 {

/// How somebody proves who he is (OPC UA's UserTokenType: Anonymous, UserName, Certificate, IssuedToken).
enum class proof_kind : std::uint8_t { none, password, certificate, token };

/// Can it be guessed? Only such a credential pays the account's penalties, and only its proof clears them:
/// else anybody locks an account by presenting its public certificate with a wrong signature, or clears a
/// counter by an anonymous login.
[[nodiscard]] constexpr bool guessable(proof_kind k) noexcept { return k == proof_kind::password; }

/// What is shown at the door. `bytes` is a password, a DER certificate or a token; it is viewed for the
/// length of the call.
struct credential {
    proof_kind kind = proof_kind::none;
    secret bytes{};

    [[nodiscard]] static constexpr credential password(std::string_view p) noexcept {
        return {proof_kind::password, secret{p}};
    }
    [[nodiscard]] static constexpr credential certificate(std::string_view der) noexcept {
        return {proof_kind::certificate, secret{der}};
    }
    [[nodiscard]] static constexpr credential token(std::string_view t) noexcept {
        return {proof_kind::token, secret{t}};
    }
};

/// At the device's own panel? Asserted by the host from hardware, never from an address.
enum class whereabouts : std::uint8_t { remote, console };

/// The longest password that is looked at, in bytes (PLCnext's CreateSession).
inline constexpr std::size_t longest_password = 128;

/// What a host hands in, viewed for the length of the call. `device`, `pairing` and `presence` come from what
/// was *proven*, never from a client's text: a client's words have no way to become one.
struct attempt {
    std::string_view user{};     ///< as typed; up to 64 bytes of UTF-8 without control characters
    credential shown{};          ///< made by default: nothing (Anonymous)
    address source{};            ///< of the peer; unknown when made by default
    std::string_view service{};  ///< "opcua", "wbm", …; up to 16 bytes count
    std::uint64_t channel =
        0;  ///< the service's own number for the connection; 0: none. A session dies with its channel
    trusted_device device{};   ///< the application that proved itself
    proven_pairing pairing{};  ///< this very bearer has logged in before, by a cookie that this device signed
    whereabouts presence = whereabouts::remote;
    secret code{};  ///< a pairing code, entered with the password to bring in this device; see `pairing_code`
};

}  // namespace sallyport::inline v0
