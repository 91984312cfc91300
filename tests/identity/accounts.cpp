// SPDX-License-Identifier: BSL-1.0
#include <sallyport/identity/accounts.hpp>

#include "people.hpp"
#include "support/catch.hpp"

#include <atomic>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

using namespace sallyport;
using namespace sallyport::identity;
using namespace people;

using people_file = accounts<counting_hasher, role::role_table>;
static_assert(verifier<people_file> && folds_names<people_file> && knows_names<people_file> &&
              knows_changes<people_file>);
static_assert(std::is_copy_constructible_v<people_file>, "the gate holds one, the host another");

namespace {

constexpr std::string_view plant = R"(
[[account]]
name = "Amira"
roles = ["Engineer"]
password = "plain$2$valve-7"

[[account]]
name = "bo"
password = "plain$2$valve-7"
disabled = true

[[account]]
name = "cleo"
roles = ["Admin"]
essential = true
must_change_password = true
password = "plain$2$initial"

[[account]]
name = "dora"
roles = ["Service"]
password = "plain$2$valve-7"
not_before = 2026-03-01T00:00:00Z
not_after = 2026-09-01T00:00:00Z

[[account]]
name = "olga"
roles = ["Viewer"]
password = "plain$1$valve-7"
)";

struct house {
    folder f{};
    std::string path = f.with(plant);
    counting_hasher hasher{};
    people_file of;
    explicit house(accounts_options o = small_house())
        : of{*open_accounts(path, hasher, role::plcnext_roles, o)} {}

    [[nodiscard]] answer asks(std::string_view user, std::string_view password,
                              instant now = at(some_day)) const {
        return of.verify(by(user, password), now);
    }
    void becomes(std::string_view text) const { (void)f.with(text); }
};

}  // namespace

TEST_CASE("the right password brings the account's roles", "[identity][accounts]") {
    house const h;
    auto const said = h.asks("amira", "valve-7");
    REQUIRE(admitted(said));
    auto const& who = std::get<principal>(said);
    CHECK(who.is == name{"Amira"});  // the directory's spelling
    CHECK(who.roles == role::plcnext_roles.set({"Engineer"}));
    CHECK(who.marks == 0);
    for (std::string_view const spelt : {"Amira", "AMIRA", " amira", "amira  "})
        CHECK(admitted_as(h.asks(spelt, "valve-7"), who));
}

TEST_CASE("whoever must change his password comes in with no role", "[identity][accounts]") {
    house const h;
    auto const said = h.asks("cleo", "initial");
    REQUIRE(admitted(said));
    CHECK(std::get<principal>(said).roles.empty());
    CHECK(std::get<principal>(said).marked(principal::must_change_password));
    CHECK(std::get<principal>(said).marked(principal::essential));
}

TEST_CASE("every attempt costs one hash of the same cost, whatever the name", "[identity][accounts]") {
    house const h;
    std::string const long_password(128, 'x'), too_long(129, 'x'), megabyte(1 << 20, 'x'), long_name(65, 'a');
    struct {
        std::string_view user, password;
        reason because;
    } const attempts[] = {
        {"amira", "valve-7", reason::none},
        {"amira", "wrong", reason::invalid_credentials},
        {"amira", "", reason::invalid_credentials},
        {"amira", long_password, reason::invalid_credentials},
        {"amira", too_long, reason::malformed_attempt},
        {"amira", megabyte, reason::malformed_attempt},
        {"nobody", "valve-7", reason::unknown_account},
        {"nobody", "", reason::unknown_account},
        {"nobody", "\x01nobody", reason::unknown_account},  // even what the dummy would take
        {"bo", "valve-7", reason::account_disabled},
        {"bo", "wrong", reason::account_disabled},
        {"", "", reason::malformed_attempt},  // as the gate asks for a malformed attempt
        {"", "valve-7", reason::malformed_attempt},
        {"  ", "valve-7", reason::malformed_attempt},
        {"am\nira", "valve-7", reason::malformed_attempt},
        {"amira\xff", "valve-7", reason::malformed_attempt},
        {long_name, "valve-7", reason::malformed_attempt},
    };
    for (auto const& [user, password, because] : attempts) {
        CAPTURE(user, password.size());
        int const before = h.hasher.done->hashes;
        CHECK(why(h.asks(user, password)) == because);
        CHECK(h.hasher.done->hashes == before + 1);
        CHECK(h.hasher.done->last_cost == 2);
        CHECK(h.hasher.done->last_size ==
              std::min<std::size_t>(password.size(), 128));  // the same bytes go in
    }
    CHECK(h.of.hashing()->free() == 2);
}

