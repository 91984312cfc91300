// SPDX-License-Identifier: BSL-1.0
// sallyport-story: a controller's login path at work. Starts the WBM with fresh accounts in a folder of this
// run, does over HTTPS what people would do in their browsers, and tells of it; then a connector meets a
// broker for the first time. Exit code 0: everything was as told. --serve: the pages stay up until a
// signal comes, and that is 0. A signal before is 128 and its number. Nothing is left behind.
#include "device.hpp"
#include "first_contact.hpp"
#include "narrator.hpp"
#include "person.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace {

using story::answer;
using story::narrator;
using story::person;

constexpr std::string_view same_words = "Name or password is wrong.";

std::vector<story::demo_account> fresh_accounts() {
    std::vector<story::demo_account> all{{"olga", "Admin", {}},
                                         {"ben", "SecurityAuditor", {}},
                                         {"amira", "Engineer", {}},
                                         {"karim", "Engineer", {}}};
    for (auto& a : all) a.password = story::fresh_password();
    return all;
}

void introduce(int port, std::vector<story::demo_account> const& accounts) {
    fmt::print(
        "The pages are up at https://127.0.0.1:{}/ (with a certificate of their own making).\nThe accounts "
        "of this run:\n",
        port);
    for (auto const& a : accounts) fmt::print("  {:<8} {:<16} {}\n", a.name, a.role, a.password);
}

/// HTML's escapes, undone.
std::string plain(std::string text) {
    for (auto const& [escaped, c] :
         {std::pair{"&#39;", "'"}, {"&quot;", "\""}, {"&lt;", "<"}, {"&gt;", ">"}, {"&amp;", "&"}})
        for (std::size_t at = 0; (at = text.find(escaped, at)) != std::string::npos; ++at)
            text.replace(at, std::string_view{escaped}.size(), c);
    return text;
}

/// Lines of the log page, oldest first: time, and what happened.
std::vector<std::string> log_lines(std::string const& page) {
    std::vector<std::string> lines;
    answer rest{.body = page};
    for (std::size_t at = 0; (at = rest.body.find("class=\"when\">")) != std::string::npos;) {
        rest.body.erase(0, at);
        std::string const when = rest.between("class=\"when\">", "</td>");
        lines.push_back(fmt::format("{}  {}", when.size() > 13 ? when.substr(when.find(", ") + 2, 8) : when,
                                    plain(rest.between("<p>", "</p>"))));
        rest.body.erase(0, 1);
    }
    std::reverse(lines.begin(), lines.end());
    return lines;
}

class the_story {
public:
    the_story(int port, std::vector<story::demo_account> const& accounts, narrator& n)
        : port_{port}, accounts_{accounts}, tell_{n} {}

    void walk() {
        people_at_work();
        somebody_guesses();
        the_right_one_too_early();
        on_her_own_browser();
        meanwhile_a_role_is_missing();
        meanwhile_the_house_is_full();
        meanwhile_an_administrator_helps();
        meanwhile_a_machine_knows_no_better();
        the_delay_runs_out();
        what_the_log_says();
    }

private:
    [[nodiscard]] std::string const& password(std::string_view name) const {
        return std::find_if(accounts_.begin(), accounts_.end(), [&](auto const& a) { return a.name == name; })
            ->password;
    }
    void logs_in(person& who) {
        answer const a = who.login(password(who.name()));
        tell_.tell(fmt::format("{} logs in: {}.", who.name(), a.status == 303 ? "admitted" : "refused"),
                   a.status == 303);
    }

