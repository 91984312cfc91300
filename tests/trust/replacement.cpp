// SPDX-License-Identifier: BSL-1.0
#include <sallyport/trust/replacement.hpp>

#include "support/catch.hpp"
#include "support/folder.hpp"
#include "support/pki.hpp"

#include <sallyport/trust/directory.hpp>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

using namespace std::chrono_literals;
using sallyport::instant;
using sallyport::thumbprint;
namespace trust = sallyport::trust;

namespace {

constexpr auto day = 24h;

instant at(std::chrono::sys_seconds wall, std::chrono::nanoseconds steady = 1h) {
    return {.steady = steady, .wall = wall.time_since_epoch(), .wall_trusted = true};
}

/// A store where the old pump is trusted, and the new one knocks.
struct plant {
    support::folder folder;
    std::string root = folder.file("pki");
    pki::issued old = pki::application("Pump 7").serial(1).self_signed();
    pki::issued fresh = pki::application("Pump 7").serial(2).self_signed();

    plant() {
        REQUIRE_FALSE(trust::directory::create(root));
        auto store = open();
        REQUIRE_FALSE(store.add(*old.read(), trust::list::trusted));
        REQUIRE(
            store.reject(fresh.bytes(), "pump", {}, trust::status::certificate_untrusted, at(pki::today)));
    }
    [[nodiscard]] trust::directory open(trust::directory_options o = {}) const {
        auto store = trust::directory::open(root, trust::layout::annex_f, std::move(o));
        REQUIRE(store);
        return std::move(*store);
    }
    [[nodiscard]] bool trusts(trust::directory const& store, pki::issued const& c) const {
        return store.lists().get().lists->where(c.read()->print()).has(trust::list::trusted);
    }
    [[nodiscard]] std::optional<sallyport::load_error> replace(trust::directory& store,
                                                               instant const& now) const {
        return store.approve_in_place_of(old.read()->print(), fresh.read()->print(), now);
    }
    [[nodiscard]] std::string note() const { return support::text_of(root + "/.sallyport/replacements"); }
};

}  // namespace

TEST_CASE("both are trusted for thirty days, then the old one is not", "[trust][replacement]") {
    plant const p;
    auto store = p.open();
    REQUIRE_FALSE(p.replace(store, at(pki::today)));
    CHECK(p.trusts(store, p.old));
    CHECK(p.trusts(store, p.fresh));
    REQUIRE(store.replacements().size() == 1);
    CHECK(store.replacements()[0].until == (pki::today + 30 * day).time_since_epoch());

    store.tick(at(pki::today + 30 * day - 1s, 2h));
    CHECK(p.trusts(store, p.old));
    store.tick(at(pki::today + 30 * day, 3h));
    CHECK_FALSE(p.trusts(store, p.old));
    CHECK(p.trusts(store, p.fresh));
    auto const moved = store.find(p.old.read()->print());
    REQUIRE(moved);
    CHECK(moved->where == trust::place::rejected);  // nothing is lost
    CHECK(store.replacements().empty());
    CHECK(p.note().empty());
}

TEST_CASE("an old certificate that expires sooner ends sooner", "[trust][replacement]") {
    plant p;
    auto const brief = pki::application("Pump 7").serial(3).valid_until(pki::today + 5 * day).self_signed();
    auto store = p.open();
    REQUIRE_FALSE(store.add(*brief.read(), trust::list::trusted));
    REQUIRE_FALSE(store.approve_in_place_of(brief.read()->print(), p.fresh.read()->print(), at(pki::today)));
    REQUIRE(store.replacements().size() == 1);
    CHECK(store.replacements()[0].until == (pki::today + 5 * day).time_since_epoch());
}

TEST_CASE("a restart, or another process, keeps to it", "[trust][replacement]") {
    plant const p;
    {
        auto store = p.open();
        REQUIRE_FALSE(p.replace(store, at(pki::today)));
    }
    auto other = p.open();
    REQUIRE(other.replacements().size() == 1);
    other.tick(at(pki::today + 31 * day));
    CHECK_FALSE(p.trusts(other, p.old));
    auto third = p.open();
    CHECK_FALSE(p.trusts(third, p.old));
}

