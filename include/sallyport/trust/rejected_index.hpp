// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/address.hpp>
#include <sallyport/core/instant.hpp>
#include <sallyport/core/utf8.hpp>
#include <sallyport/trust/openssl.hpp>
#include <sallyport/trust/status.hpp>
#include <sallyport/trust/trust_list.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace sallyport::inline v0 {
namespace trust::detail {

/// What is known of a rejected certificate beside its bytes.
struct rejected_note {
    nanoseconds first{}, last{};  ///< wall clock
    std::uint64_t count = 0;
    status reason = status::good;  ///< good: nobody knows
    address source{};              ///< who showed it last …
    std::string peer{};
    address first_source{};  ///< … and first: the certificate stands to his account
};

/// The notes on disk: lines that are only ever appended, and are put together when they are read. A line that
/// is torn or makes no sense counts for nothing; whatever else stands there, not more is kept than there are
/// certificates.
///
///     <SHA-256> <first seen> <last seen> <how often more> <status> <source> <peer>
///     spent <day since 1970> <operations> <bytes>
///
/// The first line of a certificate is of the source that showed it first, whoever came after.
struct rejected_index {
    static constexpr std::size_t largest = std::size_t{1} << 20, longest_peer = 64, most = 4096;
    /// What was spent on so many days to come counts as today's: the clock was set back meanwhile. A clock
    /// that was further ahead was wrong, and what it has spent counts no more: else a store that once saw the
    /// year 2099 would have no budget until then.
    static constexpr std::int64_t days_ahead = 7;

    std::unordered_map<thumbprint, rejected_note, print_hash> notes{};
    struct spending {
        std::uint64_t operations = 0, bytes = 0;
    };
    std::int64_t day = 0;                     ///< since 1970, of which is asked …
    std::uint64_t operations = 0, bytes = 0;  ///< … what was spent on it, and on the days to come that count
    std::map<std::int64_t, spending> to_come{};  ///< on those alone

    [[nodiscard]] static rejected_index read(std::string_view text, std::int64_t day) {
        rejected_index all;
        all.day = day;
        while (!text.empty()) {
            auto const end = text.find('\n');
            if (end == std::string_view::npos) break;  // torn: the line that was being written
            all.take(text.substr(0, end));
            text.remove_prefix(end + 1);
        }
        return all;
    }
    [[nodiscard]] static std::string line(thumbprint const& print, rejected_note const& n,
                                          std::uint64_t more) {
        return fmt::format("{} {} {} {} {:08X} {} {}\n", hex(print.bytes), n.first.count(), n.last.count(),
                           more, static_cast<std::uint32_t>(n.reason), hex(n.source.bytes), plain(n.peer));
    }
    /// As the first that is written of it: where others have shown it since, the first source has a line.
    [[nodiscard]] static std::string first_lines(thumbprint const& print, rejected_note const& n,
                                                 std::uint64_t more) {
        std::string all = line(print, n, more);
        if (n.first_source == n.source) return all;
        return line(print, {n.first, n.first, 0, n.reason, n.first_source, {}, {}}, 0) + all;
    }
    [[nodiscard]] static std::string spent(std::int64_t day, std::uint64_t operations, std::uint64_t bytes) {
        constexpr std::uint64_t most_read = UINT32_MAX;
        return fmt::format("spent {} {} {}\n", day, std::min(operations, most_read),
                           std::min(bytes, most_read));
    }
    /// What a stranger called himself, cut and made harmless: it is shown to administrators, and ends no
    /// line.
    [[nodiscard]] static std::string plain(std::string_view peer) {
        std::string out;
        while (!peer.empty()) {
            code_point const c = first_code_point(peer);
            bool const good = c.well_formed && harmless(c.value);
            if (out.size() + (good ? c.bytes : 1U) > longest_peer) break;
            out += good ? peer.substr(0, c.bytes) : std::string_view{"+"};
            peer.remove_prefix(c.bytes);
        }
        return out;
    }

    template <std::size_t N>
    [[nodiscard]] static bool unhex(std::string_view digits, std::array<std::uint8_t, N>& out) noexcept {
        if (digits.size() != 2 * N) return false;
        for (std::size_t i = 0; i < N; ++i) {
            auto const octet = number<std::uint8_t>(digits.substr(2 * i, 2), 16);
            if (!octet) return false;
            out[i] = *octet;
        }
        return true;
    }

private:
    void take(std::string_view line) {
        if (line.starts_with("spent ")) return take_spent(line);
        auto const word = [&] {
            auto const w = line.substr(0, line.find(' '));
            line.remove_prefix(std::min(line.size(), w.size() + 1));
            return w;
        };
        thumbprint print;
        address source;
        if (!unhex(word(), print.bytes)) return;
        auto const first = number<std::int64_t>(word()), last = number<std::int64_t>(word());
        auto const more = number<std::uint64_t>(word());
        auto const reason = number<std::uint32_t>(word(), 16);
        if (!first || !last || !more || !reason || !unhex(word(), source.bytes)) return;
        if (notes.size() >= most && !notes.contains(print)) return;
        auto const [at, fresh] = notes.try_emplace(print);
        auto& n = at->second;
        if (fresh) n.first_source = source;
        bool const newer = n.count == 0 || nanoseconds{*last} >= n.last;
        n.first = n.count == 0 ? nanoseconds{*first} : std::min(n.first, nanoseconds{*first});
        n.count = *more > UINT64_MAX - n.count ? UINT64_MAX : n.count + *more;
        if (!newer) return;
        n.last = nanoseconds{*last};
        n.reason = rule_of(status{*reason}).code == status{*reason} ? status{*reason} : status::good;
        n.source = source;
        n.peer = plain(line);
    }
    void take_spent(std::string_view line) {
        line.remove_prefix(6);
        auto const a = line.find(' '), b = line.rfind(' ');
        if (a == std::string_view::npos || a == b) return;
        auto const on = number<std::int64_t>(line.substr(0, a));
        auto const ops = number<std::uint32_t>(line.substr(a + 1, b - a - 1)),
                   size = number<std::uint32_t>(line.substr(b + 1));
        if (!on || !ops || !size || *on < day || *on > day + days_ahead) return;
        operations += *ops, bytes += *size;
        if (*on == day) return;
        auto& then = to_come[*on];
        then.operations += *ops, then.bytes += *size;
    }
    template <class T>
    [[nodiscard]] static std::optional<T> number(std::string_view digits, int base = 10) noexcept {
        T value{};
        auto const [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
        if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
        return value;
    }
};

}  // namespace trust::detail
}  // namespace sallyport::inline v0
