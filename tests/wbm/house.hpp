// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "support/catch.hpp"

#include "device.hpp"
#include "http/cookie.hpp"
#include "site.hpp"

#include <fmt/format.h>

#include <sallyport/identity/accounts_file.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace wbm_test {

inline constexpr std::string_view good_password = "slow rivers bend twice";

/// A folder that goes with the test.
class folder {
public:
    folder() {
        std::string name = (std::filesystem::temp_directory_path() / "sallyport-test-wbm-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error{"no temporary folder"};
        path_ = name;
    }
    folder(folder const&) = delete;
    folder& operator=(folder const&) = delete;
    ~folder() { std::filesystem::remove_all(path_); }

    [[nodiscard]] std::string const& path() const noexcept { return path_; }
    [[nodiscard]] std::string accounts() const { return path_ + "/accounts.toml"; }
    [[nodiscard]] std::string text() const {
        std::ifstream file{accounts()};
        return {std::istreambuf_iterator<char>{file}, {}};
    }
    void write(std::string_view text) const { std::ofstream{accounts()} << text; }

private:
    std::string path_;
};

/// The cheapest hash that is accepted: these tests ask for words and statuses, not for strength.
inline constexpr sallyport::identity::argon2id_options cheap{.cost = {7168, 1, 1}};

struct account {
    std::string name;
    std::vector<std::string> roles;
    bool disabled = false, must_change = false;
};

/// A device with some accounts, all with the same password, and its pages.
struct house {
    explicit house(std::initializer_list<account> accounts, wbm::gate_options gate = {},
                   sallyport::identity::argon2id_options hashing = cheap) {
        using namespace sallyport::identity;
        argon2id const hasher{cheap};
        if (accounts.size() != 0) {
            REQUIRE_FALSE(wbm_file::create(state.accounts()));
            auto file = wbm_file::open(state.accounts(), hasher, sallyport::role::plcnext_roles);
            REQUIRE(file);
            auto const hash = hasher.hash(sallyport::secret{good_password});
            for (account const& a : accounts)
                REQUIRE_FALSE(file->add({.name = a.name,
                                         .roles = a.roles,
                                         .password = *hash,
                                         .disabled = a.disabled,
                                         .must_change_password = a.must_change}));
            REQUIRE_FALSE(file->save());
        }
        auto opened = wbm::device::open({.folder = state.path(), .gate = gate, .hashing = hashing}, log,
                                        [this](std::string_view secret) { secrets.emplace_back(secret); });
        REQUIRE(opened);
        device = std::move(*opened);
        site = std::make_unique<wbm::site>(*device, wbm::site_words{});
    }

    /// The newest event of that kind; fails where there is none.
    [[nodiscard]] sallyport::audit::event last(sallyport::audit::event_id id) const {
        auto const seen = device->told().recent.snapshot({.id = id}, 1);
        REQUIRE(seen.size() == 1);
        return seen.front().what;
    }
    [[nodiscard]] std::uint64_t count(sallyport::audit::event_id id) const {
        return device->told().totals.of(id);
    }

    using wbm_file =
        sallyport::identity::accounts_file<sallyport::identity::argon2id, sallyport::role::role_table>;
    folder state;
    std::ostringstream log;
    std::vector<std::string> secrets;
    std::unique_ptr<wbm::device> device;
    std::unique_ptr<wbm::site> site;
};

using fields = std::vector<std::pair<std::string, std::string>>;

inline wbm::form form_of(fields const& all) {
    std::string text;
    for (auto const& [name, value] : all)
        text += fmt::format("{}={}&", wbm::in_address(name), wbm::in_address(value));
    auto f = wbm::form::parse(text);
    REQUIRE(f);
    return std::move(*f);
}

/// Somebody at a browser, without a socket in between.
class person {
public:
    explicit person(house& at) : at_{at} {}

    wbm::reply get(std::string const& path, fields const& query = {}) {
        return ask({.method = "GET", .path = path, .query = form_of(query)});
    }
    wbm::reply post(std::string const& path, fields const& posted) {
        return ask({.method = "POST", .path = path, .posted = form_of(posted)});
    }
    wbm::reply login(std::string const& user, std::string_view password = good_password) {
        return post("/login", {{"user", user}, {"password", std::string{password}}});
    }
    /// With the seal of his session.
    wbm::reply act(std::string const& path, fields posted) {
        posted.emplace_back("seal", seal());
        return post(path, posted);
    }
    [[nodiscard]] std::string seal() {
        std::string const page = get("/password").body;
        std::string const before = "name=\"seal\" value=\"";
        std::size_t const at = page.find(before);
        REQUIRE(at != std::string::npos);
        return page.substr(at + before.size(), 32);
    }
    [[nodiscard]] std::string const& cookie() const noexcept { return cookie_; }
    void take(std::string cookie) { cookie_ = std::move(cookie); }

private:
    wbm::reply ask(wbm::request asked) {
        asked.cookies = cookie_;
        asked.host = "127.0.0.1:8443";
        asked.source = sallyport::address::ipv4(192, 0, 2, 7);
        wbm::reply said = at_.site->answer(asked);
        for (auto const& [name, value] : said.headers)
            if (name == "Set-Cookie") cookie_ = value.substr(0, value.find(';'));
        return said;
    }
    house& at_;
    std::string cookie_;
};

inline std::string header(wbm::reply const& r, std::string_view wanted) {
    for (auto const& [name, value] : r.headers)
        if (name == wanted) return value;
    return {};
}
inline bool says(wbm::reply const& r, std::string_view words) {
    return r.body.find(words) != std::string::npos;
}

}  // namespace wbm_test
