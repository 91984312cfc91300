// SPDX-License-Identifier: BSL-1.0
// sallyport-connector: publishes readings to an MQTT broker, once both sides have come to trust each other.
#include "commands.hpp"
#include "options.hpp"
#include "publisher.hpp"

#include <sallyport/audit/line_log.hpp>
#include <sallyport/audit/to_stream.hpp>

#include <fmt/format.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <exception>
#include <iostream>
#include <span>
#include <string>
#include <string_view>

#include <poll.h>

namespace {

std::sig_atomic_t volatile stop_asked = 0;

bool can_be_read(int descriptor) {
    pollfd one{descriptor, POLLIN, 0};
    return descriptor >= 0 && ::poll(&one, 1, 0) > 0;
}

int run(connector::options options) {
    sallyport::audit::line_log log{sallyport::audit::to_stream{std::clog},
                                   {.component = "Connector", .column = 0}};
    auto made = connector::publisher::make(
        std::move(options), {.people =
                                 [](std::string_view words) {
                                     (void)std::fwrite(words.data(), 1, words.size(), stdout);
                                     (void)std::fflush(stdout);
                                 },
                             .audit = [&](sallyport::audit::event const& e) { log.record(e); }});
    if (!made) {
        fmt::print(stderr, "sallyport-connector: {}\n", made.error().to_string());
        return 1;
    }
    connector::publisher& at_work = **made;
    connector::commands from_people{STDIN_FILENO};
    while (stop_asked == 0 && !at_work.done()) {
        at_work.go_on(std::chrono::seconds{1}, from_people.descriptor());
        if (can_be_read(from_people.descriptor())) from_people.read();
        while (auto const command = from_people.next()) {
            if (*command == "retry now")
                at_work.retry_now();
            else if (*command == "quit")
                return 0;
            else if (!command->empty())
                fmt::print(R"(It takes "retry now" and "quit".{})", "\n");
        }
    }
    return 0;
}

}  // namespace

int main(int argc, char** argv) try {
    std::string fault;
    auto options = connector::read_options(std::span<char const* const>{argv + 1, argv + argc}, fault);
    if (options.help) {
        fmt::print("{}", connector::usage);
        return 0;
    }
    if (!fault.empty()) {
        fmt::print(stderr, "sallyport-connector: {}; sallyport-connector --help shows what there is\n",
                   fault);
        return 2;
    }
    struct sigaction stop {};
    stop.sa_handler = [](int) { stop_asked = 1; };
    (void)::sigaction(SIGINT, &stop, nullptr);
    (void)::sigaction(SIGTERM, &stop, nullptr);
    (void)std::signal(SIGPIPE, SIG_IGN);
    return run(std::move(options));
} catch (std::exception const& e) {
    fmt::print(stderr, "sallyport-connector: {}\n", e.what());
    return 1;
}
