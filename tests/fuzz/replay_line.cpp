// SPDX-License-Identifier: BSL-1.0
// Whatever a line of a trace holds, it is read or refused with a reason.
#include <replay/trace.cpp>  // NOLINT(bugprone-suspicious-include): the reader itself, under the fuzzer's instruments

#include <cstddef>
#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    std::string fault;
    auto const e = replay::read_line({reinterpret_cast<char const*>(data), size}, fault);
    if (e.has_value() != fault.empty()) std::abort();
    if (e && (e->at_ms < 0 || e->at_ms > replay::latest_ms)) std::abort();
    return 0;
}
