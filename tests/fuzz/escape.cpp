// SPDX-License-Identifier: BSL-1.0
// Whatever is typed as a name: each style writes harmless UTF-8 of bounded length, and a line stays one line.
#include <sallyport/audit/explain.hpp>
#include <sallyport/audit/json_lines.hpp>
#include <sallyport/audit/rfc5424.hpp>

#include <nlohmann/json.hpp>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using namespace sallyport;

void demand(bool holds) {
    if (!holds) std::abort();
}
bool harmless(std::string_view s) {
    while (!s.empty()) {
        code_point const c = first_code_point(s);
        if (!c.well_formed || !audit::harmless(c.value)) return false;
        s.remove_prefix(c.bytes);
    }
    return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    std::string_view const typed{reinterpret_cast<char const*>(data), size};
    for (std::string const& out : {audit::escaped(typed), audit::escaped<audit::json_style>(typed),
                                   audit::escaped<audit::structured_data_style>(typed)})
        demand(out.size() <= 6 * size && harmless(out));

    audit::event const e{
        .user = typed, .source = address::from(typed), .service = typed, .actor = typed, .detail = typed};
    demand(harmless(audit::explain(e)));
    audit::line_buffer json, message;
    audit::json_line{}(json, e);
    demand(harmless({json.data(), json.size() - 1}) && json.data()[json.size() - 1] == '\n');
    auto const read = nlohmann::json::parse(json.data(), json.data() + json.size(), nullptr, false);
    demand(read.is_object() && read.size() == 23);

    // What is UTF-8 reads back as it was typed.
    bool utf8 = true;
    std::string_view const user = e.user.view();
    for (std::string_view rest = user; utf8 && !rest.empty();) {
        code_point const c = first_code_point(rest);
        utf8 = c.well_formed;
        rest.remove_prefix(c.bytes);
    }
    if (utf8) demand(read["user"] == user);

    static audit::rfc5424_line const format{};
    format(message, e);
    demand(message.size() <= 2048);
    return 0;
}