TEST_CASE("the first and the last nanosecond of an account count as valid", "[identity][accounts]") {
    house const h;
    instant const first = at(std::chrono::sys_days{std::chrono::year{2026} / 3 / 1});
    instant const last = at(std::chrono::sys_days{std::chrono::year{2026} / 9 / 1});
    auto const shifted = [](instant t, nanoseconds by_) { return t.wall += by_, t; };
    CHECK(why(h.asks("dora", "valve-7", shifted(first, -1ns))) == reason::account_not_yet_valid);
    CHECK(admitted(h.asks("dora", "valve-7", first)));
    CHECK(admitted(h.asks("dora", "valve-7", last)));
    CHECK(why(h.asks("dora", "valve-7", shifted(last, 1ns))) == reason::account_expired);
    CHECK(why(h.asks("dora", "wrong", shifted(last, 1ns))) == reason::account_expired);
}

TEST_CASE("while the clock is not set dates wait, unless the host says otherwise", "[identity][accounts]") {
    instant const in_1970 = at(std::chrono::sys_seconds{}, false);
    house const lenient;
    CHECK(admitted(lenient.asks("dora", "valve-7", in_1970)));
    CHECK(admitted(lenient.asks("amira", "valve-7", in_1970)));
    CHECK(why(lenient.asks("bo", "valve-7", in_1970)) == reason::account_disabled);

    auto o = small_house();
    o.on_unset_clock = unset_clock::refuse_dated;
    house const strict{o};
    CHECK(why(strict.asks("dora", "valve-7", in_1970)) == reason::account_not_yet_valid);
    CHECK(admitted(strict.asks("amira", "valve-7", in_1970)));  // nobody without dates is locked out
}

TEST_CASE("other credentials are refused, and nothing is hashed for them", "[identity][accounts]") {
    house const h;
    for (proof_kind const k : {proof_kind::none, proof_kind::certificate, proof_kind::token}) {
        attempt a = by("amira", "valve-7");
        a.shown.kind = k;
        CHECK(why(h.of.verify(a, at(some_day))) == reason::invalid_credentials);
        CHECK_FALSE(people_file::takes(k));
    }
    CHECK(h.hasher.done->hashes == 0);
    CHECK(people_file::takes(proof_kind::password));
}

TEST_CASE("without a permit nothing is tested", "[identity][accounts]") {
    house const h;
    auto const one = h.of.hashing()->acquire(elsewhere),
               two = h.of.hashing()->acquire(elsewhere, asker::proven);
    for (std::string_view const user : {"amira", "nobody", "bo", ""})
        CHECK(withheld(h.asks(user, "valve-7")));
    CHECK_FALSE(h.of.hash(secret{"a new one"}));
    CHECK(h.hasher.done->hashes == 0);
}

TEST_CASE("without memory nothing is tested, and no permit is lost", "[identity][accounts]") {
    house const h;
    h.hasher.done->no_memory = true;
    for (std::string_view const user : {"amira", "nobody", "bo", ""})
        CHECK(withheld(h.asks(user, "valve-7")));
    h.hasher.done->no_memory = false, h.hasher.done->throws = true;
    for (std::string_view const user : {"amira", "nobody", "bo", ""})
        CHECK_THROWS_AS(h.asks(user, "valve-7"), std::bad_alloc);
    CHECK(h.of.hashing()->free() == 2);
    h.hasher.done->throws = false;
    CHECK(admitted(h.asks("amira", "valve-7")));
}

