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

}  // namespace