    /// It runs from the first of three wrong ones, which takes its time.
    [[nodiscard]] static bool about_ten_seconds(std::int64_t ms) { return ms > 7000 && ms <= 10'000; }

    void people_at_work() {
        tell_.chapter("People at work");
        logs_in(olga_);
        logs_in(amira_);
        logs_in(ben_);
    }

    void somebody_guesses() {
        tell_.chapter("Somebody guesses amira's password");
        person stranger{"a stranger", port_};
        for (std::string_view const which : {"a first", "a second"}) {
            answer const a = stranger.login("amira", fmt::format("guess work, {} one", which));
            tell_.tell(fmt::format("{} wrong one: {}, \"{}\"", which, a.status, same_words),
                       a.status == 401 && a.says(same_words) && a.delay_ms() == 0);
        }
        answer const third = stranger.login("amira", "guess work, a third one");
        tell_.tell(fmt::format("a third: the same words, and now a delay of {} ms runs", third.delay_ms()),
                   third.status == 401 && third.says(same_words) && about_ten_seconds(third.delay_ms()));
        answer const nobody = stranger.login("nobody by that name", "guess work");
        tell_.tell("a name that nobody has: the same words again",
                   nobody.status == 401 && nobody.says(same_words));
    }

    void the_right_one_too_early() {
        tell_.chapter("amira herself, at another desk in the same place");
        answer const early = other_desk_.login(password("amira"));
        open_at_ = narrator::clock::now() + std::chrono::milliseconds{early.delay_ms()};
        tell_.tell(fmt::format("her right password during the delay: {}, not even looked at; {} ms to go "
                               "(Retry-After: {})",
                               early.status, early.delay_ms(), early.retry_after_s),
                   early.status == 429 && about_ten_seconds(early.delay_ms()) &&
                       early.retry_after_s == (early.delay_ms() + 999) / 1000);
        answer const again = other_desk_.login(password("amira"));
        tell_.tell(fmt::format("too early changes nothing: {} ms to go", again.delay_ms()),
                   again.status == 429 && again.delay_ms() <= early.delay_ms());
        answer const page = amira_.get("/");
        tell_.tell("her session that was open goes on", page.status == 200 && page.says("Your session"));
    }

    void on_her_own_browser() {
        tell_.chapter("amira, at the browser that she has logged in from before");
        (void)amira_.act("/", "/logout", {});
        answer const in = amira_.login(password("amira"));
        tell_.tell("she logs out, and in again: admitted at once, whatever strangers do",
                   in.status == 303 && amira_.get("/").says("Your session"));
    }

    void meanwhile_a_role_is_missing() {
        tell_.chapter("Meanwhile: a role that is missing");
        answer const log = ben_.get("/log"), users = ben_.get("/users"), engineer = amira_.get("/log");
        tell_.tell(fmt::format("ben, an auditor, reads the log: {}", log.status), log.status == 200);
        tell_.tell(
            fmt::format("the users are not his affair: {}, \"Your roles do not allow this.\"", users.status),
            users.status == 403 && users.says("Your roles do not allow this."));
        tell_.tell(fmt::format("amira, an engineer, may read neither: {}", engineer.status),
                   engineer.status == 403);
    }

    void meanwhile_the_house_is_full() {
        tell_.chapter("Meanwhile: the house is full");
        auto const set_maximum = [&](std::string const& n) {
            return olga_.act("/sessions", "/sessions/maximum", {{"maximum", n}});
        };
        std::string const page = olga_.get("/sessions").body;
        std::string const open = answer{.body = page}.between("<p class=\"lead\">", " of ");
        tell_.tell(fmt::format("olga sets the maximum of sessions to the {} that are open", open),
                   set_maximum(open).status == 303);
        answer const full = karim_.login(password("karim"));
        tell_.tell(
            fmt::format("karim's right password: {}, \"As many sessions are open as are allowed at once.\"",
                        full.status),
            full.status == 503 && full.says("As many sessions are open as are allowed at once."));
        tell_.tell("olga sets it back to 32", set_maximum("32").status == 303);
        tell_.tell("karim logs in: a full house cost him no penalty",
                   karim_.login(password("karim")).status == 303);
    }

    void meanwhile_an_administrator_helps() {
        tell_.chapter("Meanwhile: karim mistypes, and the administrator helps");
        person desk{"karim", port_};
        answer last;
        for (char const* const slip : {"a slip", "a slipp", "a slip."}) last = desk.login(slip);
        tell_.tell(fmt::format("three wrong ones: a delay of {} ms", last.delay_ms()),
                   about_ten_seconds(last.delay_ms()));
        answer const list = olga_.get("/penalties");
        tell_.tell("olga sees it in the list of penalties", list.says("<bdi>karim</bdi>"));
        answer const cleared = olga_.act("/penalties", "/penalties/clear", {{"user", "karim"}});
        tell_.tell("she clears it", cleared.status == 303);
        tell_.tell("karim logs in, at once", desk.login(password("karim")).status == 303);
    }

    void meanwhile_a_machine_knows_no_better() {
        tell_.chapter("Meanwhile: a machine that nobody told of karim's new password");
        person machine{"a machine", port_};
        answer last;
        for (int i = 0; i < 6; ++i, std::this_thread::sleep_for(std::chrono::milliseconds{300}))
            last = machine.login("karim", "the one of last year");
        tell_.tell("it repeats the old one six times: refused, and nobody has to wait because of it",
                   last.status == 401 && last.delay_ms() == 0);
        tell_.tell("karim logs in meanwhile, at a desk beside it",
                   person{"karim", port_}.login(password("karim")).status == 303);
        answer const list = olga_.get("/penalties");
        std::string const which = plain(list.between("<p>A client ", "</p>"));
        tell_.remark("\u201cA client " + which + "\u201d");
        tell_.tell(
            "olga reads which machine it is, and how often it comes",
            which.find("at wbm from 127.0.0.1 sends one wrong password again and again, every 0.") == 0);
    }

    void the_delay_runs_out() {
        tell_.chapter("The delay runs out");
        tell_.wait_until(open_at_, "amira waits");
        answer const in_time = other_desk_.login(password("amira"));
        tell_.tell("amira's right password, now that it is time: admitted", in_time.status == 303);
        tell_.tell("what strangers have guessed stays counted: 34 a day, and no more",
                   olga_.get("/penalties").says("<bdi>amira</bdi>"));
    }

    void what_the_log_says() {
        tell_.chapter("What the log says of amira, as ben reads it (UTC)");
        auto const lines = log_lines(ben_.get("/log?user=amira").body);
        for (std::string const& line : lines) tell_.remark(line);
        auto const told = [&](std::string_view words) {
            return std::any_of(lines.begin(), lines.end(),
                               [&](auto const& l) { return l.find(words) != std::string::npos; });
        };
        tell_.tell("it names the reason and the delay in milliseconds, and no password",
                   told("a penalty delay of ") && told(" ms runs from now") && told(" ms is running") &&
                       told("'amira' was admitted") && told("'amira' is paired with a device") &&
                       !told("guess work") && !told(password("amira")));
    }

    int port_;
    std::vector<story::demo_account> const& accounts_;
    narrator& tell_;
    person olga_{"olga", port_}, ben_{"ben", port_}, amira_{"amira", port_}, other_desk_{"amira", port_},
        karim_{"karim", port_};
    narrator::clock::time_point open_at_{};
};

/// What is told, from the first chapter to the last: the exit code.
int tell_all(std::string const& here, std::string const& folder, int port,
             std::vector<story::demo_account> const& accounts) {
    narrator tell;
    the_story{port, accounts, tell}.walk();
    story::first_contact{here, folder, tell}.walk();
    fmt::print("\n{} in {:.0f} s.\n",
               tell.wrong() == 0 ? "Everything was as told,"
                                 : fmt::format("{} things were NOT as told,", tell.wrong()),
               tell.seconds());
    return tell.wrong() == 0 ? 0 : 1;
}

int fails(std::exception const& e) {
    fmt::print(stderr, "sallyport-story: {}\n", e.what());
    return 1;
}

int run(bool serve) {
    story::interruption const no_sooner_than_asked;
    std::string const here = std::filesystem::read_symlink("/proc/self/exe").parent_path().string();
    if (sodium_init() < 0) throw std::runtime_error{"libsodium did not start"};
    auto const accounts = fresh_accounts();
    story::folder const folder;
    story::make_accounts(folder.path(), accounts);
    story::device device{here + "/sallyport-wbm", folder.path()};
    if (serve) introduce(device.port(), accounts);
    story::errand telling{[&] {
        try {
            return tell_all(here, folder.path(), device.port(), accounts);
        } catch (std::exception const& e) { return fails(e); }
    }};
    if (int const signal = telling.wait(); signal != 0) return 128 + signal;
    if (!serve) return telling.code();
    introduce(device.port(), accounts);
    fmt::print("Ctrl-C ends them.\n");
    (void)std::fflush(stdout);
    if (device.serve() == 0) throw std::runtime_error{"the pages have ended by themselves"};
    return 0;  // as announced, whatever was told
}

}  // namespace

int main(int argc, char** argv) {
    bool const serve = argc == 2 && std::string_view{argv[1]} == "--serve";
    if (argc > 1 && !serve) {
        fmt::print(stderr, "usage: sallyport-story [--serve]\n");
        return 2;
    }
    try {
        return run(serve);
    } catch (std::exception const& e) { return fails(e); }
}
