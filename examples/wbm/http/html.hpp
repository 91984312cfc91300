// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <concepts>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>

namespace wbm {

class markup;

namespace detail {
template <class T>
struct piece {
    T const& value;
};
}  // namespace detail

/// HTML. The one way to make some is `html(shape, values…)`: the shape is a literal (the compiler insists, and counts its `{}`),
/// and every value is escaped unless it is markup itself. So nothing that a stranger typed becomes HTML, wherever it comes from.
///     html("<p>Hello, {}.</p>", name)      html("<ul>{}</ul>", each(names, [](auto& n) { return html("<li>{}</li>", n); }))
/// Attributes stand in double quotes in the shape; addresses take `in_address`.
class markup {
public:
    markup() = default;
    [[nodiscard]] std::string const& text() const& noexcept { return text_; }
    [[nodiscard]] std::string text() && noexcept { return std::move(text_); }
    [[nodiscard]] bool empty() const noexcept { return text_.empty(); }
    /// One behind the other.
    markup& operator+=(markup const& more) {
        text_ += more.text_;
        return *this;
    }
    friend markup operator+(markup a, markup const& b) { return std::move(a += b); }

private:
    template <class... Values>
    friend markup html(fmt::format_string<detail::piece<Values>...> shape, Values const&... values);
    explicit markup(std::string text) noexcept : text_{std::move(text)} {}
    std::string text_;
};

template <class... Values>
[[nodiscard]] markup html(fmt::format_string<detail::piece<Values>...> shape, Values const&... values) {
    return markup{fmt::format(shape, detail::piece<Values>{values}...)};
}

/// The markup of each, one behind the other.
template <class Range, class F>
[[nodiscard]] markup each(Range const& range, F f) {
    markup all;
    for (auto const& one : range) all += f(one);
    return all;
}

/// A value as it stands in an address, behind `?name=`: percent-encoded (RFC 3986 §2.3).
[[nodiscard]] inline std::string in_address(std::string_view value) {
    std::string out;
    for (char const c : value) {
        bool const plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                           c == '-' || c == '_' || c == '.' || c == '~';
        if (plain)
            out += c;
        else
            fmt::format_to(std::back_inserter(out), "%{:02X}", static_cast<unsigned char>(c));
    }
    return out;
}

}  // namespace wbm

template <class T>
struct fmt::formatter<wbm::detail::piece<T>> {
    static constexpr auto parse(fmt::format_parse_context& context) { return context.begin(); }

    template <class Context>
    auto format(wbm::detail::piece<T> const& p, Context& context) const {
        auto out = context.out();
        if constexpr (std::same_as<T, wbm::markup>) {
            return std::copy(p.value.text().begin(), p.value.text().end(), out);
        } else if constexpr (std::convertible_to<T const&, std::string_view>) {
            for (char const c : std::string_view{p.value}) {
                switch (c) {
                    case '&': out = put(out, "&amp;"); break;
                    case '<': out = put(out, "&lt;"); break;
                    case '>': out = put(out, "&gt;"); break;
                    case '"': out = put(out, "&quot;"); break;
                    case '\'': out = put(out, "&#39;"); break;
                    default: *out++ = c;
                }
            }
            return out;
        } else {
            static_assert(std::integral<T> && !std::same_as<T, char> && !std::same_as<T, bool>,
                          "html() takes texts, whole numbers and markup");
            return fmt::format_to(out, "{}", p.value);
        }
    }

private:
    template <class Out>
    static Out put(Out out, std::string_view s) {
        return std::copy(s.begin(), s.end(), out);
    }
};
