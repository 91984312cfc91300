// SPDX-License-Identifier: BSL-1.0
#include "trace.hpp"

#include <sallyport/core/utf8.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <limits>
#include <system_error>
#include <utility>

namespace replay {
namespace {

using nlohmann::json;

/// What a \uXXXX at the front says; nullopt where there is none.
std::optional<char32_t> escaped_unit(std::string_view s) {
    std::uint16_t unit = 0;
    if (s.size() < 6 || s[0] != '\\' || s[1] != 'u') return std::nullopt;
    auto const [stopped, error] = std::from_chars(s.data() + 2, s.data() + 6, unit, 16);
    return error == std::errc{} && stopped == s.data() + 6 ? std::optional{char32_t{unit}} : std::nullopt;
}
/// The same of a whole pair of surrogates; half of one stands for itself. `length` is that of the escape.
std::optional<char32_t> escaped(std::string_view s, std::size_t& length) {
    auto const first = escaped_unit(s);
    length = 6;
    if (!first || (*first & 0xfc00) != 0xd800) return first;
    auto const second = escaped_unit(s.substr(6));
    if (!second || (*second & 0xfc00) != 0xdc00) return first;
    length = 12;
    return 0x10000 + ((*first & 0x3ff) << 10 | (*second & 0x3ff));
}

/// As UTF-8 writes it, surrogates too.
std::string encoded(char32_t c) {
    auto const byte = [](char32_t b) { return static_cast<char>(static_cast<unsigned char>(b)); };
    auto const tail = [&](unsigned shift) { return byte(0x80 | (c >> shift & 0x3f)); };
    if (c < 0x80) return {byte(c)};
    if (c < 0x800) return {byte(0xc0 | c >> 6), tail(0)};
    if (c < 0x10000) return {byte(0xe0 | c >> 12), tail(6), tail(0)};
    return {byte(0xf0 | c >> 18), tail(12), tail(6), tail(0)};
}

/// JSON's reader takes UTF-8 only, but names and secrets are whatever bytes were typed. So each byte beyond
/// ASCII is shown to it as the character of that number, and taken back with `bytes_of`.
std::string bytes_as_characters(std::string_view line) {
    std::string out;
    auto const show = [&](std::string_view bytes) {
        for (char const b : bytes) out += encoded(static_cast<unsigned char>(b));
    };
    if (line.substr(0, 3) == "\xef\xbb\xbf") line.remove_prefix(3);  // a byte order mark
    while (!line.empty()) {
        std::size_t length = 1;
        if (auto const c = escaped(line, length); c && *c >= 0x80) {
            show(encoded(*c));
        } else {
            // Taken whole: a backslash behind a backslash begins no escape.
            length = std::min<std::size_t>(line[0] == '\\' ? 2 : 1, line.size());
            show(line.substr(0, length));
        }
        line.remove_prefix(length);
    }
    return out;
}
std::string bytes_of(std::string_view characters) {
    std::string out;
    while (!characters.empty()) {
        sallyport::code_point const c = sallyport::first_code_point(characters);
        out += static_cast<char>(static_cast<unsigned char>(c.value));
        characters.remove_prefix(c.bytes);
    }
    return out;
}

/// Reads the members of one line, remembering the first that is not what it should be.
class members {
public:
    /// `bytes`: its texts hold a character for each byte.
    members(json const& object, bool bytes, std::string& fault)
        : object_{object}, bytes_{bytes}, fault_{fault} {}

    [[nodiscard]] bool has(char const* key) const { return object_.contains(key); }

    std::string text(char const* key, bool needed = false) {
        json const* const v = find(key, needed);
        if (v == nullptr) return {};
        if (!v->is_string()) return complain(key, "a string"), std::string{};
        auto const& text = v->get_ref<std::string const&>();
        return bytes_ ? bytes_of(text) : text;
    }
    bool truth(char const* key) {
        json const* const v = find(key, false);
        if (v == nullptr) return false;
        if (!v->is_boolean()) return complain(key, "true or false"), false;
        return v->get<bool>();
    }
    std::int64_t number(char const* key, std::int64_t most, bool needed = false) {
        json const* const v = find(key, needed);
        if (v == nullptr) return 0;
        bool const fits =
            v->is_number_unsigned() && v->get<std::uint64_t>() <= static_cast<std::uint64_t>(most);
        if (!fits) return complain(key, "a whole number from 0 to " + std::to_string(most)), 0;
        return v->get<std::int64_t>();
    }
    /// Is it the second of the two words? Absent counts as the first, which may be that there is none.
    bool second_of(char const* key, std::string_view first, std::string_view second, bool needed = false) {
        if (json const* const v = find(key, needed); v != nullptr) {
            if (*v == second) return true;
            std::string const either = first.empty() ? "" : "\"" + std::string{first} + "\" or ";
            if (*v != first) complain(key, either + "\"" + std::string{second} + "\"");
        }
        return false;
    }

private:
    json const* find(char const* key, bool needed) {
        auto const at = object_.find(key);
        if (at != object_.end()) return &*at;
        if (needed) complain(key, "given");
        return nullptr;
    }
    void complain(char const* key, std::string const& expected) {
        if (fault_.empty()) fault_ = "\"" + std::string{key} + "\" must be " + expected;
    }
    json const& object_;
    bool bytes_;
    std::string& fault_;
};

login read_login(members& m) {
    login l;
    l.user = m.text("user", true);
    l.secret = m.text("secret", true);
    l.source = m.text("source");
    l.service = m.text("service");
    l.device = m.text("device");
    l.paired = m.second_of("proof", "trusted", "paired");
    l.console = m.truth("presence");
    l.unavailable = m.second_of("outcome", "", "unavailable");
    l.takes_ms = m.number("takes_ms", latest_ms);
    return l;
}

}  // namespace

std::optional<entry> read_line(std::string_view line, std::string& fault) {
    fault.clear();
    json object = json::parse(line, nullptr, false);
    bool const bytes = object.is_discarded();  // perhaps only since a text is no UTF-8
    if (bytes) object = json::parse(bytes_as_characters(line), nullptr, false);
    if (!object.is_object()) {
        fault = object.is_discarded() ? "not JSON" : "not a JSON object";
        return std::nullopt;
    }
    members m{object, bytes, fault};
    static constexpr std::array<char const*, 4> kinds{"user", "close", "restart", "change"};
    int given = 0;
    for (char const* const kind : kinds) given += m.has(kind) ? 1 : 0;
    if (given != 1) {
        fault = R"(needs exactly one of "user", "close", "restart" and "change")";
        return std::nullopt;
    }

    entry e;
    e.at_ms = m.number("at_ms", latest_ms, true);
    if (m.has("close")) {
        e.what = close{m.number("close", std::numeric_limits<std::int64_t>::max(), true)};
    } else if (m.has("restart")) {
        e.what = restart{m.second_of("restart", "clean", "power_loss", true)};
    } else if (m.has("change")) {
        e.what = change{m.text("change", true), m.text("old"), m.text("new", true)};
    } else {
        e.what = read_login(m);
    }
    return fault.empty() ? std::optional{std::move(e)} : std::nullopt;
}

}  // namespace replay
