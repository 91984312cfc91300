// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "support/catch.hpp"

#include "device.hpp"
#include "http/cookie.hpp"
#include "site.hpp"

#include <fmt/format.h>

#include <sallyport/identity/accounts_file.hpp>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <memory>
#include <set>
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
        start(gate, hashing);
    }
    /// The process ends as it should, and another takes its place.
    void restart(wbm::gate_options gate = {}) {
        site.reset();
        device.reset();
        start(gate, cheap);
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
    void start(wbm::gate_options const& gate, sallyport::identity::argon2id_options const& hashing) {
        auto opened = wbm::device::open({.folder = state.path(), .gate = gate, .hashing = hashing}, log,
                                        [this](std::string_view secret) { secrets.emplace_back(secret); });
        REQUIRE(opened);
        device = std::move(*opened);
        site = std::make_unique<wbm::site>(*device, wbm::site_words{});
    }
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

/// Somebody at a browser, without a socket in between: it keeps cookies as browsers do.
class person {
public:
    explicit person(house& at,
                    sallyport::address const& from = sallyport::address::ipv4(192, 0, 2, 7)) noexcept
        : at_{at}, from_{from} {}

    wbm::reply get(std::string const& path, fields const& query = {}) {
        return ask({.method = "GET", .path = path, .query = form_of(query)});
    }
    wbm::reply post(std::string const& path, fields const& posted) {
        return ask({.method = "POST", .path = path, .posted = form_of(posted)});
    }
    wbm::reply login(std::string const& user, std::string_view password = good_password) {
        return post("/login", {{"user", user}, {"password", std::string{password}}, {"remember", "yes"}});
    }
    wbm::reply login_with_code(std::string const& user, std::string_view password, std::string const& code) {
        return post("/login", {{"user", user}, {"password", std::string{password}}, {"code", code}});
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
    /// The cookie of his session, with its name; empty: none.
    [[nodiscard]] std::string cookie() const {
        auto const at = find(wbm::session_cookie);
        return at == jar_.end() ? std::string{} : fmt::format("{}={}", at->first, at->second);
    }
    /// All of them, as a browser sends them: the oldest first.
    [[nodiscard]] std::string cookies() const {
        std::string all;
        for (auto const& [name, value] : jar_)
            all += fmt::format("{}{}={}", all.empty() ? "" : "; ", name, value);
        return all;
    }
    /// Those that stay when the browser is closed, each with its value.
    [[nodiscard]] fields lasting() const {
        fields all = jar_;
        std::erase_if(all, [](auto const& c) { return c.first == wbm::session_cookie; });
        return all;
    }
    /// Puts a cookie "name=value" beside his others, or in the place of one of that name.
    void take(std::string_view cookie) {
        std::string_view const name = cookie.substr(0, cookie.find('='));
        put(name, cookie.substr(std::min(cookie.size(), name.size() + 1)));
    }
    /// Closes the browser: what is for a session alone goes.
    void close() {
        if (auto const at = find(wbm::session_cookie); at != jar_.end()) jar_.erase(at);
    }

private:
    [[nodiscard]] fields::const_iterator find(std::string_view name) const {
        return std::find_if(jar_.begin(), jar_.end(), [&](auto const& c) { return c.first == name; });
    }
    void put(std::string_view name, std::string_view value) {
        auto const at = jar_.begin() + (find(name) - jar_.cbegin());
        if (at == jar_.end())
            jar_.emplace_back(name, value);
        else
            at->second = value;
    }
    wbm::reply ask(wbm::request asked) {
        std::string const brought = cookies();
        asked.cookies = brought;
        asked.host = "127.0.0.1:8443";
        asked.source = from_;
        wbm::reply said = at_.site->answer(asked);
        for (auto const& [header_name, text] : said.headers) {
            if (header_name != "Set-Cookie") continue;
            take(std::string_view{text}.substr(0, text.find(';')));
            if (text.find("Max-Age=0") == std::string::npos) continue;
            jar_.erase(find(std::string_view{text}.substr(0, text.find('='))));
        }
        return said;
    }
    house& at_;
    sallyport::address from_;
    fields jar_;
};

/// Somebody elsewhere, each time from another place.
inline sallyport::address place(unsigned n) {
    return sallyport::address::ipv4(198, 51, static_cast<std::uint8_t>(100 + n / 250),
                                    static_cast<std::uint8_t>(1 + n % 250));
}
/// Fresh guesses from ever new places; how many were looked at.
inline unsigned attack(house& at, std::string const& user, unsigned times) {
    unsigned looked_at = 0;
    for (unsigned n = 0; n < times; ++n)
        looked_at += person{at, place(n)}.login(user, fmt::format("guess {}", n)).status == 401 ? 1 : 0;
    return looked_at;
}

/// The names that something is owed for.
inline std::set<std::string> names_charged(house& at) {
    std::set<std::string> all;
    for (auto const& p : at.device->gate().administer("test").penalties())
        if (!p.account.empty()) all.emplace(p.account.view());
    return all;
}

inline std::string header(wbm::reply const& r, std::string_view wanted) {
    for (auto const& [name, value] : r.headers)
        if (name == wanted) return value;
    return {};
}
inline bool says(wbm::reply const& r, std::string_view words) {
    return r.body.find(words) != std::string::npos;
}

}  // namespace wbm_test
