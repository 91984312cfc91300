// SPDX-License-Identifier: BSL-1.0
#include "store.hpp"

#include "words.hpp"

#include <sallyport/environment/boot_clock.hpp>
#include <sallyport/trust/own.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <utility>

#include <unistd.h>

namespace trust_tool {

namespace {

std::string path_of(trust::directory const& store, trust::place p, std::string const& file) {
    return file.empty() ? file : store.path(p) + file;
}

/// Somebody who names the wrong layout sees an empty store: it is said.
void mention_other_layout(arguments const& a) {
    bool const plural = a.layout == trust::layout::plural_issuers;
    auto const there = [&](char const* name) {
        std::error_code unknown;
        return std::filesystem::is_directory(std::filesystem::path{a.folder} / name, unknown);
    };
    if (there(plural ? "issuer" : "issuers") && !there(plural ? "issuers" : "issuer"))
        fmt::print(stderr, "sallyport-trust: mind that {} looks as --layout {} has it\n", safe(a.folder),
                   plural ? "annex-f" : "issuers");
}

}  // namespace

void mention_what_is_not_read(arguments const& a, trust::directory const& store) {
    mention_other_layout(a);
    auto skipped = store.skipped();
    std::erase_if(skipped, [](auto const& s) { return s.where == trust::place::rejected; });
    if (skipped.empty()) return;
    fmt::print(stderr, "sallyport-trust: mind that {} of this store {} for nothing: {} {}{}\n",
               counted(skipped.size(), "file"), skipped.size() == 1 ? "counts" : "count",
               safe(skipped.front().file), skipped.front().reason,
               skipped.size() == 1 ? "" : "; sallyport-trust list names all");
}

int fails(std::string_view why) {
    std::fflush(stdout);  // in this order, wherever the two go
    fmt::print(stderr, "sallyport-trust: {}\n", safe(why));
    return failed;
}
int cannot(std::string_view why) {
    (void)fails(why);
    return misused;
}

sallyport::instant now() {
    auto t = sallyport::boot_clock{}.now();
    t.wall_trusted = true;
    return t;
}

std::optional<trust::directory> open_store(arguments const& a, access how) {
    auto store = trust::directory::open(a.folder, a.layout, {.writes = how == access::write});
    if (!store) {
        std::string const why = store.error().to_string();
        bool const missing = !std::filesystem::exists(a.folder);
        (void)cannot(missing ? fmt::format("{}: sallyport-trust init {}", why, a.folder) : why);
        return std::nullopt;
    }
    mention_other_layout(a);
    store->tick(sallyport::boot_clock{}.now());  // what another certificate has taken over from goes now
    return std::move(*store);
}

std::vector<found> everything(trust::directory const& store) {
    std::vector<found> all;
    auto const fresh = [&](sallyport::thumbprint const& print) {
        return std::none_of(all.begin(), all.end(), [&](found const& f) { return f.print() == print; });
    };
    for (auto const p :
         {trust::place::trusted, trust::place::issuers, trust::place::trusted_crl, trust::place::issuer_crl})
        for (auto& e : store.entries(p))
            if (fresh(e.certificate ? e.certificate->print() : e.revocations->print()))
                all.push_back({e.certificate, e.revocations, p, path_of(store, p, e.file), {}});
    for (auto& r : store.rejected())
        if (fresh(r.certificate->print()))
            all.push_back({r.certificate, nullptr, trust::place::rejected,
                           path_of(store, trust::place::rejected, r.file), r});
    if (auto const own = trust::own::open(store.root(), store.where()))
        for (auto const& pair : {own->current(), own->next()})
            if (pair && fresh(pair->leaf()->print()))
                all.push_back({pair->leaf(),
                               nullptr,
                               trust::place::own,
                               path_of(store, trust::place::own, trust::file_name_of(*pair->leaf())) +
                                   (pair == own->next() ? ".next" : ""),
                               {}});
    return all;
}

std::string digits_of(std::string_view thumbprint) {
    std::string out;
    for (char c : thumbprint) {
        if (c == ':' || c == ' ' || c == '-') continue;
        if (c >= 'a' && c <= 'f') c = static_cast<char>(c - 32);
        if ((c < '0' || c > '9') && (c < 'A' || c > 'F')) return {};
        out.push_back(c);
    }
    return out.size() > 64 ? std::string{} : out;
}

std::optional<found> look_up(std::vector<found> const& all, std::string_view thumbprint, std::size_t least,
                             std::string& why) {
    auto const digits = digits_of(thumbprint);
    if (digits.empty()) {
        why = fmt::format("\"{}\" is no thumbprint: expected hexadecimal digits of a SHA-256 or SHA-1",
                          shortened(thumbprint, 80));
        return std::nullopt;
    }
    if (digits.size() < least) {
        why = fmt::format(
            "{} is too short: at least {} digits of the thumbprint are needed, for whoever makes a "
            "certificate can choose how it begins",
            digits, least);
        return std::nullopt;
    }
    std::vector<found const*> fit;
    for (auto const& f : all) {
        auto const sha1 = f.certificate ? trust::hex(f.certificate->thumb()) : std::string{};
        if (trust::hex(f.print().bytes).starts_with(digits) || sha1.starts_with(digits)) fit.push_back(&f);
    }
    if (fit.size() == 1) return *fit.front();
    why = fit.empty()
              ? fmt::format("nothing here has the thumbprint {}; see sallyport-trust list", digits)
              : fmt::format("{} of {} begin with {}; give more of it", fit.size(), all.size(), digits);
    return std::nullopt;
}

bool confirmed(arguments const& a, std::string_view question) {
    if (a.yes) return true;
    if (::isatty(STDIN_FILENO) == 0)
        return (void)fails("nothing was changed: nobody is here to be asked; say --yes where that is meant"),
               false;
    fmt::print("{} [y/N] ", question);
    std::fflush(stdout);
    std::string typed;
    for (int c = std::getchar(); c != EOF && c != '\n'; c = std::getchar())
        if (typed.size() < 16) typed.push_back(static_cast<char>(c));
    if (std::feof(stdin) != 0) fmt::print("\n");
    if (typed == "y" || typed == "Y" || typed == "yes" || typed == "YES" || typed == "Yes") return true;
    return (void)fails("nothing was changed"), false;
}

}  // namespace trust_tool
