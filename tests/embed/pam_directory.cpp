// SPDX-License-Identifier: BSL-1.0
// tests/embed/pam_directory.cpp — PAM itself, with service files of our own in a folder of our own.
#include "support/catch.hpp"

#include <pam_directory.hpp>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;
namespace sp = sallyport;
using sp::reason;

/// A folder of service files, each with one stack; gone with it.
class pam_folder {
public:
    pam_folder() {
        std::string name = (std::filesystem::temp_directory_path() / "sallyport-pam-XXXXXX").string();
        if (mkdtemp(name.data()) == nullptr) throw std::runtime_error{"no temporary folder"};
        at_ = name;
    }
    pam_folder(pam_folder const&) = delete;
    pam_folder& operator=(pam_folder const&) = delete;
    ~pam_folder() { std::filesystem::remove_all(at_); }

    /// A directory over a stack of these lines.
    embed::pam_directory stack(std::string const& lines, embed::pam_options o = {}) {
        std::ofstream{at_ / "tested"} << lines;
        o.service = "tested";
        o.folder = at_.string();
        return embed::pam_directory{std::move(o)};
    }
    /// A stack whose one module hands the password to a command, and lets in whomever that lets in.
    embed::pam_directory command(std::string const& body) {
        auto const script = at_ / "command";
        std::ofstream{script} << "#!/bin/sh\n" << body << '\n';
        std::filesystem::permissions(script, std::filesystem::perms::owner_all);
        return stack("auth required pam_exec.so quiet expose_authtok " + script.string() +
                     "\naccount required pam_permit.so\n");
    }

private:
    std::filesystem::path at_;
};

std::string const anybody = "auth required pam_permit.so\naccount required pam_permit.so\n";
// pam_exec ends the password with a zero.
std::string const only_amira = R"sh([ "$PAM_USER" = amira ] && [ "$(tr -d '\0')" = "open sesame" ])sh";

sp::attempt knock(std::string_view user, std::string_view password) {
    return {
        .user = user, .shown = sp::credential::password(password), .source = sp::address::from("192.0.2.7")};
}
std::optional<sp::principal> admitted(sp::answer const& a) {
    auto const* const who = std::get_if<sp::principal>(&a);
    return who != nullptr ? std::optional{*who} : std::nullopt;
}
/// Why not; `none` for a principal, `try_again_later` for an unavailable directory.
reason refused(sp::answer const& a) {
    if (std::holds_alternative<sp::unavailable>(a)) return reason::try_again_later;
    auto const* const no = std::get_if<sp::denial>(&a);
    return no != nullptr ? no->why : reason::none;
}

TEST_CASE("whom the stack lets in is let in, under the name that was asked", "[embed][pam]") {
    pam_folder folder;
    auto const who = admitted(folder.stack(anybody).verify(knock("amira", "open sesame"), {}));
    REQUIRE(who);
    CHECK(who->is == "amira");
    CHECK(who->roles.empty());
    CHECK(who->marks == 0);
}

TEST_CASE("the stack gets the very password, and a wrong one is a failure", "[embed][pam]") {
    pam_folder folder;
    auto const people = folder.command(only_amira);
    CHECK(admitted(people.verify(knock("amira", "open sesame"), {})));
    CHECK(refused(people.verify(knock("amira", "open sesame "), {})) == reason::invalid_credentials);
    CHECK(refused(people.verify(knock("bo", "open sesame"), {})) == reason::invalid_credentials);
}

TEST_CASE("PAM is asked for the name that penalties are kept against", "[embed][pam]") {
    pam_folder folder;
    auto const who = admitted(folder.command(only_amira).verify(knock(" AMIRA ", "open sesame"), {}));
    REQUIRE(who);
    CHECK(who->is == "amira");
}