TEST_CASE("a directory knows its names, however they are spelt, and since when", "[identity][accounts]") {
    house h;
    CHECK(h.of.account_key(" AMIRA ") == name{"amira"});
    CHECK_FALSE(h.of.account_key(""));
    CHECK_FALSE(h.of.account_key("a\tb"));
    CHECK(h.of.account_key("nobody") == name{"nobody"});

    auto const epoch = h.of.knows(name{"amira"});
    REQUIRE(epoch);
    CHECK(*epoch != 0);
    CHECK(h.of.knows(name{"Amira"}) == epoch);
    CHECK_FALSE(h.of.knows(name{"nobody"}));
    CHECK_FALSE(h.of.knows(name{}));
    CHECK(h.of.knows(name{"bo"}));  // disabled, and on file all the same

    std::string text{plant};
    text.insert(text.find("valve-7\"") + 7, "!");
    h.becomes(text);
    CHECK_FALSE(h.of.reload());
    CHECK(h.of.knows(name{"amira"}) != epoch);
    CHECK(house{}.of.knows(name{"amira"}) == epoch);  // the same hash, the same epoch, after a restart too
}

TEST_CASE("an open session is told what has become of its account", "[identity][accounts]") {
    house h;
    auto const amira = std::get<principal>(h.asks("amira", "valve-7"));
    auto const cleo = std::get<principal>(h.asks("cleo", "initial"));
    auto const dora = std::get<principal>(h.asks("dora", "valve-7"));
    CHECK(admitted_as(h.of.current(amira, at(some_day)), amira));

    h.becomes(R"(
        [[account]]
        name = "amira"
        roles = ["Viewer"]
        password = "plain$2$valve-7"
        [[account]]
        name = "cleo"
        roles = ["Admin"]
        password = "plain$2$a new one"
        [[account]]
        name = "dora"
        disabled = true
        password = "plain$2$valve-7"
    )");
    CHECK(admitted_as(h.of.current(amira, at(some_day)), amira));  // not before it is read
    CHECK_FALSE(h.of.reload());
    CHECK(std::get<principal>(h.of.current(amira, at(some_day))).roles ==
          role::plcnext_roles.set({"Viewer"}));
    CHECK(std::get<principal>(h.of.current(cleo, at(some_day))).roles ==
          role::plcnext_roles.set({"Admin"}));  // changed it
    CHECK(why(h.of.current(dora, at(some_day))) == reason::account_disabled);

    h.becomes("");
    CHECK_FALSE(h.of.reload());
    CHECK(why(h.of.current(amira, at(some_day))) == reason::account_changed);
}

TEST_CASE("an account's last day ends its sessions", "[identity][accounts]") {
    house const h;
    auto const dora = std::get<principal>(h.asks("dora", "valve-7"));
    CHECK(why(h.of.current(dora, at(std::chrono::sys_days{std::chrono::year{2027} / 1 / 1}))) ==
          reason::account_expired);
    CHECK(admitted(h.of.current(dora, at(std::chrono::sys_days{std::chrono::year{2027} / 1 / 1}, false))));
}

TEST_CASE("a file at fault changes nothing", "[identity][accounts]") {
    house h;
    auto const epoch = h.of.knows(name{"amira"});
    for (std::string_view const text : {"[[account]]\nname = \"amira\"\n", "nonsense",
                                        "[[account]]\nname = \"x\"\npassword = \"plain$9$x\"\n"}) {
        h.becomes(text);
        auto const no = h.of.reload();
        REQUIRE(no);
        CHECK(no->file == h.path);
        CHECK(no->line > 0);
        CHECK(h.of.size() == 5);
        CHECK(h.of.knows(name{"amira"}) == epoch);
        CHECK(admitted(h.asks("amira", "valve-7")));
    }
    std::filesystem::remove(h.path);
    auto const gone = h.of.reload();
    REQUIRE(gone);
    CHECK(gone->to_string() ==
          h.path + ": cannot be opened: No such file or directory; expected a file of accounts");
    CHECK(admitted(h.asks("amira", "valve-7")));
}

