// SPDX-License-Identifier: BSL-1.0
#include <sallyport/core/options.hpp>
#include <sallyport/identity/password_policy.hpp>

#include "people.hpp"
#include "support/catch.hpp"

#include <array>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

using namespace sallyport;
using namespace sallyport::identity;

namespace {

findings found(std::string_view password, std::string_view user = "amira", password_policy_options o = {}) {
    return password_policy{o}.check(secret{password}, user);
}
bool fine(std::string_view password, password_policy_options o = {}) {
    return found(password, "amira", o).empty();
}

}  // namespace

// Its options are a literal type: the compiler can be asked whether they can be.
static_assert(password_policy{valid(password_policy_options{.classes = 3})}.fault().empty());

TEST_CASE("a password has twelve characters at least, however many bytes they take",
          "[identity][password_policy]") {
    CHECK(found("kfhw mzu qpd").empty());
    CHECK(found("kfhw mzu qp").has(weakness::too_short));
    CHECK(found("äöüßéèêëñçåæ").empty());  // 12 characters, 24 bytes
    CHECK(found("äöüßéèêëñçå").has(weakness::too_short));
    CHECK(found("").has(weakness::too_short));
    CHECK(fine("x7!q", {.shortest = 4}));
    CHECK(found("x7!", "amira", {.shortest = 4}).has(weakness::too_short));
}

TEST_CASE("a password has 128 bytes at most, and no more of it is looked at", "[identity][password_policy]") {
    std::string s;
    for (int i = 0; s.size() < 128; ++i) s += static_cast<char>('a' + i * 7 % 26);
    CHECK(found(s).empty());
    auto const long_one = found(s + "x");
    CHECK(long_one.has(weakness::too_long));
    CHECK(long_one.size() == 1);
    CHECK(found(std::string(1 << 20, 'a')).has(weakness::too_long));
    CHECK(found("kfhw mzu qpd!", "amira", {.longest = 12}).has(weakness::too_long));
}

TEST_CASE("what cannot be typed everywhere is no password", "[identity][password_policy]") {
    for (std::string_view const s :
         {"kfhw mzu qpd\n", "kfhw mzu qpd\x7f", "kfhw mzu qpd\xff", "\xc3kfhw mzu qpd"})
        CHECK(found(s).has(weakness::not_text));
}

TEST_CASE("the commonest are found in their usual disguises", "[identity][password_policy]") {
    for (std::string_view const s : {
             "password1234",    "Password2024!", "P@ssw0rd2024!", "PASSWORDPASSWORD",  "1q2w3e4r5t6y",
             "1qaz2wsx3edc",    "qwertyuiop12",  "administrator", "Adm1n1strat0r",     "AdminAdmin123",
             "changeme!!!!",    "!!!welcome!!!", "letmein12345",  "iloveyou2024",      "Sommer2024!!",
             "plcnext12345",    "PLCnext-2024!", "siemens12345",  "simatic!2345",      "maintenance1",
             "passwordadmin",   "WelcomeAdmin1", "L3tm31n!2024",  "trustno1trustno1",  "adminadminadmin",
             "123password123",  "Passwort1234",  "$ecret123456",  "passwordpasswordX", "P@sswordadminx",
             "administratorx1", "passwordpassé",
         }) {
        CAPTURE(s);
        CHECK(found(s).has(weakness::common));
    }
    for (std::string_view const s : {
             "correct horse battery staple",
             "kfhw mzu qpd",
             "valve seven drips",
             "passwordless systems",
             "administrative delay",
             "X9-tulpe/regen=blau",
             "blue turbine waits",
             "administer the pump",
             "Zw3i Esel lachen",
             "passwordadminxy",
         }) {
        CAPTURE(s);
        CHECK(found(s).empty());
    }
    CHECK_FALSE(found("password1234", "amira", {.refuse_common = false}).has(weakness::common));
}

TEST_CASE("a host brings words of its own", "[identity][password_policy]") {
    static constexpr std::array<std::string_view, 2> ours{"acmeworks", "kessel"};
    CHECK(fine("Acmeworks2024"));
    CHECK(found("Acmeworks2024", "amira", {.also_common = ours}).has(weakness::common));
    CHECK(found("K3ssel-K3ssel", "amira", {.also_common = ours}).empty());
    CHECK(found("K3sselK3ssel!", "amira", {.also_common = ours}).has(weakness::common));
    CHECK(found("kesselpassword", "amira", {.also_common = ours}).has(weakness::common));
}

TEST_CASE("a password that repeats itself, or runs along, is none", "[identity][password_policy]") {
    for (std::string_view const s :
         {"aaaaaaaaaaaa", "abababababab", "xyzqxyzqxyzq", "123412341234", "123456789012", "210987654321",
          "abcdefghijklm", "zyxwvutsrqpo", "112233445566", "............", "abc123abc123", "hunter2hunter2",
          "Valve-7valve-7", "valve-7valve-7val", "kfhwmzuqpdrkfhwmzuqpdr"}) {
        CAPTURE(s);
        CHECK(found(s).has(weakness::repetitive));
    }
    CHECK_FALSE(found("kfhw mzu qpd").has(weakness::repetitive));
    // A piece that would be long enough by itself may come twice, and one that comes once is no repetition.
    CHECK_FALSE(found("kfhwmzuqpdrskfhwmzuqpdrs").has(weakness::repetitive));
    CHECK_FALSE(found("valve-7valve-").has(weakness::repetitive));
    CHECK(found("x7!qx7!q", "amira", {.shortest = 5}).has(weakness::repetitive));
    CHECK_FALSE(found("x7!qx7!q", "amira", {.shortest = 4}).has(weakness::repetitive));
    CHECK(found("x7!qx7!qx7!q", "amira", {.shortest = 4}).has(weakness::repetitive));
}

