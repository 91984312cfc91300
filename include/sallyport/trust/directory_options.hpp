// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/instant.hpp>
#include <sallyport/trust/certificate.hpp>
#include <sallyport/trust/crl.hpp>
#include <sallyport/trust/layout.hpp>
#include <sallyport/trust/rejected_list.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

namespace sallyport::inline v0 {
namespace trust {

/// Something happened to a store. A host audits it: a change as TrustListUpdated (Part 12), a fault as an
/// alarm.
struct store_event {
    enum class kind : std::uint8_t {
        changed,    ///< by this object; `text` says what
        noticed,    ///< somebody else has changed files: other lists are in force now
        rejected,   ///< a certificate that was not known yet waits for an administrator
        recovered,  ///< a change that a killed process had left was completed or taken back
        fault,      ///< what lies there cannot be read, or a change not be completed; what cannot be read
                    ///< counts as it last was
        mended      ///< all is well again
    };
    kind what = kind::changed;
    std::string text{};             ///< of a fault: where, why, and what to do; one line
    certificate_ptr certificate{};  ///< where it is about one
    std::uint64_t generation = 0;   ///< of the lists in force
};

/// How a store is looked after.
struct directory_options {
    /// A revocation that lies in its folder counts within a second, whatever is asked for.
    static constexpr nanoseconds longest_interval = std::chrono::seconds{1};
    nanoseconds interval = longest_interval;  ///< between two looks at the folders; longer is cut
    std::size_t files_a_call = 4096;  ///< looked at by one `tick`; a file that is read counts for more
    std::size_t most_files = 65536;   ///< in one folder; what is more counts for nothing
    std::chrono::milliseconds patience{2000};  ///< how long a change waits for another process
    bool writes = true;  ///< false: nothing on disk is ever changed, and every change is refused
    rejected_options rejected{};
    /// Told what happens: without a lock held, on the thread that caused it. Must not throw.
    std::function<void(store_event const&)> hear{};
};

/// A file that counts.
struct store_entry {
    place where = place::trusted;
    std::string file{};  ///< its name in the folder
    certificate_ptr certificate{};
    crl_ptr revocations{};
};
/// A file that counts for nothing.
struct skipped_file {
    place where = place::trusted;
    std::string file{};    ///< its path, as it is: not for a log or a screen without an escape
    std::string reason{};  ///< "is no certificate", …
};

}  // namespace trust
}  // namespace sallyport::inline v0
