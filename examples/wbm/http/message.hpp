// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "form.hpp"
#include "html.hpp"

#include <sallyport/core/address.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace wbm {

/// What the pages see of HTTP. Views live as long as the request.
struct request {
    std::string_view method{};  ///< GET (HEAD too) or POST
    std::string_view path{};
    form query{};
    form posted{};
    std::string_view cookies{}, host{}, origin{}, fetch_site{};  ///< headers, empty where absent
    sallyport::address source{};
    std::span<std::uint8_t const>
        shown{};  ///< certificates of the one who asks, leaf first: DER; none: not asked

    [[nodiscard]] bool posts() const noexcept { return method == "POST"; }
};

struct reply {
    int status = 200;
    std::string body{};
    std::string type = "text/html; charset=utf-8";
    std::vector<std::pair<std::string, std::string>> headers{};

    reply&& with(std::string name, std::string value) && {
        headers.emplace_back(std::move(name), std::move(value));
        return std::move(*this);
    }
};

/// See other: after every act, so that a page that is loaded again does not act again.
[[nodiscard]] inline reply go_to(std::string address) {
    return reply{.status = 303}.with("Location", std::move(address));
}

}  // namespace wbm
