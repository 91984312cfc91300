// SPDX-License-Identifier: BSL-1.0
// sallyport-trust: keeps the store of certificates that a host trusts, and says what the host would.
#include "arguments.hpp"
#include "verify.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <span>
#include <string>

int main(int argc, char** argv) try {
    using namespace trust_tool;
    std::string fault;
    auto const a = read_arguments(std::span<char const* const>{argv + 1, argv + argc}, fault);
    if (!fault.empty()) {
        fmt::print(stderr, "sallyport-trust: {}; sallyport-trust help shows what there is\n", fault);
        return 2;
    }
    switch (a.what) {
        case command::verify: return verify(a);
        default: fmt::print("{}", usage); return 0;
    }
} catch (std::exception const& e) {
    fmt::print(stderr, "sallyport-trust: {}\n", e.what());
    return 2;
}
