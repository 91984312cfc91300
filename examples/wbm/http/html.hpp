// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <fmt/format.h>

#include <concepts>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace wbm {

class markup;

namespace detail {
/// A value on its way into markup: a text, which is escaped, a whole number, or markup, which is not.
class piece {
public:
    piece(markup const& m) noexcept;  // NOLINT(google-explicit-constructor): html() takes values
    template <class T>
    requires std::convertible_to<T const&, std::string_view> piece(T const& text)
    noexcept : text_{text} {}  // NOLINT(google-explicit-constructor)
    template <std::integral T>
    requires(!std::same_as<T, bool> && !std::same_as<T, char>) piece(T number)
        : digits_{std::to_string(number)}, number_{true} {}  // NOLINT(google-explicit-constructor)

    void append_to(std::string& out) const;

private:
    std::string_view text_{};
    std::string digits_{};
    bool number_ = false, markup_ = false;
};

/// The shape with the pieces in place of its `{}`.
[[nodiscard]] std::string fill(std::string_view shape, std::initializer_list<piece> pieces);

template <class>
using piece_for = piece;
}  // namespace detail

/// HTML. The one way to make some is `html(shape, values…)`: the shape is a literal (the compiler insists,
/// and counts its `{}`), and every value is escaped unless it is markup itself. So nothing that a stranger
/// typed becomes HTML, wherever it comes from. Attributes stand in double quotes in the shape.
///     html("<p>Hello, {}.</p>", name)
///     html("<ul>{}</ul>", each(names, [](auto& n) { return html("<li>{}</li>", n); }))
class markup {
public:
    markup() = default;
    [[nodiscard]] std::string const& text() const noexcept { return text_; }
    [[nodiscard]] bool empty() const noexcept { return text_.empty(); }

    /// One behind the other.
    markup& operator+=(markup const& more) {
        text_ += more.text_;
        return *this;
    }
    friend markup operator+(markup a, markup const& b) { return std::move(a += b); }

private:
    template <class... Values>
    friend markup html(fmt::format_string<detail::piece_for<Values>...> shape, Values const&... values);
    explicit markup(std::string text) noexcept : text_{std::move(text)} {}
    std::string text_;
};

template <class... Values>
[[nodiscard]] markup html(fmt::format_string<detail::piece_for<Values>...> shape, Values const&... values) {
    fmt::string_view const s = shape;
    return markup{detail::fill({s.data(), s.size()}, {detail::piece{values}...})};
}

/// The markup of each, one behind the other.
template <class Range, class F>
[[nodiscard]] markup each(Range const& range, F f) {
    markup all;
    for (auto const& one : range) all += f(one);
    return all;
}

}  // namespace wbm

/// For the compiler alone: it reads shapes, and `fill` fills them.
template <>
struct fmt::formatter<wbm::detail::piece> {
    static constexpr auto parse(fmt::format_parse_context& context) { return context.begin(); }
    static fmt::format_context::iterator format(wbm::detail::piece const&, fmt::format_context&) = delete;
};