TEST_CASE("what cannot be opened is an error when the verifier is made", "[identity][accounts]") {
    folder const f;
    auto const made = [&](std::string const& path, accounts_options o = small_house(),
                          counting_hasher h = counting_hasher{}) {
        return open_accounts(path, h, role::plcnext_roles, o);
    };
    auto const said = [](auto const& m) { return m ? std::string{} : m.error().message; };
    CHECK(said(made(f.file("missing"))).find("cannot be opened") == 0);
    CHECK(said(made(f.at.string())).find("is no regular file") == 0);
    CHECK(said(made("/dev/null")).find("is no regular file") == 0);

    auto o = small_house();
    o.limits.file_bytes = 10;
    CHECK(said(made(f.with("# 12345678\n"), o)) == "is larger than 10 bytes; expected a file of accounts");
    CHECK(made(f.with("# 1234567\n"), o));
    CHECK(said(made(f.with(""), small_house(), counting_hasher{6})) == "counting_hasher: too dear");
    o = small_house();
    o.hashing.on.available_memory = 2047;
    CHECK(said(made(f.with(""), o)).find("more than half of the") != std::string::npos);
    CHECK(made(f.with("")));  // nobody is an account: everybody is refused
}

TEST_CASE("a file that was touched is stale until it is read, well or badly", "[identity][accounts]") {
    house h;
    CHECK_FALSE(h.of.stale());
    h.becomes("nonsense");
    CHECK(h.of.stale());
    CHECK(h.of.reload());
    CHECK_FALSE(h.of.stale());  // said once
    std::filesystem::remove(h.path);
    CHECK(h.of.stale());
    CHECK(h.of.reload());
    CHECK_FALSE(h.of.stale());
    h.becomes(plant);
    CHECK(h.of.stale());
    CHECK_FALSE(h.of.reload());
    CHECK_FALSE(h.of.stale());
}

TEST_CASE("accounts are listed, and those that another cost gives away", "[identity][accounts]") {
    house const h;
    auto const all = h.of.list();
    REQUIRE(all.size() == 5);
    CHECK(all[0].is == name{"Amira"});
    CHECK(all[1].disabled);
    CHECK((all[2].essential && all[2].must_change_password));
    CHECK((all[3].not_before && all[3].not_after));
    for (auto const& a : all) CHECK(a.other_cost == (a.is == name{"olga"}));
}

TEST_CASE("a login under another cost offers a hash of the present one, once", "[identity][accounts]") {
    house h;
    CHECK(why(h.asks("olga", "wrong")) == reason::invalid_credentials);
    CHECK(h.of.take_rehashed().empty());
    CHECK(h.hasher.done->hashes == 1);

    CHECK(admitted(h.asks("olga", "valve-7")));
    CHECK(h.hasher.done->hashes == 3);  // its own, and the new one
    CHECK(admitted(h.asks("olga", "valve-7")));
    CHECK(h.hasher.done->hashes == 4);  // it is on offer already
    auto const offer = h.of.take_rehashed();
    REQUIRE(offer.size() == 1);
    CHECK(offer[0].who == name{"olga"});
    CHECK(offer[0].was == "plain$1$valve-7");
    CHECK(offer[0].now == "plain$2$valve-7");
    CHECK(h.of.take_rehashed().empty());
    CHECK(admitted(h.asks("olga", "valve-7")));
    CHECK(h.of.take_rehashed().empty());  // a host that loses it is not asked again
    CHECK(admitted(h.asks("amira", "valve-7")));
    CHECK(h.of.take_rehashed().empty());

    auto o = small_house();
    o.on_other_cost = rehash::never;
    house never{o};
    CHECK(admitted(never.asks("olga", "valve-7")));
    CHECK(never.hasher.done->hashes == 1);
    CHECK(never.of.take_rehashed().empty());
}

