// SPDX-License-Identifier: BSL-1.0
#include "html.hpp"

namespace wbm {

detail::piece::piece(markup const& m) noexcept : text_{m.text()}, markup_{true} {}

void detail::piece::append_to(std::string& out) const {
    if (number_) {
        out += digits_;
    } else if (markup_) {
        out += text_;
    } else {
        for (char const c : text_) {
            switch (c) {
                case '&': out += "&amp;"; break;
                case '<': out += "&lt;"; break;
                case '>': out += "&gt;"; break;
                case '"': out += "&quot;"; break;
                case '\'': out += "&#39;"; break;
                default: out += c;
            }
        }
    }
}

std::string detail::fill(std::string_view shape, std::initializer_list<piece> pieces) {
    std::string out;
    for (piece const& p : pieces) {
        std::size_t const at = shape.find("{}");
        out += shape.substr(0, at);
        p.append_to(out);
        shape.remove_prefix(at + 2);
    }
    return out += shape;
}

}  // namespace wbm
