// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/address.hpp>
#include <sallyport/core/attempt.hpp>
#include <sallyport/core/siphash.hpp>
#include <sallyport/core/text.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace sallyport::inline v0 {

/// What guards write down at arrival, to find it again at settling: which cells they charged. A guard claims
/// its words of it in `attach` (`blueprint::claim_slip`).
using slip = std::array<word, 8>;

/// What is kept of an attempt: fixed width, no view to dangle and no secret. All that a guard ever sees.
struct visit {
    /// What the directory takes for the same account; for a malformed attempt a hash of its bytes.
    name account{};
    address source{};
    trusted_device device{};
    thumbprint
        pairing{};  ///< whose pairing with this very account is proven by a signed cookie; else unknown
    service_name service{};
    std::uint64_t channel = 0;
    std::uint64_t epoch = 0;  ///< of the account's credential, where the directory knows the account
    word account_hash = 0;    ///< of `account` under this boot's key: hashed once a call
    word fingerprint = 0;     ///< of account, epoch and secret, where a guard asks for it; else 0
    word lasting_print = 0;   ///< of account and secret, likewise: the same before and after a change
    word code = 0;            ///< a keyed hash of the pairing code that was entered; 0: none
    slip charged{};           ///< the guards' own
    proof_kind shown = proof_kind::none;
    whereabouts presence = whereabouts::remote;
    bool known = false;      ///< is the account on file? Guards answer alike either way
    bool malformed = false;  ///< `account` is made up: no verifier is given this attempt
    std::array<std::uint8_t, 4> spare{};

    /// What is read from a segment that others write to may hold any bits, a bool only two of them.
    static void tidy(unsigned char* bytes) noexcept {
        bytes[offsetof(visit, known)] &= 1;
        bytes[offsetof(visit, malformed)] &= 1;
    }
    /// The same attempt? What may change between two looks (is it on file? since when?) does not count.
    [[nodiscard]] constexpr bool same_as(visit const& o) const noexcept {
        return account == o.account && source == o.source && device == o.device && pairing == o.pairing &&
               service == o.service && channel == o.channel && shown == o.shown && presence == o.presence &&
               malformed == o.malformed;
    }
};

}  // namespace sallyport::inline v0
