// SPDX-License-Identifier: BSL-1.0
// Whatever a browser, or a stranger with a socket, may send as a form: it is read within its bounds or
// refused, and what was read says the same when it is written down and read again.
#include "wbm/http/form.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

void insist(bool holds) {
    if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    std::string_view const encoded{reinterpret_cast<char const*>(data), size};  // NOLINT(*-reinterpret-cast)
    wbm::form_limits const limits{.bytes = 512, .fields = 8};
    auto const f = wbm::form::parse(encoded, limits);
    if (size > limits.bytes) insist(!f);
    if (!f) return 0;
    insist(f->size() <= limits.fields);

    // By each name that stands in it, as it was typed: as many values as there are fields, and no byte that
    // was not sent.
    std::string again;
    std::size_t fields = 0, bytes = 0;
    for (std::string_view rest = encoded; !rest.empty();) {
        std::string_view const pair = rest.substr(0, rest.find('&'));
        rest.remove_prefix(std::min(rest.size(), pair.size() + 1));
        if (pair.empty()) continue;
        auto const one = wbm::form::parse(pair, limits);
        insist(one && one->size() == 1);
        auto const name_alone = wbm::form::parse("x=" + std::string{pair.substr(0, pair.find('='))}, limits);
        if (!name_alone) continue;  // the prefix made it too long
        std::string_view const name = (*name_alone)["x"], value = (*one)[name];
        again += wbm::in_address(name) + '=' + wbm::in_address(value) + '&';
        bytes += name.size() + value.size();
        ++fields;

        std::size_t times = 0;
        bool found = false;
        f->each(name, [&](std::string_view v) { ++times, found = found || v == value; });
        insist(times > 0 && found);
        insist((*f)[name] == (times == 1 ? value : std::string_view{}));
    }
    insist(fields <= f->size() && bytes <= encoded.size());
    auto const second = wbm::form::parse(again, {.bytes = 4 * limits.bytes, .fields = limits.fields});
    insist(second && second->size() == fields);
    return 0;
}
