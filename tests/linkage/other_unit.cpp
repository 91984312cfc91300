// SPDX-License-Identifier: BSL-1.0
#include <everything.hpp>

std::string_view version_in_the_other_unit();
void const* address_in_the_other_unit();

std::string_view version_in_the_other_unit() { return sallyport::version; }
void const* address_in_the_other_unit() { return &sallyport::version; }
