// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/instant.hpp>
#include <sallyport/core/siphash.hpp>

#include <array>
#include <chrono>
#include <optional>
#include <string>

#include <sys/types.h>

namespace sallyport::inline v0 {

/// Where a segment lies, and whom it is shared with.
struct shared_memory_options {
    /// The segment's file, absolute: on a file system that a restart of the device clears, such as
    /// "/run/plant/gate" or "/dev/shm/plant-gate". Its keys lie beside it, in "<path>.keys".
    std::string path{};
    /// Processes of one user share it (0600). With a group, its members do (0660, the keys 0640): the OPC UA
    /// server and the web server may then run as two users.
    std::optional<gid_t> group{};
    /// Users other than this one, and root, who may have made it. No file of anybody else's is taken.
    std::array<uid_t, 4> makers{nobody, nobody, nobody, nobody};
    /// How long a call waits for the lock: for a holder that is stopped, or not scheduled. Then it is refused
    /// with `storage_unavailable`. A dead holder is not waited for.
    nanoseconds patience = std::chrono::seconds{1};
    /// `role::role_table::print()`, where the verifier does not say it itself: sessions in the segment hold
    /// roles as bits of that table. 0: not said.
    word roles = 0;

    static constexpr uid_t nobody = static_cast<uid_t>(-1);
};

}  // namespace sallyport::inline v0
