// SPDX-License-Identifier: BSL-1.0
#include "support/catch.hpp"

#include <sallyport/core/fixed_table.hpp>
#include <sallyport/core/text.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <unordered_map>
#include <vector>

namespace {

using sallyport::blueprint;
using sallyport::fixed_table;
using sallyport::name;
using sallyport::region;
using sallyport::word;

template <class Key, class Value>
struct laid_out {
    explicit laid_out(std::uint32_t capacity) {
        blueprint plan;
        table.attach(plan, "table/1", capacity);
        words.assign(plan.words(), 0);
        blueprint hand_out{region{words.data()}, {1, 2}};
        table.attach(hand_out, "table/1", capacity);
    }
    fixed_table<Key, Value> table{};
    std::vector<word> words;
};
using numbers = laid_out<word, word>;

/// A table and a plain map are given the same, and must agree after each step. `hash` says where a key goes.
template <class Hash>
std::string disagreement(std::uint32_t capacity, word keys, unsigned seed, Hash hash, int steps) {
    numbers here{capacity};
    auto& t = here.table;
    std::unordered_map<word, word> model;
    std::mt19937_64 dice{seed};
    for (int step = 0; step < steps; ++step) {
        word const k = dice() % keys, v = dice();
        switch (dice() % 8) {
            case 0:
            case 1:
            case 2:
            case 3: {
                bool const stored = t.store(hash(k), k, v);
                if (stored != (model.contains(k) || model.size() < capacity)) return "store";
                if (stored) model[k] = v;
                break;
            }
            case 4:
            case 5:
                t.erase(hash(k), k);
                model.erase(k);
                break;
            case 6:
                if (auto const n = t.locate(hash(k), k); n != 0) {
                    t.replace(n, v);
                    if (!model.contains(k)) return "locate";
                    model[k] = v;
                }
                break;
            default: break;
        }
        auto const found = t.find(hash(k), k);
        if (found.has_value() != model.contains(k) || (found && *found != model[k])) return "find";
        if (t.size() != model.size()) return "size";
        if (step % 64 != 0) continue;
        std::size_t seen = 0;
        for (std::uint32_t i = 0; i < t.used(); ++i)
            if (auto const e = t.at(i)) {
                ++seen;
                if (!model.contains(e->key) || model[e->key] != e->value) return "at";
            }
        if (seen != model.size()) return "at, all in all";
    }
    return {};
}

TEST_CASE("a table holds what a map would hold, until it is full", "[core][fixed_table]") {
    numbers const key{1};
    auto const keyed = [&](word k) { return key.table.hash(k); };
    for (unsigned seed = 0; seed < 20; ++seed)
        for (std::uint32_t const capacity : {1U, 2U, 3U, 7U, 16U, 100U}) {
            CAPTURE(seed, capacity);
            CHECK(disagreement(capacity, capacity + 3, seed, keyed, 2000).empty());
            CHECK(disagreement(capacity, capacity * 4, seed, keyed, 2000).empty());
        }
}

TEST_CASE("a table holds what a map would hold, also where hashes collide", "[core][fixed_table]") {
    for (unsigned seed = 0; seed < 20; ++seed) {
        CAPTURE(seed);
        CHECK(disagreement(
                  16, 24, seed, [](word) { return word{0}; }, 2000)
                  .empty());  // one bucket, one hash
        CHECK(disagreement(
                  16, 24, seed, [](word k) { return k << 1; }, 2000)
                  .empty());  // one bucket
        CHECK(disagreement(
                  16, 24, seed, [](word k) { return k % 3 << 60; }, 2000)
                  .empty());  // three hashes
        CHECK(disagreement(
                  16, 24, seed, [](word k) { return ~word{0} - k; }, 2000)
                  .empty());  // the last bucket
    }
}

TEST_CASE("a full table says no to whom it does not know, and changes nothing", "[core][fixed_table]") {
    laid_out<name, word> here{2};
    auto& t = here.table;
    auto const put = [&](name const& n, word v) { return t.store(t.hash(n), n, v); };
    auto const get = [&](name const& n) { return t.find(t.hash(n), n); };
    CHECK(put("amira", 1));
    CHECK(put("bo", 2));
    auto const before = here.words;
    CHECK_FALSE(put("chen", 3));
    CHECK(here.words == before);
    CHECK(put("amira", 4));  // whoever is in may change
    CHECK(get("amira") == word{4});
    CHECK(get("chen") == std::nullopt);
    t.erase(t.hash("bo"), "bo");
    CHECK(put("chen", 3));
    CHECK(get("chen") == word{3});
    CHECK(t.size() == 2);
}

TEST_CASE("what is erased leaves neither name nor value behind", "[core][fixed_table]") {
    laid_out<name, word> here{4};
    auto& t = here.table;
    REQUIRE(t.store(t.hash("amira"), "amira", 0xabcdef));
    t.erase(t.hash("amira"), "amira");
    for (word const w : here.words) {
        CHECK(w != 0xabcdef);
        CHECK(w != as_words(name{"amira"})[0]);
    }
    CHECK(t.at(0) == std::nullopt);
    t.erase(t.hash("amira"), "amira");  // twice does no harm
    CHECK(t.size() == 0);
}

TEST_CASE("zeroed words are an empty table, of the capacity asked for", "[core][fixed_table]") {
    numbers here{8};
    CHECK(here.table.size() == 0);
    CHECK(here.table.used() == 0);
    CHECK(here.table.capacity() == 8);
    CHECK(here.table.find(here.table.hash(3), 3) == std::nullopt);
    CHECK(numbers{0}.table.capacity() == 1);  // none at all would divide by it
}

TEST_CASE("a torn chain hangs no look-up", "[core][fixed_table]") {
    numbers here{4};
    auto& t = here.table;
    for (word k = 0; k < 4; ++k) REQUIRE(t.store(k << 1, k, k));  // all in one bucket
    // What a broken disk or a stray write might leave: links that lead round in a circle, or out of the
    // table.
    for (word const torn :
         {word{0x00000001'00000001}, word{0x00000002'00000002}, ~word{0}, word{0xffff0000'00000005}}) {
        auto const sound = here.words;
        constexpr std::size_t first = 2, width = 4;
        for (std::size_t slot = 0; slot < 4; ++slot) here.words[first + slot * width] = torn;
        CHECK(t.find(9 << 1, 9) == std::nullopt);
        here.words = sound;
    }
    CHECK(t.find(0, 0) == word{0});
}

// ---- in a segment that others write to -----------------------------------------------------------------

/// The same, in words that several processes share.
struct shared_numbers {
    explicit shared_numbers(std::uint32_t capacity) {
        blueprint plan;
        table.attach(plan, "table/1", capacity);
        words.assign(plan.words(), 0);
        log.assign(sallyport::undo_log::words_for(plan.logged()), 0);
        undo = sallyport::undo_log{log.data(), plan.logged(), words.data(), words.size()};
        blueprint hand_out{region{words.data(), &undo}, {1, 2}};
        table.attach(hand_out, "table/1", capacity);
        for (auto const& c : hand_out.caretakers()) care = c;
    }
    shared_numbers(shared_numbers const&) = delete;
    shared_numbers& operator=(shared_numbers const&) = delete;
    void store(word k, word v) {
        (void)table.store(table.hash(k), k, v);
        undo.commit();
    }
    void erase(word k) {
        table.erase(table.hash(k), k);
        undo.commit();
    }
    std::vector<word> words, log;
    sallyport::undo_log undo;
    fixed_table<word, word> table{};
    sallyport::caretaker care{};
};

TEST_CASE("a table that nobody else has written to is sound, whatever was done to it",
          "[core][fixed_table]") {
    shared_numbers here{32};
    REQUIRE(here.care.mend != nullptr);
    std::mt19937_64 dice{5};
    for (int i = 0; i < 4000; ++i) {
        word const k = dice() % 48;
        if (dice() % 2 == 0)
            here.store(k, dice());
        else
            here.erase(k);
        if (!here.table.sound()) FAIL("unsound after " << i << " steps");
    }
    CHECK_FALSE(here.care.mend(here.care.of));
}

TEST_CASE("wherever its owner dies, the heir finds the table as it was", "[core][fixed_table]") {
    shared_numbers here{16};
    std::mt19937_64 dice{9};
    for (word k = 0; k < 12; ++k) here.store(k, k);
    for (int round = 0; round < 2000; ++round) {
        std::vector<std::optional<word>> before;
        for (word k = 0; k < 24; ++k) before.push_back(here.table.find(here.table.hash(k), k));
        for (auto steps = dice() % 4; steps > 0; --steps) {
            word const k = dice() % 24;
            if (dice() % 2 == 0)
                (void)here.table.store(here.table.hash(k), k, dice());
            else
                here.table.erase(here.table.hash(k), k);
        }
        if (dice() % 2 == 0) {
            here.undo.commit();
            continue;
        }
        REQUIRE(here.undo.roll_back());
        REQUIRE(here.table.sound());
        bool same = true;
        for (word k = 0; k < 24; ++k)
            same = same && here.table.find(here.table.hash(k), k) == before[static_cast<std::size_t>(k)];
        REQUIRE(same);
    }
}

TEST_CASE("mended, a table keeps what its slots say, and is sound", "[core][fixed_table]") {
    shared_numbers here{16};
    for (word k = 0; k < 12; ++k) here.store(k, 100 + k);
    for (word k = 0; k < 4; ++k) here.erase(k);
    here.words[0] = ~word{0};  // where the free slots are
    here.words[1] = 16;        // how many are taken
    CHECK_FALSE(here.table.sound());
    CHECK(here.care.mend(here.care.of));
    CHECK(here.table.sound());
    CHECK(here.table.size() == 8);
    for (word k = 4; k < 12; ++k) CHECK(here.table.find(here.table.hash(k), k) == 100 + k);
    for (word k = 20; k < 28; ++k) {
        here.store(k, k);
        CHECK(here.table.find(here.table.hash(k), k) == k);  // no slot has leaked
    }
    CHECK(here.table.size() == 16);
}

TEST_CASE("bits turned at random bring no table down, and leak no slot", "[core][fixed_table]") {
    std::mt19937_64 dice{11};
    for (int round = 0; round < 300; ++round) {
        shared_numbers here{16};
        for (int i = 0; i < 60; ++i) {
            word const k = dice() % 24;
            if (dice() % 3 == 0)
                here.erase(k);
            else
                here.store(k, k);
            if (dice() % 4 == 0)
                here.words[static_cast<std::size_t>(dice() % here.words.size())] ^= word{1} << dice() % 64;
            (void)here.table.value(static_cast<std::uint32_t>(dice()));
            here.table.replace(static_cast<std::uint32_t>(dice() | 64), 7);
            (void)here.table.at(static_cast<std::uint32_t>(dice()));
            (void)here.table.size(), (void)here.table.used();
        }
        (void)here.care.mend(here.care.of);
        REQUIRE(here.table.sound());
        for (word k = 0; k < 24; ++k) here.erase(k);
        // What is left are keys that the bits made up; there is a slot for each of the rest.
        auto const left = 16 - here.table.size();
        for (word k = 0; k < left; ++k) {
            here.store(k, k);
            REQUIRE(here.table.find(here.table.hash(k), k) == k);
        }
    }
}

}  // namespace
