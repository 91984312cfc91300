// SPDX-License-Identifier: BSL-1.0
#include "arguments.hpp"

#include <sallyport/audit/escape.hpp>
#include <sallyport/core/name_rules.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace trust_tool {

namespace {

struct verb {
    std::string_view word;
    command what;
    std::size_t operands;  // behind the store
    std::string_view options;
    std::string_view synopsis;
};
constexpr std::array verbs{
    verb{"init", command::init, 0, "", "init DIR"},
    verb{"list", command::list, 0, "--format", "list DIR"},
    verb{"show", command::show, 1, "--format", "show DIR THUMBPRINT|FILE"},
    verb{"approve", command::approve, 1, "--as-ca --replaces --with-issuers --yes",
         "approve DIR THUMBPRINT [--as-ca] [--replaces THUMBPRINT] [--with-issuers] [--yes]"},
    verb{"reject", command::reject, 1, "", "reject DIR THUMBPRINT"},
    verb{"remove", command::remove, 1, "--yes", "remove DIR THUMBPRINT [--yes]"},
    verb{"add", command::add, 1, "--to --as-ca", "add DIR FILE --to trusted|issuer [--as-ca]"},
    verb{"add-crl", command::add_crl, 1, "", "add-crl DIR FILE"},
    verb{"expiring", command::expiring, 0, "--within --format", "expiring DIR [--within 30d]"},
    verb{"create-own", command::create_own, 0,
         "--application-uri --common-name --organization --host --key --days --next --switch",
         "create-own DIR --application-uri URI [--common-name CN] [--organization O]\n"
         "                  [--host NAME,…] [--key rsa2048|rsa3072|rsa4096|nistP256|nistP384]\n"
         "                  [--days N] [--next | --switch]"},
    verb{"doctor", command::doctor, 0, "--paths --format --application-uri",
         "doctor DIR [--paths] [--application-uri URI]"},
    verb{"verify", command::verify, 1,
         "--peer --policy --application-uri --endpoint-url --at --suppress --format",
         "verify DIR --layout annex-f|issuers\n"
         "                  --peer client-application|server-application|user|pkix\n"
         "                  [--policy NAME] [--application-uri URI] [--endpoint-url URL]\n"
         "                  [--at ISO-8601] [--suppress STATUS,…] [--format text|json] FILE"},
};

/// As it was typed, without what could drive a terminal.
std::string said(std::string_view typed) { return sallyport::audit::escaped(typed.substr(0, 200)); }

/// Is `word` one of the words of `list`?
bool stands_in(std::string_view word, std::string_view list) {
    while (!list.empty()) {
        auto const end = std::min(list.find(' '), list.size());
        if (list.substr(0, end) == word) return true;
        list.remove_prefix(std::min(end + 1, list.size()));
    }
    return false;
}
std::vector<std::string> split(std::string_view words) {
    std::vector<std::string> all;
    for (std::size_t from = 0; from <= words.size();) {
        std::size_t const comma = std::min(words.find(',', from), words.size());
        if (auto const word = sallyport::trimmed(words.substr(from, comma - from)); !word.empty())
            all.emplace_back(word);
        from = comma + 1;
    }
    return all;
}
template <class N>
bool number(std::string_view s, N& n) noexcept {
    auto const [end, fault] = std::from_chars(s.data(), s.data() + s.size(), n);
    return fault == std::errc{} && end == s.data() + s.size();
}

/// One option that has a value; what is wrong with the value, or nothing.
using reader = std::function<std::string(arguments&, std::string_view)>;
struct option {
    std::string_view word;
    reader read;
};

std::string no(std::string_view word, std::string_view expected) {
    return fmt::format("{} needs {}", word, expected);
}

std::string read_layout(arguments& to, std::string_view v) {
    if (v == "annex-f") return to.layout = trust::layout::annex_f, "";
    if (v == "issuers") return to.layout = trust::layout::plural_issuers, "";
    return no("--layout", "annex-f or issuers");
}
std::string read_peer(arguments& to, std::string_view v) {
    constexpr std::array<std::pair<std::string_view, trust::peer>, 4> peers{{
        {"client-application", trust::peer::client_application},
        {"server-application", trust::peer::server_application},
        {"user", trust::peer::user},
        {"pkix", trust::peer::pkix},
    }};
    for (auto const& [name, who] : peers)
        if (v == name) return to.peer = who, "";
    return no("--peer", "client-application, server-application, user or pkix");
}
/// A status by its name, with or without its Bad.
std::optional<trust::status> finding_called(std::string_view name) {
    auto s = trust::status_called(name);
    if (!s) s = trust::status_called(fmt::format("Bad{}", name));
    return s && trust::rule_of(*s).step > 0 ? s : std::nullopt;
}
std::string read_suppressions(arguments& to, std::string_view v) {
    for (auto const& name : split(v)) {
        auto const s = finding_called(name);
        if (!s)
            return fmt::format("there is no finding \"{}\" to suppress; expected one such as {}", said(name),
                               trust::to_string(trust::status::certificate_time_invalid));
        if (!to.overlook.add(*s)) to.never_overlooked.push_back(*s);
    }
    return "";
}
std::string read_within(arguments& to, std::string_view v) {
    unsigned days = 0;
    if (v.ends_with('d')) v.remove_suffix(1);
    if (!number(v, days) || days > 36'500) return no("--within", "a number of days, such as 30d");
    to.within = std::chrono::hours{24} * days;
    return "";
}

std::string read_key(arguments& to, std::string_view v) {
    constexpr std::array<std::pair<std::string_view, trust::own_key>, 5> keys{{
        {"rsa2048", trust::own_key::rsa_2048},
        {"rsa3072", trust::own_key::rsa_3072},
        {"rsa4096", trust::own_key::rsa_4096},
        {"nistP256", trust::own_key::nist_p256},
        {"nistP384", trust::own_key::nist_p384},
    }};
    for (auto const& [name, key] : keys)
        if (v == name) return to.key = key, "";
    return no("--key", "rsa2048, rsa3072, rsa4096, nistP256 or nistP384");
}

std::vector<option> const& options() {
    static std::vector<option> const all{
        {"--layout", read_layout},
        {"--peer", read_peer},
        {"--suppress", read_suppressions},
        {"--within", read_within},
        {"--policy",
         [](arguments& to, std::string_view v) {
             to.policy = trust::policy_called(v);
             return to.policy != nullptr ? "" : fmt::format("there is no security policy \"{}\"", said(v));
         }},
        {"--application-uri",
         [](arguments& to, std::string_view v) { return to.application_uri = v, std::string{}; }},
        {"--endpoint-url",
         [](arguments& to, std::string_view v) {
             to.host = host_of(v);
             return to.host ? "" : no("--endpoint-url", "a URL, such as opc.tcp://plc-7:4840");
         }},
        {"--at",
         [](arguments& to, std::string_view v) {
             to.at = iso_8601(v);
             return to.at ? "" : no("--at", "a time, such as 2026-01-31T08:00:00Z");
         }},
        {"--format",
         [](arguments& to, std::string_view v) {
             to.json = v == "json";
             return v == "json" || v == "text" ? "" : no("--format", "text or json");
         }},
        {"--to",
         [](arguments& to, std::string_view v) {
             if (v == "trusted") to.to = trust::list::trusted;
             if (v == "issuer" || v == "issuers") to.to = trust::list::issuers;
             return to.to ? "" : no("--to", "trusted or issuer");
         }},
        {"--replaces", [](arguments& to, std::string_view v) { return to.replaces = v, std::string{}; }},
        {"--common-name",
         [](arguments& to, std::string_view v) { return to.common_name = v, std::string{}; }},
        {"--organization",
         [](arguments& to, std::string_view v) { return to.organization = v, std::string{}; }},
        {"--host", [](arguments& to, std::string_view v) { return to.hosts = split(v), std::string{}; }},
        {"--key", read_key},
        {"--days",
         [](arguments& to, std::string_view v) {
             unsigned n = 0;
             if (!number(v, n) || n == 0 || n > 36'500) return no("--days", "a number of days, at least 1");
             return to.days = n, std::string{};
         }},
    };
    return all;
}

bool read_flag(arguments& to, std::string_view word) {
    if (word == "--as-ca") return to.as_ca = true;
    if (word == "--yes") return to.yes = true;
    if (word == "--with-issuers") return to.with_issuers = true;
    if (word == "--paths") return to.paths = true;
    if (word == "--next") return to.next = true;
    if (word == "--switch") return to.switch_now = true;
    return false;
}

bool read_digits(std::string_view& s, std::size_t count, int& to) noexcept {
    if (s.size() < count) return false;
    auto const digits = s.substr(0, count);
    if (digits.find_first_not_of("0123456789") != std::string_view::npos || !number(digits, to)) return false;
    s.remove_prefix(count);
    return true;
}
bool read_char(std::string_view& s, std::string_view any_of) noexcept {
    if (s.empty() || any_of.find(s.front()) == std::string_view::npos) return false;
    s.remove_prefix(1);
    return true;
}

}  // namespace

std::string usage() {
    std::string all =
        "Whom a device trusts: keeps a store of OPC UA certificates, and says what the device would.\n\n";
    for (auto const& v : verbs) all += fmt::format("  sallyport-trust {}\n", v.synopsis);
    return all +
           "\n"
           "THUMBPRINT: the first digits of a certificate's SHA-256 or SHA-1: 8 at least, and 16 where\n"
           "something is approved. FILE: DER, or PEM where it ends in .pem.\n"
           "\n"
           "  --layout annex-f|issuers   how the store's folders are called (annex-f)\n"
           "  --format text|json         of list, show, expiring, doctor (text) and verify (json)\n"
           "  --as-ca                    yes, this is a CA, and whatever it issues is to be trusted\n"
           "  --replaces THUMBPRINT      it takes over from this one: both are trusted until the old one\n"
           "                             expires, for 30 days at most\n"
           "  --with-issuers             the CAs that came with it go to the issuers, where they grant "
           "nothing\n"
           "  --yes                      do not ask; where nobody can be asked nothing is done without it\n"
           "  --policy NAME              a SecurityPolicy, by name or URI; None: nothing is looked at\n"
           "  --suppress STATUS,…        findings to overlook, such as BadCertificateTimeInvalid\n"
           "  --next, --switch           make the next own certificate beside the one in force; put it in "
           "force\n"
           "  --paths                    each file that is ever written\n"
           "\n"
           "Exit code: 0 done, accepted, nothing at fault; 1 not done, refused, something at fault; 2 the\n"
           "command line is wrong, or a file or store cannot be opened. list, show, expiring, doctor and\n"
           "verify change nothing.\n";
}

std::string_view synopsis_of(command what) noexcept {
    for (auto const& v : verbs)
        if (v.what == what) return v.synopsis;
    return "help";
}

std::optional<sallyport::nanoseconds> iso_8601(std::string_view s) noexcept {
    using namespace std::chrono;
    int y = 0, mo = 0, d = 0, h = 0, mi = 0, sec = 0, off_h = 0, off_m = 0;
    bool const extended = s.size() > 4 && s[4] == '-';
    auto const dash = [&] { return !extended || read_char(s, "-"); };
    if (!read_digits(s, 4, y) || !dash() || !read_digits(s, 2, mo) || !dash() || !read_digits(s, 2, d))
        return {};
    std::int64_t fraction = 0, offset = 0;
    if (!s.empty()) {
        if (!read_char(s, "Tt ") || !read_digits(s, 2, h)) return {};
        bool const colons = !s.empty() && s.front() == ':';
        auto const colon = [&] { return !colons || read_char(s, ":"); };
        if (!colon() || !read_digits(s, 2, mi)) return {};
        bool const seconds_follow =
            !s.empty() && (s.front() == ':' || (s.front() >= '0' && s.front() <= '9'));
        if (seconds_follow && (!colon() || !read_digits(s, 2, sec))) return {};
        if (seconds_follow && read_char(s, ".,")) {
            std::int64_t unit = 100'000'000;
            if (s.empty() || s.front() < '0' || s.front() > '9') return {};
            for (; !s.empty() && s.front() >= '0' && s.front() <= '9'; s.remove_prefix(1), unit /= 10)
                fraction += (s.front() - '0') * unit;
        }
        if (!s.empty() && !read_char(s, "Zz")) {
            int const sign = s.front() == '-' ? -1 : 1;
            if (!read_char(s, "+-") || !read_digits(s, 2, off_h)) return {};
            if (!s.empty() && ((s.front() == ':' && !read_char(s, ":")) || !read_digits(s, 2, off_m)))
                return {};
            if (off_h > 23 || off_m > 59) return {};
            offset = sign * (off_h * 3600 + off_m * 60);
        }
    }
    year_month_day const day{year{y}, month{static_cast<unsigned>(mo)},
                             std::chrono::day{static_cast<unsigned>(d)}};
    if (!s.empty() || !day.ok() || h > 23 || mi > 59 || sec > 60) return {};
    std::int64_t const seconds_ =
        std::int64_t{sys_days{day}.time_since_epoch().count()} * 86400 + h * 3600 + mi * 60 + sec - offset;
    constexpr std::int64_t most = sallyport::nanoseconds::max().count() / 1'000'000'000 - 1;
    if (seconds_ > most)
        return sallyport::nanoseconds::max();  // after all dates, as a certificate's year 9999
    if (seconds_ < -most) return sallyport::nanoseconds::min();
    return sallyport::nanoseconds{seconds_ * 1'000'000'000 + fraction};
}

std::optional<std::string> host_of(std::string_view url) {
    auto const scheme = url.find("://");
    if (scheme == std::string_view::npos || scheme == 0) return std::nullopt;
    std::string_view rest = url.substr(scheme + 3);
    rest = rest.substr(0, rest.find_first_of("/?#"));
    if (auto const at = rest.rfind('@'); at != std::string_view::npos) rest.remove_prefix(at + 1);
    std::string_view host, port;
    if (rest.starts_with('[')) {
        auto const end = rest.find(']');
        if (end == std::string_view::npos) return std::nullopt;
        host = rest.substr(1, end - 1);
        host = host.substr(0, host.find('%'));  // a zone is this machine's affair (RFC 6874)
        port = rest.substr(end + 1);
    } else {
        host = rest.substr(0, rest.find(':'));
        port = rest.substr(host.size());
    }
    if (!port.empty() && port.front() != ':') return std::nullopt;
    if (port.find_first_not_of("0123456789", 1) != std::string_view::npos || host.empty())
        return std::nullopt;
    return std::string{host};
}

arguments read_arguments(std::span<char const* const> words, std::string& fault) {
    arguments read;
    fault.clear();
    if (words.empty()) return fault = "what is to be done?", read;
    std::string_view const first = words.front();
    if (first == "help" || first == "--help" || first == "-h") return read;
    auto const verb_ =
        std::find_if(verbs.begin(), verbs.end(), [&](verb const& v) { return v.word == first; });
    if (verb_ == verbs.end()) return fault = fmt::format("there is no command \"{}\"", said(first)), read;
    read.what = verb_->what;
    if (std::any_of(words.begin() + 1, words.end(), [](std::string_view w) { return w == "--help"; })) {
        read.what = command::help;
        return read;
    }

    bool only_operands = false;
    for (std::size_t i = 1; i < words.size(); ++i) {
        std::string_view word = words[i];
        if (only_operands || !word.starts_with("--")) {
            if (read.folder.empty())
                read.folder = word;
            else
                read.operands.emplace_back(word);
            continue;
        }
        if (word == "--") {
            only_operands = true;
            continue;
        }
        std::optional<std::string_view> value;
        if (auto const equals = word.find('='); equals != std::string_view::npos)
            value = word.substr(equals + 1), word = word.substr(0, equals);
        if (word != "--layout" && !stands_in(word, verb_->options))
            return fault = fmt::format("{} has no {}", first, said(word)), read;
        if (!value && read_flag(read, word)) continue;
        auto const known =
            std::find_if(options().begin(), options().end(), [&](option const& o) { return o.word == word; });
        if (known == options().end()) return fault = fmt::format("{} takes no value", word), read;
        if (!value && i + 1 < words.size()) value = words[++i];
        if (!value) return fault = fmt::format("{} needs a value", word), read;
        fault = known->read(read, *value);
        if (!fault.empty()) return read;
    }
    if (read.folder.empty())
        fault = fmt::format("{} needs the folder of a store", first);
    else if (read.operands.size() != verb_->operands)
        fault = read.operands.size() < verb_->operands
                    ? fmt::format("{} needs one more word behind the store", first)
                    : fmt::format("\"{}\" is one word too many", said(read.operands.back()));
    else if (read.what == command::verify && !read.peer)
        fault = "verify needs --peer";
    else if (read.what == command::add && !read.to)
        fault = "add needs --to trusted or --to issuer";
    else if (read.what == command::create_own && read.next && read.switch_now)
        fault = "--next makes a certificate and --switch puts it in force: one after the other";
    else if (read.what == command::create_own && read.application_uri.value_or("").empty() &&
             !read.switch_now)
        fault = "create-own needs --application-uri";
    return read;
}

}  // namespace trust_tool
