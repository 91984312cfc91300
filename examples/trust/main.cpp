// SPDX-License-Identifier: BSL-1.0
// sallyport-trust: keeps the store of certificates that a host trusts, and says what the host would.
#include "arguments.hpp"
#include "change.hpp"
#include "look.hpp"
#include "store.hpp"
#include "verify.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <span>
#include <string>

namespace {

int run(trust_tool::arguments const& a) {
    using namespace trust_tool;
    switch (a.what) {
        case command::init: return init(a);
        case command::list: return list(a);
        case command::show: return show(a);
        case command::approve: return approve(a);
        case command::reject: return reject(a);
        case command::remove: return trust_tool::remove(a);
        case command::add: return add(a);
        case command::add_crl: return add_crl(a);
        case command::expiring: return expiring(a);
        case command::create_own: return create_own(a);
        case command::doctor: return doctor(a);
        case command::verify: return verify(a);
        case command::help: break;
    }
    fmt::print("{}", usage());
    return done;
}

}  // namespace

int main(int argc, char** argv) try {
    std::string fault;
    auto const a = trust_tool::read_arguments(
        std::span<char const* const>{argv + (argc > 0 ? 1 : 0), argv + argc}, fault);
    if (!fault.empty()) {
        (void)trust_tool::cannot(fault);
        if (a.what == trust_tool::command::help)
            fmt::print(stderr, "{}", trust_tool::usage());
        else
            fmt::print(stderr, "\n  sallyport-trust {}\n\nsallyport-trust help says more.\n",
                       trust_tool::synopsis_of(a.what));
        return trust_tool::misused;
    }
    int const code = run(a);
    // What was not written was not said.
    return std::fflush(stdout) == 0 ? code : trust_tool::cannot("the answer cannot be written");
} catch (std::exception const& e) { return trust_tool::cannot(e.what()); }