TEST_CASE("a password that walks over the keyboard is none", "[identity][password_policy]") {
    for (std::string_view const s :
         {"1234567890ab", "zaq12wsxcde3", "qazwsxedcrfv", "ZAQ!zaq1xsw2", "1234qwerasdf", "qaywsxedcrfv",
          "azertyqsdfgh", "0okm9ijn8uhb", "abcdefghijkx", "abc567rewxyz", "poiu7890vbnm", "ppp999hhhccc"}) {
        CAPTURE(s);
        CHECK(found(s).has(weakness::repetitive));
    }
    // Three characters and more on the average, not two; and words are no walks.
    for (std::string_view const s : {"abc567rewxym", "qwmzqwmzplxn", "deserted weeds", "sweater stewardesses",
                                     "first reed", "poppy hill", "x7 kfhw 1234 mz", "änderungßöüä"}) {
        CAPTURE(s);
        CHECK_FALSE(found(s).has(weakness::repetitive));
    }
    CHECK_FALSE(found("").has(weakness::repetitive));
    CHECK(fine("qazwsxedcrfv", {.refuse_common = false}));
}

TEST_CASE("the account's name does not stand in its password", "[identity][password_policy]") {
    CHECK(found("xx-aMiRa-9431-q").has(weakness::holds_name));
    CHECK(found("xx-amir-9431-q").empty());
    CHECK(found("xx-amir4-9431-q").has(weakness::holds_name));  // the usual substitutions hide nothing
    CHECK(found("4m1ra!!!plant77").has(weakness::holds_name));
    CHECK(found("xx-@M|R@-9431-q").has(weakness::holds_name));
    CHECK(found("xx-4rm1n-9431-q").empty());
    CHECK(found("kx-a1i5a-9431-q", "alisa").has(weakness::holds_name));
    CHECK(found("kx-us3r7-9431-q", "user7").has(weakness::holds_name));
    CHECK(found("kx-user8-9431-q", "user7").empty());
    CHECK(found("xx-amira-9431-q", "bo").empty());
    CHECK(found("a robot bores on", "bo").empty());  // two letters stand in too many words
    CHECK(found("a robot bores on", "bor").has(weakness::holds_name));
    CHECK(found("xx-amira-9431-q", "").empty());
    CHECK(found("xx-amira-9431-q", " AMIRA ").has(weakness::holds_name));
}

TEST_CASE("kinds of characters are asked for by hosts that must", "[identity][password_policy]") {
    struct {
        std::string_view password;
        unsigned classes;
    } const has[] = {
        {"kfhwmzuqpdrt", 1}, {"kfhwmzuqPdrt", 2}, {"kfhwmzuqPdr7", 3},
        {"kfhwmz uqPd7", 4}, {"kfhwmzuqpdré", 2},
    };
    for (auto const& [password, classes] : has) {
        CAPTURE(password);
        CHECK(fine(password));
        CHECK(fine(password, {.classes = classes}));
        if (classes < 4)
            CHECK(found(password, "amira", {.classes = classes + 1}).has(weakness::too_few_classes));
    }
}

TEST_CASE("a password does not come back", "[identity][password_policy]") {
    people::counting_hasher const h;
    std::vector<std::string> const had{"plain$2$valve seven drips", "plain$1$valve six drips"};
    password_policy const p;
    CHECK(p.check(secret{"valve seven drips"}, "amira", had, h).has(weakness::used_before));
    CHECK(p.check(secret{"valve six drips"}, "amira", had, h).has(weakness::used_before));
    CHECK(p.check(secret{"valve eight drips"}, "amira", had, h).empty());
    CHECK(p.check(secret{"valve eight drips"}, "amira", {}, h).empty());
    int const before = h.done->hashes;
    CHECK(p.check(secret{std::string_view{std::string(129, 'x')}}, "amira", had, h).size() == 1);
    CHECK(h.done->hashes == before);  // nothing is hashed of what is too long
}

TEST_CASE("options that contradict each other are said", "[identity][password_policy]") {
    CHECK(password_policy_options{}.fault().empty());
    CHECK_FALSE(password_policy_options{.shortest = 0}.fault().empty());
    CHECK_FALSE(password_policy_options{.longest = 129}.fault().empty());
    CHECK(password_policy_options{.shortest = 128}.fault().empty());
    CHECK_FALSE(password_policy_options{.shortest = 65, .longest = 64}.fault().empty());
    CHECK_FALSE(password_policy_options{.classes = 5}.fault().empty());
}

TEST_CASE("findings are kept once, in their order, each with a sentence", "[identity][password_policy]") {
    findings f;
    CHECK(f.empty());
    for (weakness const w :
         {weakness::used_before, weakness::too_short, weakness::too_short, weakness::common})
        f.add(w);
    CHECK(std::vector<weakness>(f.begin(), f.end()) ==
          std::vector{weakness::too_short, weakness::common, weakness::used_before});
    std::set<std::string_view> said;
    for (int w = 0; w <= static_cast<int>(weakness::used_before); ++w)
        said.insert(explain(static_cast<weakness>(w)));
    CHECK(said.size() == 8);
    CHECK_FALSE(said.contains(""));
}

TEST_CASE("the list is what it says it is", "[identity][password_policy]") {
    REQUIRE(common_passwords.front() == ' ');
    REQUIRE(common_passwords.back() == ' ');
    std::istringstream words{std::string{common_passwords}};
    std::size_t n = 0;
    for (std::string w; words >> w; ++n)
        CHECK(std::all_of(w.begin(), w.end(),
                          [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }));
    CHECK(n > 900);
}
