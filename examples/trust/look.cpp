// SPDX-License-Identifier: BSL-1.0
#include "look.hpp"

#include "certificate_file.hpp"
#include "describe.hpp"
#include "store.hpp"
#include "words.hpp"

#include <sallyport/core/name_rules.hpp>
#include <sallyport/environment/boot_clock.hpp>
#include <sallyport/trust/authority.hpp>
#include <sallyport/trust/doctor.hpp>
#include <sallyport/trust/written_files.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <system_error>

namespace trust_tool {

namespace {

using json = nlohmann::ordered_json;
using trust::place;

constexpr std::size_t name_columns = 30, date_columns = 16;

bool of_place(found const& f, place p) { return f.where == p; }

/// What there is to say beside name, dates and thumbprint.
std::string remark(found const& f, trust::directory const& store) {
    if (!f.certificate) {
        auto const& l = *f.revocations;
        return fmt::format("{} revoked{}", l.size(), l.base() ? ", a delta" : "");
    }
    auto const& c = *f.certificate;
    for (auto const& r : store.replacements())
        if (r.old == c.print()) return "then " + brief(r.fresh);
    std::string s = trust::may_issue(c) ? "CA" : "";
    if (!c.uris().empty()) s += (s.empty() ? "" : ", ") + c.uris().front();
    return s;
}
std::string line(found const& f, trust::directory const& store, sallyport::nanoseconds wall) {
    std::string const name = f.certificate
                                 ? name_of(*f.certificate)
                                 : "  CRL of " + trust::detail::common_name_of(f.revocations->issuer_name());
    auto const dates = [&] {
        if (f.refused) return "seen " + day(f.refused->last_seen);
        if (!f.certificate) return validity(f.revocations->from(), f.revocations->until(), wall);
        auto const& c = *f.certificate;
        for (auto const& r : store.replacements())
            if (r.old == c.print()) return validity(c.valid_from(), r.until, wall);
        return validity(c.valid_from(), c.valid_until(), wall);
    }();
    std::string out =
        fmt::format("  {}  {}  {}  ", cell(name, name_columns), cell(dates, date_columns), brief(f.print()));
    return out + shortened(remark(f, store), columns - width(out));
}
void print_place(std::vector<found> const& all, place p, place crls, trust::directory const& store,
                 sallyport::nanoseconds wall) {
    auto const count = static_cast<std::size_t>(
        std::count_if(all.begin(), all.end(), [&](auto const& f) { return of_place(f, p); }));
    fmt::print("{}: {}\n", to_string(p), count == 0 ? "none" : counted(count, "certificate"));
    for (auto const& f : all)
        if (of_place(f, p)) {
            fmt::print("{}\n", line(f, store, wall));
            if (!f.refused) continue;
            auto const& r = *f.refused;
            auto const by = shown_by(r);
            fmt::print("    {}{}{}\n",
                       r.reason == trust::status::good ? "put there by another program" : to_string(r.reason),
                       r.count > 1 ? fmt::format(", {} times", r.count) : "",
                       by.empty() ? "" : ", by " + shortened(by, 50));
        }
    for (auto const& f : all)
        if (crls != p && of_place(f, crls)) fmt::print("{}\n", line(f, store, wall));
}

}  // namespace

int list(arguments const& a) {
    auto const store = open_store(a, access::read);
    if (!store) return misused;
    auto const all = everything(*store);
    auto const wall = now().wall;
    if (a.json.value_or(false)) {
        json out = json::object();
        for (auto const p : {place::trusted, place::trusted_crl, place::issuers, place::issuer_crl,
                             place::rejected, place::own}) {
            std::string key{to_string(p)};
            std::replace(key.begin(), key.end(), ' ', '_');
            std::transform(key.begin(), key.end(), key.begin(), sallyport::detail::ascii_lower);
            auto& list_ = out[key] = json::array();
            for (auto const& f : all)
                if (of_place(f, p)) list_.push_back(as_json(f, &*store));
        }
        out["skipped"] = json::array();
        for (auto const& s : store->skipped())
            out["skipped"].push_back({{"file", s.file}, {"reason", s.reason}});
        fmt::print("{}\n", dumped(out));
        return done;
    }
    fmt::print("  {}  {}  {}  {}\n", cell("NAME", name_columns), cell("VALID", date_columns),
               cell("SHA-256 BEGINS", 16), "REMARKS");
    print_place(all, place::trusted, place::trusted_crl, *store, wall);
    print_place(all, place::issuers, place::issuer_crl, *store, wall);
    print_place(all, place::rejected, place::rejected, *store, wall);
    print_place(all, place::own, place::own, *store, wall);
    if (auto const skipped = store->skipped(); !skipped.empty()) {
        fmt::print("not used: {}\n", counted(skipped.size(), "file"));
        for (auto const& s : skipped) fmt::print("  {}\n", wrapped(safe(s.file) + " " + s.reason, 4));
    }
    return done;
}

int show(arguments const& a) {
    auto const store = open_store(a, access::read);
    if (!store) return misused;
    std::string const& what = a.operands.front();
    auto const wall = now().wall;
    std::vector<found> to_show;
    std::string why;
    auto const all = everything(*store);
    if (auto const one = digits_of(what).empty() ? std::nullopt : look_up(all, what, 8, why)) {
        to_show.push_back(*one);
    } else if (std::error_code unknown; std::filesystem::exists(what, unknown)) {
        auto const file = read_file_of_either(what, why);
        if (!file) return cannot(why);
        for (auto const& c : file->certificates) to_show.push_back({c, nullptr, place::trusted, {}, {}});
        for (auto const& l : file->lists) to_show.push_back({nullptr, l, place::trusted, {}, {}});
        for (auto& f : to_show)
            for (auto const& known : all)
                if (known.print() == f.print()) f = known;
        if (to_show.empty()) return fails(fmt::format("{}: {}", what, file->fault));
    } else {
        if (why.empty()) (void)look_up(all, what, 8, why);
        return fails(why);
    }
    if (a.json.value_or(false)) {
        json out = json::array();
        for (auto const& f : to_show) out.push_back(as_json(f, &*store));
        fmt::print("{}\n", dumped(out.size() == 1 ? out.front() : out));
        return done;
    }
    for (std::size_t i = 0; i < to_show.size(); ++i)
        fmt::print("{}{}", i > 0 ? "\n" : "", described(to_show[i], &*store, wall));
    return done;
}

int expiring(arguments const& a) {
    auto const store = open_store(a, access::read);
    if (!store) return misused;
    auto const wall = now().wall;
    auto const within = a.within.value_or(std::chrono::hours{24 * 30});
    auto const until = [](found const& f) {
        return f.certificate ? f.certificate->valid_until() : f.revocations->until();
    };
    auto all = everything(*store);
    std::erase_if(all, [&](found const& f) {
        return f.where == place::rejected || until(f) > sallyport::saturating_add(wall, within);
    });
    std::stable_sort(all.begin(), all.end(),
                     [&](found const& x, found const& y) { return until(x) < until(y); });
    if (a.json.value_or(false)) {
        json out = json::array();
        for (auto const& f : all) {
            out.push_back(as_json(f, &*store));
            out.back()["ends"] = iso(until(f));
            out.back()["ended"] = until(f) < wall;
        }
        fmt::print("{}\n", dumped(out));
        return done;
    }
    auto const days = std::chrono::floor<std::chrono::days>(within).count();
    if (all.empty()) {
        fmt::print("Nothing ends within {}.\n", counted(static_cast<std::size_t>(days), "day"));
        return done;
    }
    for (auto const& f : all) {
        std::string const name =
            f.certificate ? name_of(*f.certificate)
                          : "CRL of " + trust::detail::common_name_of(f.revocations->issuer_name());
        fmt::print("{}  {}  {}  {}  {}\n", day(until(f)),
                   cell(until(f) < wall ? "ended " + away(until(f), wall) : away(until(f), wall), 22),
                   cell(to_string(f.where), 12), brief(f.print()), shortened(name, 32));
    }
    return done;
}

int doctor(arguments const& a) {
    if (a.paths) {
        auto const files = trust::files_written(a.folder, a.layout);
        if (a.json.value_or(false)) {
            json out = json::array();
            for (auto const& f : files)
                out.push_back({{"path", f.path}, {"what", f.what}, {"lasts", f.lasts}});
            fmt::print("{}\n", dumped(out));
            return done;
        }
        fmt::print("Files 0600, folders 0700. What stands in <> differs from one file to the next.\n");
        for (bool const lasts : {true, false}) {
            fmt::print("\n{}\n", lasts ? "To stay:" : "Only while something is being written:");
            for (auto const& f : files)
                if (f.lasts == lasts) fmt::print("  {}\n      {}\n", safe(f.path), f.what);
        }
        return done;
    }
    auto const store = open_store(a, access::read);
    if (!store) return misused;
    auto const all = trust::examine(*store, sallyport::boot_clock{}.now(),
                                    {.application_uri = a.application_uri.value_or("")});
    std::array<std::size_t, 3> count{};
    for (auto const& f : all) ++count[static_cast<std::size_t>(f.how)];
    auto const worst = count[static_cast<std::size_t>(trust::severity::fault)] > 0 ? failed : done;
    if (a.json.value_or(false)) {
        json out = json::array();
        for (auto const& f : all)
            out.push_back({{"severity", to_string(f.how)},
                           {"path", f.path},
                           {"what", f.what},
                           {"remedy", f.remedy},
                           {"certificate", f.certificate ? trust::hex(f.certificate->print().bytes) : ""}});
        fmt::print("{}\n", dumped(out));
        return worst;
    }
    for (auto const& f : all)
        fmt::print("{:<9}{}\n         {}.\n         {}\n\n", to_string(f.how), safe(f.path),
                   wrapped(f.what, 9), wrapped(f.remedy, 9));
    if (all.empty())
        fmt::print("Nothing is wrong with {}.\n", safe(a.folder));
    else
        fmt::print("{}, {}, {}.\n", counted(count[2], "fault"), counted(count[1], "warning"),
                   counted(count[0], "notice"));
    return worst;
}

}  // namespace trust_tool
