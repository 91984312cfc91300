// SPDX-License-Identifier: BSL-1.0
// sallyport-two-doors: an OPC UA server and a web server, two processes of one device, keep one penalty list
// and one count of sessions. Starts both, has people knock at either, and tells of it. Exit code 0:
// everything was as told.
#include "door.hpp"

#include <fmt/format.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include <sys/wait.h>
#include <unistd.h>

namespace {

/// A program of the device, and two pipes to talk to it.
class program {
public:
    program(std::string_view service, std::string const& segment) {
        std::array<int, 2> to{}, from{};
        if (pipe(to.data()) != 0 || pipe(from.data()) != 0) std::exit(2);
        std::fflush(nullptr);
        child_ = fork();
        if (child_ < 0) std::exit(2);
        if (child_ == 0) {
            (void)dup2(to[0], STDIN_FILENO), (void)dup2(from[1], STDOUT_FILENO);
            // Nothing of what this process has open: each end of a pipe has one holder.
            for (int fd = 3; fd < 64; ++fd) (void)close(fd);
            std::_Exit(two_doors::serve(service, segment));
        }
        (void)close(to[0]), (void)close(from[1]);
        in_ = fdopen(to[1], "w"), out_ = fdopen(from[0], "r");
        first_words_ = hear();
    }
    program(program const&) = delete;
    program& operator=(program const&) = delete;
    ~program() {
        (void)std::fclose(in_);  // and so it ends
        (void)std::fclose(out_);
        (void)waitpid(child_, nullptr, 0);
    }
    [[nodiscard]] std::string const& first_words() const { return first_words_; }
    std::string ask(std::string const& line) {
        (void)std::fprintf(in_, "%s\n", line.c_str());
        (void)std::fflush(in_);
        return hear();
    }
    void die() { (void)kill(child_, SIGKILL); }

private:
    std::string hear() {
        std::array<char, 256> line{};
        if (std::fgets(line.data(), static_cast<int>(line.size()), out_) == nullptr) return "(nothing)";
        std::string words{line.data()};
        while (!words.empty() && words.back() == '\n') words.pop_back();
        return words;
    }
    pid_t child_ = -1;
    std::FILE* in_ = nullptr;
    std::FILE* out_ = nullptr;
    std::string first_words_;
};

int wrong = 0;
void tell(std::string_view words, bool as_told, std::string const& answer) {
    wrong += as_told ? 0 : 1;
    fmt::print("  {} {}{}\n", as_told ? "✓" : "✗ NOT AS TOLD:", words, as_told ? "" : " (" + answer + ")");
}
void expect(program& of, std::string const& line, std::string_view answer, std::string_view words) {
    std::string const said = of.ask(line);
    bool const as_told = said.substr(0, answer.size()) == answer;
    auto const wait = said.rfind(' ');
    tell(as_told && answer.substr(0, 7) == "penalty" ? fmt::format("{} ({} s)", words, said.substr(wait + 1))
                                                     : std::string{words},
         as_told, said);
}

void the_story(std::string const& segment) {
    fmt::print("\nTwo programs, one device: an OPC UA server and a web server share {}\n", segment);
    std::optional<program> opcua;
    opcua.emplace("opcua", segment);
    program wbm{"wbm", segment};
    tell("the OPC UA server is up", opcua->first_words() == "ready", opcua->first_words());
    tell("the web server is up, and finds the segment made", wbm.first_words() == "ready", wbm.first_words());

    for (std::string_view const nth : {"first", "second", "third"})
        expect(*opcua, "login amira open sesame", "invalid_credentials",
               fmt::format("OPC UA: amira's {} wrong password", nth));
    expect(wbm, "login amira valve-7 opens", "penalty_delay_active",
           "web: the right one is refused all the same, and she is told how long to wait");
    expect(*opcua, "login ben pump-3 hums", "admitted", "OPC UA: ben is let in; nobody's penalty is his");
    expect(wbm, "open", "1", "web: one session is open on the device");
    expect(wbm, "login olga crown jewels", "admitted", "web: olga, the administrator, logs in");
    expect(wbm, "clear amira", "cleared", "web: she clears amira's penalty");
    expect(*opcua, "login amira valve-7 opens", "admitted", "OPC UA: amira is let in at once");
    expect(wbm, "open", "3", "web: three sessions are open");

    expect(*opcua, "arrive ben pump-3 hums", "at the door",
           "OPC UA: ben comes once more, and while he is asked …");
    opcua->die();
    opcua.reset();
    fmt::print("  … the OPC UA server is killed (signal 9)\n");
    expect(wbm, "tick", "done", "web: looks after what the dead have left");
    expect(wbm, "open", "1", "web: the two sessions of the OPC UA server are over, olga's is not");
    program again{"opcua", segment};
    tell("the OPC UA server is up again", again.first_words() == "ready", again.first_words());
    expect(again, "login ben pump-3 hums", "admitted", "OPC UA: ben is let in");
    expect(wbm, "open", "2", "web: two sessions are open");
}

}  // namespace

int main() {
    std::string folder = "/dev/shm/sallyport-two-doors-XXXXXX";
    if (mkdtemp(folder.data()) == nullptr) {
        std::perror("/dev/shm");
        return 2;
    }
    (void)std::signal(SIGPIPE, SIG_IGN);
    std::string const segment = folder + "/gate";
    the_story(segment);
    (void)unlink(segment.c_str());
    (void)unlink((segment + ".keys").c_str());
    (void)rmdir(folder.c_str());
    if (wrong == 0)
        fmt::print("  Everything was as told.\n");
    else
        fmt::print("  Not as told: {}\n", wrong);
    return wrong == 0 ? 0 : 1;
}
