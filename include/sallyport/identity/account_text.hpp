// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/instant.hpp>
#include <sallyport/identity/account_record.hpp>

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport::inline v0 {
namespace identity {

/// Changes the text of an accounts file value by value, so that comments and order survive. Each function
/// gives the new text, or nullopt where it does not find its way; whoever calls reads the result back before
/// it counts (`accounts_file` does).
/// Thread safety: free functions of their arguments.
class account_text {
public:
    /// How a new file begins.
    static constexpr std::string_view heading =
        "# The accounts of this device: who may log in, and as what. sallyport-accounts writes this file; it "
        "may be edited\n"
        "# by hand too. Passwords stand here as Argon2id hashes alone; keep the file readable by its owner "
        "alone (0600).\n";

    /// With one more account at the end.
    [[nodiscard]] static std::string with(std::string text, account_record const& a) {
        if (!text.empty() && text.back() != '\n') text += '\n';
        if (!text.empty()) text += '\n';
        text += "[[account]]\n";
        account_record const blank{};
        text += line("name", quoted(a.name));
        for (auto const& [key, value] : values_of(a))
            if (value != value_of(blank, key) || key == "roles" || key == "password")
                text += line(key, value);
        return text;
    }

    /// Without the account of that index, and without the comment that stands directly above it.
    [[nodiscard]] static std::optional<std::string> without(std::string const& text, std::size_t index) {
        auto const parsed = parse(text);
        toml::table const* const t = table(parsed, index);
        if (t == nullptr) return std::nullopt;
        std::size_t const first = start_of_comment_above(text, offset(text, t->source().begin));
        toml::table const* const next = table(parsed, index + 1);
        std::size_t const last =
            next == nullptr ? text.size() : start_of_comment_above(text, offset(text, next->source().begin));
        return text.substr(0, first) + text.substr(last);
    }

    /// With the account of that index changed from one record to the other.
    [[nodiscard]] static std::optional<std::string> changed(std::string text, std::size_t index,
                                                            account_record const& from,
                                                            account_record const& to) {
        for (auto const& [key, value] : values_of(to)) {
            if (value == value_of(from, key)) continue;
            auto next = with_value(text, index, key, value);
            if (!next) return std::nullopt;
            text = std::move(*next);
        }
        return text;
    }

private:
    struct pair {
        std::string_view key;
        std::string value;  ///< as TOML; empty: the key is left out
    };

    [[nodiscard]] static std::vector<pair> values_of(account_record const& a) {
        return {{"roles", list(a.roles)},
                {"password", quoted(a.password)},
                {"disabled", a.disabled ? "true" : "false"},
                {"essential", a.essential ? "true" : "false"},
                {"must_change_password", a.must_change_password ? "true" : "false"},
                {"not_before", date(a.not_before)},
                {"not_after", date(a.not_after)},
                {"previous", a.previous.empty() ? std::string{} : list(a.previous)}};
    }
    [[nodiscard]] static std::string value_of(account_record const& a, std::string_view key) {
        for (auto& [k, value] : values_of(a))
            if (k == key) return value;
        return {};
    }
    [[nodiscard]] static std::string line(std::string_view key, std::string_view value) {
        return fmt::format("{} = {}\n", key, value);
    }
    [[nodiscard]] static std::string quoted(std::string_view s) {
        std::string q = "\"";
        for (char const c : s) {
            if (c == '"' || c == '\\') q += '\\';
            q += c;
        }
        return q += '"';
    }
    [[nodiscard]] static std::string list(std::vector<std::string> const& texts) {
        std::string s = "[";
        for (std::string const& t : texts) s.append(s.size() > 1 ? ", " : "").append(quoted(t));
        return s += ']';
    }
    [[nodiscard]] static std::string date(std::optional<nanoseconds> since) {
        using namespace std::chrono;
        if (!since) return {};
        since = std::clamp<nanoseconds>(*since, -last_second, last_second);
        auto const s = floor<seconds>(*since);
        sys_days const day = floor<days>(sys_seconds{s});
        year_month_day const d{day};
        hh_mm_ss const t{s - day.time_since_epoch()};
        auto const fraction = (*since - s).count();
        return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{}Z", static_cast<int>(d.year()),
                           static_cast<unsigned>(d.month()), static_cast<unsigned>(d.day()),
                           t.hours().count(), t.minutes().count(), t.seconds().count(),
                           fraction == 0 ? "" : fmt::format(".{:09}", fraction));
    }

    [[nodiscard]] static toml::table parse(std::string const& text) {
        try {
            return toml::parse(std::string_view{text}, std::string_view{});
        } catch (toml::parse_error const&) { return {}; }
    }
    [[nodiscard]] static toml::table const* table(toml::table const& all, std::size_t index) {
        toml::array const* const list = all.get_as<toml::array>("account");
        return list != nullptr && index < list->size() ? list->get_as<toml::table>(index) : nullptr;
    }
    /// Where in the text a place of toml++ is: lines and columns count from 1, columns in code points.
    [[nodiscard]] static std::size_t offset(std::string_view text, toml::source_position at) {
        std::size_t i = 0;
        for (std::uint32_t l = 1; l < at.line; ++l) i = std::min(text.find('\n', i), text.size() - 1) + 1;
        for (std::uint32_t c = 1; c < at.column && i < text.size(); ++c) do
                ++i;
            while (i < text.size() && (static_cast<unsigned char>(text[i]) & 0xc0) == 0x80);
        return i;
    }
    [[nodiscard]] static std::size_t end_of_line(std::string_view text, std::size_t i) {
        return std::min(text.find('\n', i), text.size());
    }
    [[nodiscard]] static std::size_t start_of_comment_above(std::string_view text, std::size_t header) {
        std::size_t first = header == 0 ? 0 : text.rfind('\n', header - 1) + 1;
        while (first > 0) {
            std::size_t const above = first < 2 ? 0 : text.rfind('\n', first - 2) + 1;
            std::string_view const said = text.substr(above, first - above);
            auto const at = said.find_first_not_of(" \t");
            if (at == std::string_view::npos || said[at] != '#' || above == 0)
                break;  // the first line speaks for the file
            first = above;
        }
        return first;
    }

    /// With one key of one account set anew, put in behind its other keys, or taken out.
    [[nodiscard]] static std::optional<std::string> with_value(std::string const& text, std::size_t index,
                                                               std::string_view key,
                                                               std::string const& value) {
        auto const parsed = parse(text);
        toml::table const* const t = table(parsed, index);
        if (t == nullptr) return std::nullopt;
        if (toml::node const* const old = t->get(key)) {
            std::size_t const from = offset(text, old->source().begin), to = offset(text, old->source().end);
            if (from >= to) return std::nullopt;
            if (!value.empty()) return text.substr(0, from) + value + text.substr(to);
            std::size_t const start = from == 0 ? 0 : text.rfind('\n', from) + 1;
            return text.substr(0, start) + text.substr(std::min(end_of_line(text, to) + 1, text.size()));
        }
        if (value.empty()) return text;
        std::size_t last = offset(text, t->source().end);
        for (auto const& [k, v] : *t) last = std::max(last, offset(text, v.source().end));
        std::size_t const end = end_of_line(text, last);
        return fmt::format("{}\n{} = {}{}{}", text.substr(0, end), key, value, end < text.size() ? "" : "\n",
                           text.substr(end));
    }
};

}  // namespace identity
}  // namespace sallyport::inline v0
