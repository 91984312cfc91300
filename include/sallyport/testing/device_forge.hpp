// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/proven_pairing.hpp>
#include <sallyport/core/trusted_device.hpp>

namespace sallyport::inline v0 {
namespace testing {

/// Makes devices for tests and simulations, where nobody has shown a certificate. Not for a device that faces
/// anybody.
class device_forge {
public:
    [[nodiscard]] static constexpr trusted_device make(thumbprint const& of) noexcept {
        return trusted_device{of};
    }
    /// The bearer of a cookie that was given to this account, as the directory folds it.
    [[nodiscard]] static constexpr proven_pairing pair(name const& account, thumbprint const& id) noexcept {
        return {account, id};
    }
};

}  // namespace testing
}  // namespace sallyport::inline v0