TEST_CASE("what the stack answers has its reason", "[embed][pam]") {
    struct answer {
        std::string auth, acct;
        reason why;
    };
    auto const a = GENERATE(values<answer>({
        {"auth_err", "success", reason::invalid_credentials},
        {"maxtries", "success", reason::invalid_credentials},
        {"perm_denied", "success", reason::invalid_credentials},
        {"user_unknown", "success", reason::unknown_account},
        {"acct_expired", "success", reason::account_expired},
        {"authinfo_unavail", "success", reason::try_again_later},
        {"success", "success", reason::none},
        {"success", "acct_expired", reason::account_expired},
        {"success", "perm_denied", reason::account_disabled},
        {"success", "user_unknown", reason::unknown_account},
        {"success", "authinfo_unavail", reason::try_again_later},
        {"success", "auth_err", reason::invalid_credentials},
    }));
    CAPTURE(a.auth, a.acct);
    pam_folder folder;
    auto const people = folder.stack("auth required pam_debug.so auth=" + a.auth + "\n" +
                                     "account required pam_debug.so acct=" + a.acct + "\n");
    CHECK(refused(people.verify(knock("amira", "open sesame"), {})) == a.why);
}

TEST_CASE("a stack that cannot be run is out of reach, not a wrong password", "[embed][pam]") {
    pam_folder folder;
    CHECK(refused(folder.stack("auth required pam_that_is_nowhere.so\n").verify(knock("amira", "x"), {})) ==
          reason::try_again_later);
}

TEST_CASE("whom a stack refuses without a question is refused like any other", "[embed][pam]") {
    // Else the answer told who is in the group that a stack asks for.
    auto const lines = GENERATE(as<std::string>(), "auth required pam_deny.so\n",
                                "auth required pam_debug.so auth=perm_denied\n", "");
    CAPTURE(lines);
    pam_folder folder;
    CHECK(refused(folder.stack(lines).verify(knock("amira", "x"), {})) == reason::invalid_credentials);
}

TEST_CASE("a system error after the password was heard is a failure: no guess comes for free",
          "[embed][pam]") {
    pam_folder folder;
    std::string const after = "account required pam_permit.so\n";
    CHECK(refused(folder.stack("auth required pam_debug.so auth=system_err\n" + after)
                      .verify(knock("amira", "x"), {})) == reason::try_again_later);
    CHECK(refused(folder.command("exit 1").verify(knock("amira", "x"), {})) == reason::invalid_credentials);
}

TEST_CASE("an expired password lets in to change it, with no role", "[embed][pam]") {
    pam_folder folder;
    embed::pam_options o;
    o.groups = {{"root", sp::role_set{}.with(0)}};
    auto const people =
        folder.stack("auth required pam_permit.so\naccount required pam_debug.so acct=new_authtok_reqd\n", o);
    auto const who = admitted(people.verify(knock("root", "open sesame"), {}));
    REQUIRE(who);
    CHECK(who->marked(sp::principal::must_change_password));
    CHECK(who->roles.empty());
}

TEST_CASE("who is in a group holds its roles, and no others", "[embed][pam]") {
    pam_folder folder;
    embed::pam_options o;
    o.groups = {{"root", sp::role_set{}.with(3)},
                {"there-is-no-such-group", sp::role_set{}.with(4)},
                {"daemon", sp::role_set{}.with(5)}};
    auto const people = folder.stack(anybody, o);
    auto const root = admitted(people.verify(knock("root", "x"), {}));
    REQUIRE(root);
    CHECK(root->roles == sp::role_set{}.with(3));
    auto const stranger = admitted(people.verify(knock("there-is-no-such-user", "x"), {}));
    REQUIRE(stranger);
    CHECK(stranger->roles.empty());
}

TEST_CASE("one question without echo is answered, a second one ends it", "[embed][pam]") {
    pam_folder folder;
    std::string const question = "auth required pam_stress.so\n", after = "account required pam_permit.so\n";
    CHECK(admitted(folder.stack(question + after).verify(knock("amira", "x"), {})));
    CHECK(refused(folder.stack(question + question + after).verify(knock("amira", "x"), {})) ==
          reason::invalid_credentials);
}

