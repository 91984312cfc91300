// SPDX-License-Identifier: BSL-1.0
#include "options.hpp"

#include <sallyport/core/safe_file.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <functional>

namespace wbm {

std::string_view const usage = R"(usage: sallyport-wbm [OPTION VALUE]...
The web-based management of a device, over HTTPS, behind one gate.
  --state DIR               where the accounts lie, for their owner alone (default: $STATE_DIRECTORY, or
                            sallyport-wbm in $XDG_STATE_HOME or ~/.local/state)
  --address ADDRESS         where to listen (127.0.0.1)
  --port PORT               8443; 0: any that is free, it is printed
  --machines PORT           a second door, for programs: whoever shows a trusted certificate reads /metrics;
                            0: any port that is free; without it there is no such door
  --pki DIR                 where the trust lists lie: own, trusted, issuer, rejected (pki in --state)
  --certificate FILE        in PEM, with --key FILE; without them one is made at each start
  --key FILE
  --name TEXT               what the device is called on its pages
  --use-notification FILE   what everybody is shown before he logs in
  --sessions N              at once, over all services (32)
  --from-one-place N/SEC    wrong passwords for one account from one place: so many at once, and one more in
                            so many seconds (5/14400); whatever it is, the account's own budget holds
  --idle-minutes N          a session unused for so long ends (20); 0: never
  --hash-memory KIB         what a new password hash costs: memory (19456) ...
  --hash-passes N           ... and passes over it (2)
A device without accounts prints a one-time secret: its first page asks for it, and makes the first
administrator.
)";

namespace {

std::string default_folder() {
    if (char const* const own = std::getenv("STATE_DIRECTORY"))
        return own;  // NOLINT(concurrency-mt-unsafe): one thread yet
    if (char const* const all = std::getenv("XDG_STATE_HOME"))
        return std::string{all} + "/sallyport-wbm";  // NOLINT(concurrency-mt-unsafe)
    if (char const* const home = std::getenv("HOME"))
        return std::string{home} + "/.local/state/sallyport-wbm";  // NOLINT(concurrency-mt-unsafe)
    return {};
}

template <class Number, class To>
bool read_number(std::string_view text, Number least, Number most, To& to) {
    Number n{};
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
    if (error != std::errc{} || end != text.data() + text.size() || n < least || n > most) return false;
    to = static_cast<To>(n);
    return true;
}

/// "5/14400"
bool read_lane(std::string_view text, sallyport::penalty::lane_rate& to) {
    std::size_t const slash = std::min(text.find('/'), text.size());
    unsigned seconds = 0;
    if (!read_number(text.substr(0, slash), 1U, 1000U, to.burst) ||
        !read_number(text.substr(std::min(slash + 1, text.size())), 1U, 86'400U, seconds))
        return false;
    to.every = std::chrono::seconds{seconds};
    return true;
}

}  // namespace

std::optional<options> read_options(std::vector<std::string_view> const& words, std::string& fault) {
    options o;
    unsigned idle_minutes = 20;
    std::string notification;
    auto const text = [](std::string& to) {
        return [&to](std::string_view value) { return to = value, !value.empty(); };
    };
    auto const number = [](auto& to, unsigned least, unsigned most) {
        return [&to, least, most](std::string_view value) { return read_number(value, least, most, to); };
    };
    struct {
        std::string_view name;
        std::function<bool(std::string_view)> read;
        std::string_view wants;
    } const known[] = {
        {"--state", text(o.device.folder), "a folder"},
        {"--address", text(o.server.address), "an address"},
        {"--port", number(o.server.port, 0, 65'535), "a port from 0 to 65535"},
        {"--machines",
         [&](std::string_view value) { return read_number(value, 0, 65'535, o.machines.emplace()); },
         "a port from 0 to 65535"},
        {"--pki", text(o.device.trust), "a folder"},
        {"--certificate", text(o.certificate), "a file"},
        {"--key", text(o.key), "a file"},
        {"--name", text(o.words.name), "a name"},
        {"--use-notification", text(notification), "a file"},
        {"--sessions", number(o.device.gate.sessions, 1, sallyport::house_options{}.places),
         "a number from 1 to 128"},
        {"--from-one-place",
         [&](std::string_view value) { return read_lane(value, o.device.gate.lanes.account_and_source); },
         "so many at once, and one more in so many seconds: 5/14400"},
        {"--idle-minutes", number(idle_minutes, 0, 127),
         "a number of minutes from 0 to 127"},  // PLCnext's own range
        {"--hash-memory", number(o.device.hashing.cost.memory_kib, 1, 1U << 21), "a number of KiB"},
        {"--hash-passes", number(o.device.hashing.cost.passes, 1, 1000), "a number of passes"},
    };
    for (std::size_t i = 0; i < words.size(); i += 2) {
        auto const* const option = std::find_if(std::begin(known), std::end(known),
                                                [&](auto const& k) { return k.name == words[i]; });
        if (option == std::end(known))
            fault = fmt::format("unknown option '{}'", words[i]);
        else if (i + 1 == words.size() || !option->read(words[i + 1]))
            fault = fmt::format("{} wants {}", words[i], option->wants);
        if (!fault.empty()) return std::nullopt;
    }
    o.device.gate.idle = std::chrono::minutes{idle_minutes};
    if (o.device.folder.empty()) o.device.folder = default_folder();
    if (o.device.folder.empty()) fault = "--state is missing, and neither STATE_DIRECTORY nor HOME is set";
    if (o.certificate.empty() != o.key.empty()) fault = "--certificate and --key come together";
    if (!notification.empty()) {
        constexpr std::size_t longest = 4096;
        if (auto said = sallyport::read_file(notification, longest))
            o.words.notification = std::move(*said);
        else
            fault = said.error().to_string();
    }
    if (fault.empty()) fault = o.device.hashing.fault();
    return fault.empty() ? std::optional{std::move(o)} : std::nullopt;
}

}  // namespace wbm