TEST_CASE("an account that changes while its password is hashed is judged as it is then",
          "[identity][accounts]") {
    struct {
        std::string_view becomes;
        reason because;
        bool withheld, in;
    } const changes[] = {
        {"", reason::unknown_account, false, false},
        {"[[account]]\nname = \"amira\"\npassword = \"plain$2$valve-7\"\ndisabled = true\n",
         reason::account_disabled, false, false},
        {"[[account]]\nname = \"amira\"\npassword = \"plain$2$another\"\n", reason::none, true, false},
        {"[[account]]\nname = \"amira\"\npassword = \"plain$2$valve-7\"\nroles = [\"Viewer\"]\n",
         reason::none, false, true},
    };
    for (auto const& change : changes) {
        CAPTURE(change.becomes);
        house h;
        h.hasher.done->meanwhile = [&] {
            h.becomes(change.becomes);
            CHECK_FALSE(h.of.reload());
        };
        auto const said = h.asks("amira", "valve-7");
        CHECK(why(said) == change.because);
        CHECK(withheld(said) == change.withheld);
        REQUIRE(admitted(said) == change.in);
        if (change.in) CHECK(std::get<principal>(said).roles == role::plcnext_roles.set({"Viewer"}));
    }
    house h;  // a wrong one stays wrong, whatever became of the account
    h.hasher.done->meanwhile = [&] { h.becomes(""), (void)h.of.reload(); };
    CHECK(why(h.asks("amira", "wrong")) == reason::invalid_credentials);
}

TEST_CASE("logins and reloads do not disturb each other", "[identity][accounts][threads]") {
    accounts_options o = small_house();
    o.hashing.on.cores = 64;
    house const h{o};
    people_file copy = h.of;
    std::atomic<bool> done = false;
    std::atomic<int> wrong = 0;
    std::vector<std::thread> crowd;
    for (int i = 0; i < 4; ++i)
        crowd.emplace_back([&] {
            while (!done) {
                auto const said = h.asks("amira", "valve-7");
                auto const* const who = std::get_if<principal>(&said);
                // always one whole file: the Engineer of the one, the Viewer of the other, or nobody tested
                bool const whole = who != nullptr ? who->roles == role::plcnext_roles.set({"Engineer"}) ||
                                                        who->roles == role::plcnext_roles.set({"Viewer"})
                                                  : withheld(said);
                wrong += whole ? 0 : 1;
                wrong += h.of.knows(name{"amira"}) ? 0 : 1;
                wrong += h.of.list().empty() ? 1 : 0;
            }
        });
    crowd.emplace_back([&] {
        while (!done) (void)copy.take_rehashed(), (void)copy.stale();
    });
    std::string const other =
        "[[account]]\nname = \"amira\"\nroles = [\"Viewer\"]\npassword = \"plain$1$valve-7\"\n";
    for (int i = 0; i < 200; ++i) {
        std::string const fresh = h.f.with(i % 2 == 0 ? std::string_view{other} : plant, "fresh.toml");
        std::filesystem::rename(fresh, h.path);
        if (copy.reload()) ++wrong;
    }
    done = true;
    for (auto& t : crowd) t.join();
    CHECK(wrong == 0);
    CHECK(h.of.hashing()->free() == h.of.hashing()->count());
}

TEST_CASE("two verifiers can share their permits", "[identity][accounts]") {
    folder const f;
    auto const shared = permits::make(1024, small_house().hashing);
    REQUIRE(shared);
    auto const one =
        open_accounts(f.with("", "one"), counting_hasher{}, role::plcnext_roles, small_house(), *shared);
    auto const two =
        open_accounts(f.with("", "two"), counting_hasher{}, role::plcnext_roles, small_house(), *shared);
    REQUIRE((one && two));
    auto const a = one->hashing()->acquire(elsewhere), b = two->hashing()->acquire(elsewhere, asker::proven);
    CHECK((a && b));
    CHECK(withheld(one->verify(by("amira", "x"), at(some_day))));
}
