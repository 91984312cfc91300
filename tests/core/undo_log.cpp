// SPDX-License-Identifier: BSL-1.0
#include "support/catch.hpp"

#include <sallyport/core/undo_log.hpp>

#include <cstddef>
#include <random>
#include <vector>

namespace {

using sallyport::undo_log;
using sallyport::word;

/// Words, and a log of what stood there.
struct ledger_of_words {
    explicit ledger_of_words(std::size_t words, std::size_t entries)
        : is(words), log(undo_log::words_for(entries)), undo{log.data(), entries, is.data(), words} {}
    void put(std::size_t at, word w) { undo.remember(&is[at]), is[at] = w; }
    /// As an heir comes to it: with the words and the log, and with nothing that the dead one knew.
    undo_log heir() { return {log.data(), (log.size() - undo_log::words_for(0)) / 2, is.data(), is.size()}; }
    ledger_of_words(ledger_of_words const&) = delete;
    ledger_of_words& operator=(ledger_of_words const&) = delete;
    std::vector<word> is, log;
    undo_log undo;
};

TEST_CASE("an heir puts back what was not committed, newest first", "[core][undo_log]") {
    ledger_of_words all{4, 8};
    all.put(0, 1);
    all.undo.commit();
    all.put(0, 2), all.put(1, 3), all.put(0, 4), all.put(0, 5);
    auto heir = all.heir();
    CHECK(heir.pending());
    CHECK(heir.roll_back());
    CHECK(all.is == std::vector<word>{1, 0, 0, 0});
    CHECK_FALSE(heir.pending());
    CHECK(heir.roll_back());  // nothing is left to do
    CHECK(all.is == std::vector<word>{1, 0, 0, 0});
}

TEST_CASE("what is committed stands", "[core][undo_log]") {
    ledger_of_words all{4, 8};
    all.put(2, 7);
    all.undo.commit();
    CHECK_FALSE(all.heir().pending());
    CHECK(all.heir().roll_back());
    CHECK(all.is[2] == 7);
}

TEST_CASE("a log that is full has no way back, until a commit", "[core][undo_log]") {
    ledger_of_words all{4, 2};
    all.put(0, 1), all.put(1, 1);
    CHECK(all.heir().roll_back());  // just enough
    CHECK(all.is == std::vector<word>{0, 0, 0, 0});
    ledger_of_words more{4, 2};
    more.put(0, 1), more.put(1, 1), more.put(2, 1);
    CHECK(more.heir().pending());
    CHECK_FALSE(more.heir().roll_back());
    CHECK(more.is == std::vector<word>{1, 1, 1, 0});
    more.undo.commit();
    CHECK(more.heir().roll_back());
    more.put(3, 1);
    CHECK(more.heir().roll_back());
    CHECK(more.is == std::vector<word>{1, 1, 1, 0});
}

TEST_CASE("a log that somebody else has written is followed no further than it may lead",
          "[core][undo_log]") {
    ledger_of_words all{4, 4};
    std::mt19937_64 dice{7};
    for (int round = 0; round < 1000; ++round) {
        for (word& w : all.log) w = dice() % 3 == 0 ? dice() : dice() % 6;
        (void)all.heir().roll_back();  // a sanitizer sees what it touches
    }
    CHECK(all.is.size() == 4);
    all.log.assign(all.log.size(), 0);
    CHECK_FALSE(all.heir().pending());
}

TEST_CASE("wherever its owner dies, all stands there as at the last commit", "[core][undo_log]") {
    std::mt19937 dice{3};
    for (int round = 0; round < 300; ++round) {
        ledger_of_words all{16, 64};
        std::vector<word> committed = all.is;
        for (auto steps = dice() % 200; steps > 0; --steps) {
            if (dice() % 8 == 0) {
                all.undo.commit();
                committed = all.is;
            } else if (all.log[0] < 64) {
                all.put(dice() % 16, dice());
            }
        }
        REQUIRE(all.heir().roll_back());
        REQUIRE(all.is == committed);
    }
}

}  // namespace
