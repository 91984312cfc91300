// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/secret.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace wbm {

/// How much of a form is looked at: a stranger may send one.
struct form_limits {
    std::size_t bytes =
        16 * 1024;  ///< before decoding; our largest form, 23 roles of a user, has under 1 KiB
    std::size_t fields = 64;
};

/// The fields of `application/x-www-form-urlencoded` (WHATWG URL §5), of a body or of a query: decoded once,
/// held in one piece of memory, and wiped when they go, since passwords come this way.
/// Stricter than browsers' own reading: a `%` without two digits behind it, too many fields or bytes spoil
/// the whole form.
class form {
public:
    form() = default;
    form(form&& other) noexcept
        : text_{std::exchange(other.text_, {})}, fields_{std::exchange(other.fields_, {})} {}
    form& operator=(form&& other) noexcept {
        std::swap(text_, other.text_);
        std::swap(fields_, other.fields_);
        return *this;
    }
    ~form() { sallyport::wipe(text_.data(), text_.size()); }

    [[nodiscard]] static std::optional<form> parse(std::string_view encoded, form_limits const& limits = {}) {
        if (encoded.size() > limits.bytes) return std::nullopt;
        form f;
        f.text_.reserve(
            encoded.size());  // decoding never lengthens: it stays one piece, and no copy is left behind
        while (!encoded.empty()) {
            std::string_view const pair = encoded.substr(0, encoded.find('&'));
            encoded.remove_prefix(std::min(encoded.size(), pair.size() + 1));
            if (pair.empty()) continue;
            if (f.fields_.size() == limits.fields) return std::nullopt;
            std::size_t const equals = std::min(pair.find('='), pair.size());
            field one;
            one.name = f.text_.size();
            if (!f.decode(pair.substr(0, equals))) return std::nullopt;
            one.value = f.text_.size();
            if (!f.decode(pair.substr(std::min(equals + 1, pair.size())))) return std::nullopt;
            one.end = f.text_.size();
            f.fields_.push_back(one);
        }
        return f;
    }

    /// The value of a field that is there once; empty where it is absent or, which no page of ours sends,
    /// there twice.
    [[nodiscard]] std::string_view operator[](std::string_view name) const noexcept {
        std::string_view found;
        std::size_t times = 0;
        each(name, [&](std::string_view value) {
            found = value;
            ++times;
        });
        return times == 1 ? found : std::string_view{};
    }
    /// Every value of a field that may be there several times (checkboxes).
    template <class F>
    void each(std::string_view name, F f) const {
        for (field const& one : fields_)
            if (part(one.name, one.value) == name) f(part(one.value, one.end));
    }
    [[nodiscard]] std::size_t size() const noexcept { return fields_.size(); }

private:
    struct field {
        std::size_t name = 0, value = 0, end = 0;  // places in text_
    };

    [[nodiscard]] std::string_view part(std::size_t from, std::size_t to) const noexcept {
        return std::string_view{text_.data(), text_.size()}.substr(from, to - from);
    }
    [[nodiscard]] static constexpr int digit(char c) noexcept {
        if (c >= '0' && c <= '9') return c - '0';
        if (c >= 'a' && c <= 'f') return c - 'a' + 10;
        if (c >= 'A' && c <= 'F') return c - 'A' + 10;
        return -1;
    }
    [[nodiscard]] bool decode(std::string_view s) {
        for (std::size_t i = 0; i < s.size(); ++i) {
            if (s[i] != '%') {
                text_.push_back(s[i] == '+' ? ' ' : s[i]);
                continue;
            }
            int const high = i + 2 < s.size() ? digit(s[i + 1]) : -1,
                      low = i + 2 < s.size() ? digit(s[i + 2]) : -1;
            if (high < 0 || low < 0) return false;
            text_.push_back(static_cast<char>(high << 4 | low));
            i += 2;
        }
        return true;
    }

    std::vector<char> text_;  // a string keeps short texts in itself, and leaves them behind when it is moved
    std::vector<field> fields_;
};

/// A value as it stands in an address, behind `?name=`: percent-encoded (RFC 3986 §2.3).
[[nodiscard]] inline std::string in_address(std::string_view value) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    constexpr std::string_view plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    std::string out;
    for (char const c : value) {
        auto const byte = static_cast<unsigned char>(c);
        if (plain.find(c) != std::string_view::npos)
            out += c;
        else
            (out += '%') += digits[byte >> 4U], out += digits[byte & 15U];
    }
    return out;
}

}  // namespace wbm
