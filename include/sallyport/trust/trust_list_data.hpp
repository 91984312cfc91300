// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/trust/openssl.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport::inline v0 {
namespace trust {

/// TrustListMasks (Part 12 §7.8.2.9): which of the four lists are meant.
namespace masks {
inline constexpr std::uint32_t trusted_certificates = 1, trusted_crls = 2, issuer_certificates = 4,
                               issuer_crls = 8, all = 15;
}  // namespace masks

/// TrustListDataType (Part 12 §7.8.2.8): what a trust list holds, or what becomes of it.
/// Thread safety: as a plain value.
struct trust_list_data {
    using byte_strings = std::vector<std::vector<std::uint8_t>>;

    std::uint32_t specified_lists = 0;  ///< `masks`: those that are not named are left as they are
    byte_strings trusted_certificates{}, trusted_crls{}, issuer_certificates{}, issuer_crls{};  ///< DER each

    friend bool operator==(trust_list_data const&, trust_list_data const&) = default;

private:
    static constexpr std::uint32_t none = 0xFFFF'FFFF;

    template <class Self>
    [[nodiscard]] static auto fields(Self& s) noexcept {
        return std::array{&s.trusted_certificates, &s.trusted_crls, &s.issuer_certificates, &s.issuer_crls};
    }

public:
    /// As the file of a TrustList holds it: OPC UA Binary (Part 6 §5.2), little endian.
    [[nodiscard]] std::vector<std::uint8_t> encode() const {
        std::vector<std::uint8_t> out;
        out.reserve(encoded_size());
        put(out, specified_lists);
        for (auto const* const list : fields(*this)) {
            put(out, static_cast<std::uint32_t>(list->size()));
            for (auto const& one : *list) {
                put(out, static_cast<std::uint32_t>(one.size()));
                out.insert(out.end(), one.begin(), one.end());
            }
        }
        return out;
    }
    [[nodiscard]] std::size_t encoded_size() const noexcept {
        std::size_t n = 4;
        for (auto const* const list : fields(*this)) {
            n += 4;
            for (auto const& one : *list) n += 4 + one.size();
        }
        return n;
    }
    /// Reads exactly one value, to the last octet. Nothing: these bytes are none. A length of -1 is an empty
    /// list or string, as Part 6 has it; no length is believed beyond the bytes that are there.
    [[nodiscard]] static std::optional<trust_list_data> decode(bytes all) {
        trust_list_data d;
        auto const mask = take(all);
        if (!mask) return std::nullopt;
        d.specified_lists = *mask;
        for (auto* const list : fields(d)) {
            auto const count = take(all);
            if (!count) return std::nullopt;
            if (*count == none) continue;
            if (*count > all.size() / 4) return std::nullopt;  // each takes four octets at least
            for (std::uint32_t i = 0; i < *count; ++i) {
                auto const size = take(all);
                if (!size) return std::nullopt;
                std::size_t const n = *size == none ? 0 : *size;
                if (n > all.size()) return std::nullopt;
                list->emplace_back(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(n));
                all = all.subspan(n);
            }
        }
        return all.empty() ? std::optional{std::move(d)} : std::nullopt;
    }

private:
    static void put(std::vector<std::uint8_t>& to, std::uint32_t n) {
        for (unsigned shift = 0; shift < 32; shift += 8) to.push_back(static_cast<std::uint8_t>(n >> shift));
    }
    [[nodiscard]] static std::optional<std::uint32_t> take(bytes& from) noexcept {
        if (from.size() < 4) return std::nullopt;
        std::uint32_t n = 0;
        for (unsigned i = 0; i < 4; ++i) n |= std::uint32_t{from[i]} << 8 * i;
        from = from.subspan(4);
        return n;
    }
};

}  // namespace trust
}  // namespace sallyport::inline v0
