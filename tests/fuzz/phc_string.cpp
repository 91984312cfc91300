// SPDX-License-Identifier: BSL-1.0
// A stored hash has one spelling, and what is taken for one lies within the bounds, whatever the bytes.
#include <sallyport/identity/argon2id.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

using namespace sallyport;
using namespace sallyport::identity;

namespace {
void must(bool holds) {
    if (!holds) std::abort();
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    static argon2id const hasher{{.cost = {8, 1, 1}, .accepted = {{8, 1, 1}, {16, 2, 1}}}};
    std::string_view const stored{reinterpret_cast<char const*>(data), size};

    argon2_bounds const anything{{0, 0, 0}, {0xffffffff, 0xffffffff, 0xffffffff}};
    if (auto const p = parse_phc(stored, anything)) {
        must(p.value.to_string() == stored);
        must(p.value.salt().size() >= 16 && p.value.salt().size() <= 48);
        must(p.value.hash().size() >= 32 && p.value.hash().size() <= 64);
        must(p.value.cost.lanes <= p.value.cost.memory_kib / 8);
    }
    bool const usable = hasher.fault_of(stored).empty();
    auto const p = parse_phc(stored, hasher.options().accepted);
    must(usable == static_cast<bool>(p));
    must(!usable || hasher.options().accepted.hold(p.value.cost));
    must(hasher.verify(secret{"valve seven drips"}, stored) != match::untested);  // cheap, or the dummy
    (void)hasher.needs_rehash(stored);
    return 0;
}