TEST_CASE("a store that cannot be written keeps to it as well", "[trust][replacement]") {
    plant const p;
    {
        auto store = p.open();
        REQUIRE_FALSE(p.replace(store, at(pki::today)));
    }
    auto reading = p.open({.writes = false});
    reading.tick(at(pki::today + 29 * day));
    CHECK(p.trusts(reading, p.old));
    auto const before = reading.lists().generation();
    reading.tick(at(pki::today + 31 * day, 2h));
    CHECK_FALSE(p.trusts(reading, p.old));
    CHECK(reading.lists().generation() > before);  // verdicts that were remembered are forgotten
    REQUIRE(reading.find(p.old.read()->print()));
    CHECK(reading.find(p.old.read()->print())->where == trust::place::trusted);  // nothing was moved
    CHECK_FALSE(p.note().empty());

    // What has ended stays ended, wherever the clock goes.
    reading.tick(at(pki::today, 3h));
    CHECK_FALSE(p.trusts(reading, p.old));
    CHECK_FALSE(reading.refresh());
    CHECK_FALSE(p.trusts(reading, p.old));
}

TEST_CASE("a clock that nobody set ends nothing, and begins nothing", "[trust][replacement]") {
    plant const p;
    auto store = p.open();
    instant unset = at(pki::today);
    unset.wall_trusted = false;
    auto const no = p.replace(store, unset);
    REQUIRE(no);
    CHECK(no->message.find("clock is not set") != std::string::npos);
    CHECK_FALSE(p.trusts(store, p.fresh));

    REQUIRE_FALSE(p.replace(store, at(pki::today)));
    instant later = at(pki::today + 31 * day);
    later.wall_trusted = false;
    store.tick(later);
    CHECK(p.trusts(store, p.old));
}

TEST_CASE("without its new certificate a replacement takes nothing away", "[trust][replacement]") {
    plant const p;
    auto store = p.open();
    REQUIRE_FALSE(p.replace(store, at(pki::today)));
    REQUIRE_FALSE(store.remove(p.fresh.read()->print()));
    store.tick(at(pki::today + 31 * day));
    CHECK(p.trusts(store, p.old));
}

TEST_CASE("to approve the old one anew takes its replacement back", "[trust][replacement]") {
    plant const p;
    auto store = p.open();
    REQUIRE_FALSE(p.replace(store, at(pki::today)));
    SECTION("before its end") {
        REQUIRE_FALSE(store.add(*p.old.read(), trust::list::trusted));
        CHECK(store.replacements().empty());
    }
    SECTION("after it") {
        store.tick(at(pki::today + 31 * day));
        REQUIRE_FALSE(p.trusts(store, p.old));
        REQUIRE_FALSE(store.approve(p.old.read()->print()));
    }
    SECTION("by the other way round") {
        REQUIRE_FALSE(
            store.approve_in_place_of(p.fresh.read()->print(), p.old.read()->print(), at(pki::today)));
        REQUIRE(store.replacements().size() == 1);
        CHECK(store.replacements()[0].old == p.fresh.read()->print());
    }
    store.tick(at(pki::today + 29 * day, 5h));
    CHECK(p.trusts(store, p.old));
}

TEST_CASE("what has ended and not been moved yet is in force again once it is approved anew",
          "[trust][replacement]") {
    plant const p;
    std::vector<trust::store_event> heard;
    auto store = p.open({.patience = std::chrono::milliseconds{0},
                         .hear = [&](trust::store_event const& e) { heard.push_back(e); }});
    REQUIRE_FALSE(p.replace(store, at(pki::today)));
    {
        auto const busy = sallyport::folder_lock::of(p.root + "/.", std::chrono::milliseconds{0});
        REQUIRE(busy);
        store.tick(at(pki::today + 31 * day));
        REQUIRE_FALSE(p.trusts(store, p.old));
        REQUIRE(store.find(p.old.read()->print())->where == trust::place::trusted);
    }
    auto const before = store.lists().generation();
    SECTION("here") {
        heard.clear();
        REQUIRE_FALSE(store.add(*p.old.read(), trust::list::trusted));
        REQUIRE_FALSE(heard.empty());
        CHECK(heard.back().what == trust::store_event::kind::changed);
        CHECK(heard.back().text == "what was replaced counts again");
    }
    SECTION("by another process") {
        auto other = p.open();
        REQUIRE_FALSE(other.add(*p.old.read(), trust::list::trusted));
        REQUIRE_FALSE(store.refresh());
    }
    CHECK(p.trusts(store, p.old));
    CHECK(p.trusts(store, p.fresh));
    CHECK(store.lists().generation() > before);  // verdicts that were remembered are forgotten
    store.tick(at(pki::today + 32 * day, 30h));
    CHECK(p.trusts(store, p.old));
    CHECK(store.replacements().empty());
}