TEST_CASE("what a stack says is passed over", "[embed][pam]") {
    pam_folder folder;
    auto const people = folder.stack(
        "auth optional pam_echo.so Welcome\nauth required pam_stress.so\naccount required pam_permit.so\n");
    CHECK(admitted(people.verify(knock("amira", "x"), {})));
}

TEST_CASE("what PAM would cut or pass over is not even asked", "[embed][pam]") {
    pam_folder folder;
    auto const people = folder.stack(anybody);
    CHECK(refused(people.verify(knock("amira", "open sesame\0and more"s), {})) ==
          reason::invalid_credentials);
    CHECK(refused(people.verify(knock("amira", ""), {})) == reason::invalid_credentials);
    CHECK(refused(people.verify({.user = "amira", .shown = sp::credential::certificate("der")}, {})) ==
          reason::invalid_credentials);
}

TEST_CASE("a stack's own delay holds up no worker", "[embed][pam]") {
    pam_folder folder;
    auto const people =
        folder.stack("auth optional pam_faildelay.so delay=5000000\nauth required pam_deny.so\n");
    auto const began = std::chrono::steady_clock::now();
    CHECK(refused(people.verify(knock("amira", "x"), {})) == reason::invalid_credentials);
    CHECK(std::chrono::steady_clock::now() - began < 2s);
}

TEST_CASE("behind a gate: a directory out of reach costs nobody, three wrong passwords cost ten seconds",
          "[embed][pam]") {
    pam_folder folder;
    sp::authenticator down{sp::environment{},
                           folder.stack("auth required pam_debug.so auth=authinfo_unavail\n"),
                           sp::penalty::backoff{}};
    for (int i = 0; i < 10; ++i)
        CHECK(down.login(knock("amira", "open sesame")).error() == sp::denial{reason::try_again_later});

    sp::authenticator up{sp::environment{}, folder.command(only_amira), sp::penalty::backoff{}};
    CHECK(up.login(knock("amira", "open sesame")));
    CHECK(up.login(knock("amira", "1")).error().retry_after == 0s);
    CHECK(up.login(knock("Amira", "2")).error().retry_after == 0s);
    CHECK(up.login(knock("amira", "3")).error() == sp::denial{reason::invalid_credentials, 10s});
    CHECK(up.login(knock("amira", "open sesame")).error().why == reason::penalty_delay_active);
}

TEST_CASE("whom the name service knows is known, and nobody else", "[embed][pam]") {
    pam_folder folder;
    auto const people = folder.stack(anybody);
    CHECK(people.knows(sp::name{"root"}));
    CHECK(people.knows(sp::name{"daemon"}));
    CHECK(people.knows(sp::name{"root"}) == people.knows(sp::name{"root"}));
    CHECK_FALSE(people.knows(sp::name{"there-is-no-such-user"}));
    CHECK_FALSE(people.knows(sp::name{}));
    CHECK_FALSE(people.knows(sp::name{std::string(sizeof(sp::name), 'r')}));  // fills a name to its end
}

TEST_CASE("strangers' names may fill the table: an owner without a record is no newcomer", "[embed][pam]") {
    pam_folder folder;
    sp::authenticator gate{sp::environment{}, folder.stack(anybody), sp::penalty::backoff{}};
    // A password with a zero in it is wrong, and PAM is not even asked: quick.
    for (int i = 0; i < 4200; ++i) (void)gate.login(knock("stranger-" + std::to_string(i), "wrong\0"s));
    REQUIRE(gate.login(knock("newcomer", "right")).error().why ==
            reason::penalty_delay_active);  // they share one record
    CHECK(gate.login(knock("root", "right")));
    CHECK(gate.login(knock("daemon", "right")));
}

TEST_CASE("a malformed name costs PAM the same work, and gets in nowhere", "[embed][pam]") {
    pam_folder folder;
    sp::authenticator gate{sp::environment{}, folder.stack(anybody), sp::penalty::backoff{}};
    CHECK(gate.login(knock("am\nira", "open sesame")).error().why == reason::malformed_attempt);
    CHECK(gate.login(knock("", "open sesame")).error().why == reason::malformed_attempt);
}

}  // namespace
