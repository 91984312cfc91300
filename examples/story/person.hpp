// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <httplib.h>

#include <cstdint>
#include <cstdlib>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace story {

/// What came back: enough of a page for a story.
struct answer {
    int status = 0;
    std::int64_t retry_after_s = 0;
    std::string body;

    /// What stands between two pieces of the page, first come; empty where it does not.
    [[nodiscard]] std::string between(std::string_view before, std::string_view after) const {
        std::size_t const from = body.find(before);
        if (from == std::string::npos) return {};
        std::size_t const to = body.find(after, from + before.size());
        return to == std::string::npos ? std::string{}
                                       : body.substr(from + before.size(), to - from - before.size());
    }
    /// The delay that the page counts down, in milliseconds; 0: none.
    [[nodiscard]] std::int64_t delay_ms() const {
        return std::atoll(between("data-wait-ms=\"", "\"").c_str());
    }
    [[nodiscard]] bool says(std::string_view words) const { return body.find(words) != std::string::npos; }
};

/// Somebody at a browser of his own: an HTTPS client that keeps cookies.
/// The certificate is of the device's own making, and this program has just started it; a person would
/// compare the fingerprint that the device prints.
class person {
public:
    person(std::string name, int port) : name_{std::move(name)}, client_{"127.0.0.1", port} {
        client_.enable_server_certificate_verification(false);
        client_.set_connection_timeout(5);
        client_.set_read_timeout(10);
    }

    [[nodiscard]] std::string const& name() const noexcept { return name_; }

    answer login(std::string const& user, std::string const& password) {
        return post("/login", {{"user", user}, {"password", password}, {"remember", "yes"}});
    }
    answer login(std::string const& password) { return login(name_, password); }
    answer get(std::string const& path) { return take(client_.Get(path, headers())); }
    /// Fills in a form of a page, whose seal comes with it.
    answer act(std::string const& page, std::string const& action, httplib::Params fields) {
        fields.emplace("seal", get(page).between("name=\"seal\" value=\"", "\""));
        return post(action, fields);
    }

private:
    [[nodiscard]] httplib::Headers headers() const {
        std::string all;
        for (auto const& [name, value] : jar_) all += (all.empty() ? "" : "; ") + name + '=' + value;
        return all.empty() ? httplib::Headers{} : httplib::Headers{{"Cookie", all}};
    }
    answer post(std::string const& path, httplib::Params const& fields) {
        return take(client_.Post(path, headers(), fields));
    }
    answer take(httplib::Result const& came) {
        if (!came) throw std::runtime_error{name_ + " gets no answer: " + to_string(came.error())};
        auto const [first, last] = came->headers.equal_range("Set-Cookie");
        for (auto set = first; set != last; ++set) {
            std::string const one = set->second.substr(0, set->second.find(';'));
            jar_[one.substr(0, one.find('='))] = one.substr(one.find('=') + 1);
        }
        return {came->status, std::atoll(came->get_header_value("Retry-After").c_str()), came->body};
    }

    std::string name_;
    httplib::SSLClient client_;
    std::map<std::string, std::string> jar_;
};

}  // namespace story
