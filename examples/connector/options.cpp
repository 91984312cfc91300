// SPDX-License-Identifier: BSL-1.0
#include "options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include <unistd.h>

namespace connector {

char const* const usage =
    "Publishes readings of this machine to an MQTT broker, over TLS with certificates on both sides.\n"
    "\n"
    "  sallyport-connector --store DIR --broker HOST[:PORT]\n"
    "                      [--name CN] [--organization O] [--application-uri URI]\n"
    "                      [--key rsa2048|rsa3072|rsa4096|nistP256|nistP384] [--layout annex-f|issuers]\n"
    "                      [--topic TOPIC] [--every SECONDS] [--readings N] [--longest-wait SECONDS]\n"
    "\n"
    "DIR is the connector's trust store, curated with sallyport-trust; folders that are missing are made. At "
    "its\n"
    "first start the connector makes its own certificate there; the words for it are --name (the host's "
    "name),\n"
    "--organization (Plant) and --application-uri (urn:<host>:sallyport-connector).\n"
    "\n"
    "  --topic TOPIC            what the readings are published under (readings/<name>)\n"
    "  --every SECONDS          between two readings (10)\n"
    "  --readings N             end after so many that the broker has confirmed\n"
    "  --longest-wait SECONDS   between two contacts while the broker cannot be used (300)\n"
    "\n"
    "On standard input it takes \"retry now\" and \"quit\". Standard output is for people, standard error is "
    "the\n"
    "audit log. Exit code: 0 ended as asked; 1 it cannot work; 2 the command line is at fault.\n";

namespace {

template <class N>
std::optional<N> number(std::string_view s, N least, N most) noexcept {
    N n{};
    auto const [end, fault] = std::from_chars(s.data(), s.data() + s.size(), n);
    if (fault != std::errc{} || end != s.data() + s.size() || n < least || n > most) return std::nullopt;
    return n;
}

std::string host_name() {
    std::array<char, 256> name{};
    if (::gethostname(name.data(), name.size() - 1) != 0 || name.front() == '\0') return "connector";
    return name.data();
}

/// "broker", "broker:8883", "192.0.2.9:8883", "[2001:db8::9]:8883", "2001:db8::9"
std::optional<broker_address> address_in(std::string_view s) {
    broker_address to;
    std::string_view port;
    if (s.starts_with('[')) {
        auto const end = s.find(']');
        if (end == std::string_view::npos) return std::nullopt;
        to.host = s.substr(1, end - 1);
        port = s.substr(end + 1);
        if (!port.empty() && !port.starts_with(':')) return std::nullopt;
    } else if (std::count(s.begin(), s.end(), ':') > 1) {
        to.host = s;  // an IPv6 address, bare
    } else {
        auto const colon = std::min(s.find(':'), s.size());
        to.host = s.substr(0, colon);
        port = s.substr(colon);
    }
    if (to.host.empty() || to.host.find_first_of("/@ ") != std::string::npos) return std::nullopt;
    if (!port.empty()) {
        auto const n = number<std::uint16_t>(port.substr(1), 1, 65535);
        if (!n) return std::nullopt;
        to.port = *n;
    }
    return to;
}

std::optional<sallyport::trust::own_key> key_called(std::string_view s) {
    using enum sallyport::trust::own_key;
    constexpr std::array<std::pair<std::string_view, sallyport::trust::own_key>, 5> keys{
        {{"rsa2048", rsa_2048},
         {"rsa3072", rsa_3072},
         {"rsa4096", rsa_4096},
         {"nistP256", nist_p256},
         {"nistP384", nist_p384}}};
    for (auto const& [name, key] : keys)
        if (name == s) return key;
    return std::nullopt;
}

/// One option that has a value; what is expected there, or nothing.
std::string_view read(options& to, std::string_view word, std::string_view v) {
    constexpr std::uint32_t a_day = 86'400;
    if (word == "--store") return to.store = v, v.empty() ? "a folder" : "";
    if (word == "--topic") {
        to.topic = v;
        return v.empty() || v.find_first_of("+#") != std::string_view::npos ? "a topic without + and #" : "";
    }
    if (word == "--name") return to.certificate.common_name = v, "";
    if (word == "--organization") return to.certificate.organization = v, "";
    if (word == "--application-uri") return to.certificate.application_uri = v, "";
    if (word == "--layout") {
        if (v == "issuers") to.layout = sallyport::trust::layout::plural_issuers;
        return v == "issuers" || v == "annex-f" ? "" : "annex-f or issuers";
    }
    if (word == "--broker") {
        auto const at = address_in(v);
        if (at) to.broker = *at;
        return at ? "" : "HOST or HOST:PORT";
    }
    if (word == "--key") {
        auto const key = key_called(v);
        if (key) to.certificate.key = *key;
        return key ? "" : "rsa2048, rsa3072, rsa4096, nistP256 or nistP384";
    }
    if (word == "--readings") {
        to.readings = number<std::uint64_t>(v, 1, UINT64_MAX);
        return to.readings ? "" : "a number from 1";
    }
    auto const seconds = number<std::uint32_t>(v, 1, a_day);
    if (word == "--every") to.every = std::chrono::seconds{seconds.value_or(1)};
    if (word == "--longest-wait") to.polling.longest = std::chrono::seconds{seconds.value_or(1)};
    return seconds ? "" : "seconds, from 1 to 86400";
}

}  // namespace

options read_options(std::span<char const* const> words, std::string& fault) {
    constexpr std::array<std::string_view, 11> known{
        "--store",  "--broker", "--name",  "--organization", "--application-uri", "--key",
        "--layout", "--topic",  "--every", "--readings",     "--longest-wait"};
    options made;
    made.certificate.organization = "Plant";
    made.certificate.use = sallyport::trust::own_use::client;
    fault.clear();
    for (std::size_t i = 0; i < words.size(); ++i) {
        std::string_view word = words[i];
        if (word == "help" || word == "--help" || word == "-h") return made.help = true, made;
        std::optional<std::string_view> value;
        if (auto const equals = word.find('='); word.starts_with("--") && equals != std::string_view::npos)
            value = word.substr(equals + 1), word = word.substr(0, equals);
        if (std::find(known.begin(), known.end(), word) == known.end())
            return fault = fmt::format("there is no {}", word), made;
        if (!value && i + 1 < words.size()) value = words[++i];
        if (!value) return fault = fmt::format("{} needs a value", word), made;
        if (auto const expected = read(made, word, *value); !expected.empty())
            return fault = fmt::format("{} needs {}", word, expected), made;
    }
    std::string const host = host_name();
    auto& own = made.certificate;
    if (own.common_name.empty()) own.common_name = host.substr(0, 64);
    if (own.application_uri.empty()) own.application_uri = fmt::format("urn:{}:sallyport-connector", host);
    if (made.topic.empty()) made.topic = "readings/" + own.common_name;
    if (made.store.empty())
        fault = "--store is missing: the folder of the connector's trust store";
    else if (made.broker.host.empty())
        fault = "--broker is missing: where to publish to";
    else if (made.topic.find_first_of("+#") != std::string::npos)
        fault = "--topic is needed: the certificate's name does not make one";
    else
        fault = own.fault();
    return made;
}

}  // namespace connector