TEST_CASE("a store for reading alone that was opened anew waits for its clock before anything has ended",
          "[trust][replacement]") {
    plant const p;
    {
        auto store = p.open();
        REQUIRE_FALSE(p.replace(store, at(pki::today)));
    }
    auto const then = at(pki::today + 31 * day);
    {
        auto reading = p.open({.writes = false});
        reading.tick(then);
        CHECK_FALSE(p.trusts(reading, p.old));
    }
    auto reading = p.open({.writes = false});
    instant unset = then;
    unset.wall_trusted = false;
    reading.tick(unset);
    CHECK(p.trusts(reading, p.old));
    reading.tick(then);
    CHECK_FALSE(p.trusts(reading, p.old));
}

TEST_CASE("only what is trusted can be replaced, and only by another", "[trust][replacement]") {
    plant const p;
    auto store = p.open();
    auto const old = p.old.read()->print(), fresh = p.fresh.read()->print();
    CHECK(store.approve_in_place_of(fresh, old, at(pki::today)));
    CHECK(store.approve_in_place_of(old, old, at(pki::today)));
    CHECK(store.approve_in_place_of(old, thumbprint{}, at(pki::today)));  // not among the rejected
    CHECK(store.replacements().empty());
    CHECK(p.trusts(store, p.old));
    CHECK_FALSE(p.trusts(store, p.fresh));
}

TEST_CASE("a note that makes no sense counts for nothing", "[trust][replacement]") {
    plant const p;
    auto const good = sallyport::trust::hex(p.old.read()->print().bytes) + " " +
                      sallyport::trust::hex(p.fresh.read()->print().bytes);
    {
        auto store = p.open();
        REQUIRE_FALSE(store.approve(p.fresh.read()->print()));
    }
    for (std::string const& text :
         {std::string{}, std::string{"nonsense\n"}, good + "\n", good + " \n", good + " x\n", good + " 1x\n",
          good + " 99999999999999999999999\n", "Z" + good.substr(1) + " 0\n",
          good.substr(0, 64) + " " + good.substr(0, 64) + " 0\n", std::string(600'000, 'a')}) {
        CAPTURE(text.substr(0, 200));
        std::ofstream{p.root + "/.sallyport/replacements", std::ios::trunc} << text;
        auto store = p.open();
        CHECK(store.replacements().empty());
        store.tick(at(pki::today));
        CHECK(p.trusts(store, p.old));
    }
    std::ofstream{p.root + "/.sallyport/replacements", std::ios::trunc} << "nonsense\n" << good << " 0\nmore";
    auto store = p.open();
    CHECK(store.replacements().size() == 1);
    store.tick(at(pki::today));
    CHECK_FALSE(p.trusts(store, p.old));
}

TEST_CASE("no more replacements are noted than are read again", "[trust][replacement]") {
    plant const p;
    {
        std::ofstream notes{p.root + "/.sallyport/replacements"};
        for (int i = 0; i < 1000; ++i)
            notes << sallyport::trust::hex(
                         sallyport::trust::sha256(sallyport::trust::as_bytes(std::to_string(i))).bytes)
                  << " " << sallyport::trust::hex(p.fresh.read()->print().bytes) << " 9000000000000000000\n";
    }
    auto store = p.open();
    REQUIRE(store.replacements().size() == 1000);
    auto const no = p.replace(store, at(pki::today));
    REQUIRE(no);
    CHECK(no->message.find("as many replacements as it may") != std::string::npos);
    CHECK_FALSE(p.trusts(store, p.fresh));
}
