// SPDX-License-Identifier: BSL-1.0
#include <everything.hpp>

std::string_view version_in_the_other_unit();
void const* address_in_the_other_unit();

int main() {
    // One definition: both units see the same object, not two of the same value.
    bool const same = static_cast<void const*>(&sallyport::version) == address_in_the_other_unit();
    return same && version_in_the_other_unit() == sallyport::version ? 0 : 1;
}
