// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/blueprint.hpp>
#include <sallyport/core/siphash.hpp>
#include <sallyport/core/text.hpp>
#include <sallyport/core/version.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

#include <fcntl.h>
#include <unistd.h>

namespace sallyport::inline v0 {
namespace detail {

using boot_id = text<40>;

/// Which boot of the device this is (a random number of the kernel's); empty where it cannot be read.
[[nodiscard]] inline boot_id this_boot() noexcept {
    boot_id id{};
    int const file = ::open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
    if (file < 0) return id;
    std::array<char, 36> bytes{};
    if (::read(file, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()))
        id = std::string_view{bytes.data(), bytes.size()};
    (void)::close(file);
    return id;
}

/// What two processes must agree on before they share a segment. Written once, by its maker.
struct layout {
    static constexpr word current_format = 1, byte_order = 0x0102030405060708;

    word format = current_format;
    word order = byte_order;
    text<16> release{version};
    boot_id boot{};
    word roles = 0, words = 0, logged = 0, plan = 0, aspects_used = 0;
    std::array<aspect, blueprint::most_aspects> aspects{};

    [[nodiscard]] static layout of(blueprint const& plan, word roles) noexcept {
        layout l;
        l.boot = this_boot();
        l.roles = roles;
        l.words = plan.words(), l.logged = plan.logged(), l.plan = plan.fingerprint();
        auto const& all = plan.aspects();
        l.aspects_used = all.size();
        std::copy(all.begin(), all.end(), l.aspects.begin());
        return l;
    }
    /// What differs from that of a segment, named; empty: nothing.
    [[nodiscard]] text<64> difference(layout const& theirs) const noexcept {
        if (theirs.order != order) return "endianness";
        if (theirs.format != format) return "version (format of the segment)";
        if (theirs.release != release) return "version";
        if (boot.empty() || theirs.boot != boot) return "boot id";
        if (theirs.roles != roles) return "role table";
        for (std::size_t i = 0; i < aspects_used; ++i)
            if (i >= theirs.aspects_used || theirs.aspects[i].what != aspects[i].what ||
                theirs.aspects[i].print != aspects[i].print)
                return aspects[i].what.view();
        if (theirs.aspects_used != aspects_used) return "plan (it has more guards)";
        if (theirs.words != words || theirs.logged != logged || theirs.plan != plan) return "plan";
        return {};
    }
};
static_assert(wordy<layout>);

/// What a segment begins with; behind it lie the undo log and the state.
struct segment_head {
    static constexpr word made_magic = 0x73706f7274676174, making_magic = 0x73706f72746d6b67,
                          broken_magic = 0x73706f727462726b;
    static constexpr std::size_t most_seats = 16;

    word made;  // last of all: a maker who died before left nothing that counts
    layout agreed;
    std::array<word, 2> instance;  // which keys belong to it
    word key_check;
    std::array<word, 8> apart;  // what is written seldom shares no cache line with what follows
    std::uint32_t lock, spare;
    word last_holder, rollbacks, broken;
    std::array<word, most_seats> seats;  // who sits there, or sat there last
};
static_assert(std::is_trivially_copyable_v<segment_head> && sizeof(segment_head) % sizeof(word) == 0);

}  // namespace detail
}  // namespace sallyport::inline v0
