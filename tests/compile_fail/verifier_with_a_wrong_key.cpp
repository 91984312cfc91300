// SPDX-License-Identifier: BSL-1.0
// An optional part that is there is held to its type, never skipped.
// expect: this verifier's account_key must be: std::optional<sallyport::name> account_key\(std::string_view\) const noexcept
// expect: folder
#include "parts.hpp"

#include <string>

struct folder : one_man {
#ifdef CONTROL
    std::optional<sallyport::name> account_key(std::string_view user) const noexcept {
        return sallyport::name{user};
    }
#else
    std::string account_key(std::string_view user) const { return std::string{user}; }
#endif
};

int main() { gate_behind(folder{}); }
