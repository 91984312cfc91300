// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/instant.hpp>
#include <sallyport/core/visit.hpp>

#include <cstdint>

namespace sallyport::inline v0 {

/// What a guard has noticed beside its verdicts.
enum class remark_kind : std::uint8_t {
    stale_client,         ///< a machine repeats one wrong secret
    stale_administrator,  ///< likewise, and the account may administer
    old_secret,           ///< somebody still sends the secret before a change
    code_burned,          ///< too many wrong pairing codes were tried
};

/// A remark, for the audit. A guard calls nobody: it is asked, under the lock, after it was told of
/// something.
struct remark {
    remark_kind what = remark_kind::stale_client;
    visit who{};                ///< the attempt by which it was noticed
    std::uint64_t times = 0;    ///< how often so far
    nanoseconds every{};        ///< at what intervals
    nanoseconds for_so_long{};  ///< since when, from now
};

}  // namespace sallyport::inline v0
