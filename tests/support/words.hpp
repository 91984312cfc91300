// SPDX-License-Identifier: BSL-1.0
#pragma once

// How a failed test shows what it found.
#include "support/catch.hpp"

#include <sallyport/core/book.hpp>
#include <sallyport/core/denial.hpp>
#include <sallyport/core/text.hpp>

#include <cstddef>
#include <string>

template <>
struct Catch::StringMaker<sallyport::denial> {
    static std::string convert(sallyport::denial const& no) {
        return std::string{to_string(no.why)} + " (" + std::to_string(no.retry_after.count()) + " ns)";
    }
};
template <>
struct Catch::StringMaker<sallyport::reason> {
    static std::string convert(sallyport::reason why) { return std::string{to_string(why)}; }
};
template <>
struct Catch::StringMaker<sallyport::standing> {
    static std::string convert(sallyport::standing s) { return std::string{to_string(s)}; }
};
template <std::size_t N>
struct Catch::StringMaker<sallyport::text<N>> {
    static std::string convert(sallyport::text<N> const& t) { return std::string{t.view()}; }
};
