// SPDX-License-Identifier: BSL-1.0
#pragma once

// A store on disk in a folder of the test's own, the files that an administrator or another program puts there, and
// what the store has told.
#include "support/catch.hpp"
#include "support/folder.hpp"
#include "support/pki.hpp"
#include "support/pki_crl.hpp"

#include <sallyport/trust/directory.hpp>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace house_of_tests {

namespace fs = std::filesystem;
namespace trust = sallyport::trust;
using sallyport::address;
using sallyport::instant;
using sallyport::nanoseconds;
using trust::directory;
using trust::directory_options;
using trust::layout;
using trust::list;
using trust::place;
using trust::store_event;
using namespace std::chrono_literals;

/// Certificates on curves: a thousand are made in a second.
inline pki::issued pump(std::string_view name = "Pump 7") {
    return pki::application(name, pki::p256("pumps")).self_signed();
}
inline pki::issued ca(std::string_view name = "Plant Root") {
    return pki::authority(name, pki::p256(name)).self_signed();
}

struct house {
    support::folder at;
    layout where;
    std::vector<store_event> heard{};

    explicit house(layout laid_out = layout::annex_f) : where{std::move(laid_out)} {
        auto const no = directory::create(root(), where);
        if (no) FAIL(no->to_string());
    }
    house(house const&) = delete;
    house& operator=(house const&) = delete;

    [[nodiscard]] std::string root() const { return at.at.string(); }
    [[nodiscard]] fs::path in(place p) const { return at.at / where.of(p).view(); }

    /// As an administrator puts a file there, or another program.
    fs::path drop(place p, std::string const& name, std::string_view bytes) const {
        auto const path = in(p) / name;
        std::ofstream{path, std::ios::binary | std::ios::trunc} << bytes;
        return path;
    }
    directory open(directory_options o = {}) {
        o.hear = [this](store_event const& e) { heard.push_back(e); };
        auto made = directory::open(root(), where, std::move(o));
        if (!made) FAIL(made.error().to_string());
        return std::move(*made);
    }
    /// The names that are not hidden.
    [[nodiscard]] std::vector<std::string> names(place p) const {
        std::vector<std::string> all;
        for (auto const& e : fs::directory_iterator{in(p)})
            if (auto const name = e.path().filename().string(); name.front() != '.') all.push_back(name);
        std::sort(all.begin(), all.end());
        return all;
    }
    /// Everything that is unfinished, anywhere.
    [[nodiscard]] std::vector<std::string> unfinished() const {
        std::vector<std::string> all;
        for (auto const& e : fs::recursive_directory_iterator{at.at})
            if (auto const name = e.path().filename().string();
                name.starts_with(".sallyport-") || name.ends_with(".new") || name == "change")
                all.push_back(name);
        return all;
    }
    [[nodiscard]] std::size_t told(store_event::kind k) const {
        return static_cast<std::size_t>(
            std::count_if(heard.begin(), heard.end(), [&](auto const& e) { return e.what == k; }));
    }
    [[nodiscard]] store_event last(store_event::kind k) const {
        auto const at_it =
            std::find_if(heard.rbegin(), heard.rend(), [&](auto const& e) { return e.what == k; });
        return at_it == heard.rend() ? store_event{} : *at_it;
    }
};

inline bool lists(directory const& d, pki::issued const& c, list in) {
    return d.lists().get().lists->where(c.read()->print()).has(in);
}
inline bool trusts(directory const& d, pki::issued const& c) { return lists(d, c, list::trusted); }
inline std::string said(std::optional<sallyport::load_error> const& no) {
    return no ? no->to_string() : std::string{"all is well"};
}
/// Files in a place that count, as the store has it.
inline std::size_t count(directory const& d, place p) { return d.entries(p).size(); }

/// `seconds` after the test began, on both clocks; on the test's day.
inline instant after(nanoseconds since) { return {1h + since, pki::today.time_since_epoch() + since, true}; }
/// The modes of a file or folder.
inline unsigned mode_of(fs::path const& p) {
    struct stat about {};
    return ::lstat(p.c_str(), &about) == 0 ? about.st_mode & 07777U : 0;
}
/// Until the file system's clock has moved on, so that the next writing has another time.
inline void let_time_pass() { ::usleep(150'000); }

}  // namespace house_of_tests
