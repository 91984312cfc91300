// SPDX-License-Identifier: BSL-1.0
#include "trace.hpp"

#include <sallyport/core/utf8.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>
#include <utility>

namespace replay {
namespace {

using nlohmann::json;

// Stands for a byte or an escape that JSON's reader would refuse as no UTF-8: a noncharacter that no name may
// hold meanwhile.
constexpr std::string_view ill_formed = "\xf4\x8f\xbf\xbf";  // U+10FFFF

/// An escape of a surrogate, of either half?
bool surrogate(std::string_view s, std::string_view third =
                                       "89abAB"
                                       "cdefCDEF") {
    return s.size() >= 6 && s[0] == '\\' && s[1] == 'u' && (s[2] == 'd' || s[2] == 'D') &&
           third.find(s[3]) != third.npos;
}
/// Half of a surrogate pair, written as an escape, without the other?
bool lone_surrogate(std::string_view s) {
    bool const pair = surrogate(s, "89abAB") && surrogate(s.substr(6), "cdefCDEF");
    return surrogate(s) && !pair;
}

/// The line with whatever is no UTF-8 replaced, so that it can be read; true where there was something.
bool mend(std::string_view line, std::string& mended) {
    bool found = false;
    while (!line.empty()) {
        bool const half = lone_surrogate(line);
        sallyport::code_point const c = sallyport::first_code_point(line);
        // An escape is taken whole: a backslash behind a backslash begins none, nor does a pair's second
        // half.
        std::size_t const bytes = half ? 6 : surrogate(line) ? 12 : line[0] == '\\' ? 2 : c.bytes;
        bool const ill = half || !c.well_formed;
        mended += ill ? ill_formed : line.substr(0, bytes);
        found = found || ill;
        line.remove_prefix(std::min(bytes, line.size()));
    }
    return found;
}

/// Reads the members of one line, remembering the first that is not what it should be.
class members {
public:
    members(json const& object, std::string& fault) : object_{object}, fault_{fault} {}

    [[nodiscard]] bool has(char const* key) const { return object_.contains(key); }

    std::string text(char const* key, bool needed = false) {
        json const* const v = find(key, needed);
        if (v == nullptr) return {};
        if (!v->is_string()) return complain(key, "a string"), std::string{};
        return v->get<std::string>();
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
    /// Is it the second of the two words? Absent counts as the first.
    bool second_of(char const* key, std::string_view first, std::string_view second, bool needed = false) {
        if (json const* const v = find(key, needed); v != nullptr) {
            if (*v == second) return true;
            if (*v != first)
                complain(key, "\"" + std::string{first} + "\" or \"" + std::string{second} + "\"");
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
    std::string& fault_;
};

login read_login(members& m) {
    login l;
    l.user = m.text("user", true);
    if (l.user.find(ill_formed) != std::string::npos) l.user.assign(1, '\xff');  // no UTF-8, as it was
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
    if (object.is_discarded()) {
        if (std::string mended; mend(line, mended)) object = json::parse(mended, nullptr, false);
    }
    if (!object.is_object()) {
        fault = object.is_discarded() ? "not JSON" : "not a JSON object";
        return std::nullopt;
    }
    members m{object, fault};
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
