// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/principal.hpp>
#include <sallyport/core/role_print.hpp>
#include <sallyport/core/text.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>

namespace sallyport::inline v0 {
namespace role {

using role_name = text<32>;

/// Role names and their bits, fixed when the gate is made: at most 128, each up to 32 bytes. Literal: it may
/// be `constexpr`.
/// Thread safety: immutable once made.
class role_table {
public:
    static constexpr std::size_t most = 128;

    constexpr role_table() = default;
    /// In the order given: the first name is bit 0. Names beyond the 128th, empty, overlong or double ones
    /// make `fault()` speak.
    constexpr role_table(std::initializer_list<std::string_view> names) noexcept {
        for (std::string_view const n : names) (void)add(n);
    }

    /// Appends a role; its bit, or nullopt where the table is full or the name is empty, too long or taken.
    constexpr std::optional<unsigned> add(std::string_view n) noexcept {
        if (size_ == most || n.empty() || n.size() > sizeof(role_name) || find(n)) {
            faulty_ = true;
            return std::nullopt;
        }
        names_[size_] = role_name{n};
        return static_cast<unsigned>(size_++);
    }
    /// A former name of a role that is in the table; read, never written.
    [[nodiscard]] constexpr role_table with_alias(std::string_view former,
                                                  std::string_view now) const noexcept {
        role_table t = *this;
        t.alias_ = role_name{former};
        t.alias_of_ = role_name{now};
        return t;
    }

    /// The bit of a role, exactly as spelled.
    [[nodiscard]] constexpr std::optional<unsigned> find(std::string_view n) const noexcept {
        if (!alias_.empty() && n == alias_.view()) n = alias_of_.view();
        char const first = n.empty() ? '\0' : n.front();  // most differ there: a compiler reads this, too
        for (std::size_t i = 0; i < size_; ++i)
            if (names_[i].bytes[0] == first && names_[i].view() == n) return static_cast<unsigned>(i);
        return std::nullopt;
    }
    /// The set of these roles; a name that is not in the table is left out and so grants nothing.
    [[nodiscard]] constexpr role_set set(std::initializer_list<std::string_view> names) const noexcept {
        role_set s;
        for (std::string_view const n : names)
            if (auto const bit = find(n)) s = s.with(*bit);
        return s;
    }
    /// The name of a bit; empty where there is none.
    [[nodiscard]] constexpr std::string_view name(unsigned bit) const noexcept {
        return bit < size_ ? names_[bit].view() : std::string_view{};
    }
    [[nodiscard]] constexpr std::size_t size() const noexcept { return size_; }
    /// Tells tables apart: the same names in the same order.
    [[nodiscard]] constexpr std::uint64_t print() const noexcept { return role_print(*this); }
    [[nodiscard]] constexpr std::string_view fault() const noexcept {
        return faulty_ ? "role::role_table: a role name is empty, too long, double or one too many"
                       : std::string_view{};
    }

private:
    std::array<role_name, most> names_{};
    role_name alias_{}, alias_of_{};
    std::size_t size_ = 0;
    bool faulty_ = false;
};

/// The roles of a PLCnext device (User Manager; the names as its WBM shows them). SecurityAdmin is
/// SecurityEngineer's former name.
inline constexpr role_table plcnext_roles =
    role_table{
        "Admin",       "SecurityEngineer", "SecurityAuditor", "CertificateManager", "UserManager",
        "Engineer",    "Commissioner",     "Service",         "DataViewer",         "DataChanger",
        "Viewer",      "EHmiLevel1",       "EHmiLevel2",      "EHmiLevel3",         "EHmiLevel4",
        "EHmiLevel5",  "EHmiLevel6",       "EHmiLevel7",      "EHmiLevel8",         "EHmiLevel9",
        "EHmiLevel10", "EHmiViewer",       "EHmiChanger",
    }
        .with_alias("SecurityAdmin", "SecurityEngineer");
static_assert(plcnext_roles.size() == 23 && plcnext_roles.fault().empty());

}  // namespace role
}  // namespace sallyport::inline v0
