// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/concepts/guard.hpp>
#include <sallyport/core/options.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>

namespace sallyport::inline v0 {
namespace session {

/// What to do when there is no place.
enum class when_full : std::uint8_t {
    refuse,              ///< the newcomer is told session_limit_reached
    evict_longest_idle,  ///< the longest idle of lower rank ends, never an essential one; where none: refuse
};

/// A maximum at one service.
struct service_limit {
    service_name service{};
    std::uint32_t at_most = 0;  ///< 0: this line says nothing
};
/// A maximum for those who hold one of these roles.
struct role_limit {
    role_set any_of{};
    std::uint32_t at_most = 0;  ///< 0: this line says nothing
};
/// Places of the total that only holders of one of these roles may take.
struct reservation {
    role_set any_of{};
    std::uint32_t places = 0;  ///< 0: none
};

/// Each maximum but the total is off (0) until the host asks for it.
struct session_limit_options {
    std::uint32_t total = 32;  ///< over all services (PLCnext); settable while running
    std::uint32_t per_user = 0;
    std::uint32_t per_source = 0;  ///< skipped where the host knows no address
    std::uint32_t anonymous = 0;
    std::array<service_limit, 8> per_service{};
    std::array<role_limit, 8> per_role{};
    reservation reserved{};  ///< an administrator always gets in
    when_full then = when_full::refuse;
    std::array<role_set, 4> ranks{};  ///< highest first; whoever holds none of them is of the lowest rank

    [[nodiscard]] constexpr std::string_view fault() const noexcept {
        if (total == 0) return "session::session_limit: a total of 0 admits nobody";
        if (reserved.places > total) return "session::session_limit: more places are reserved than there are";
        if (reserved.places != 0 && reserved.any_of.empty())
            return "session::session_limit: places are reserved for no role";
        if (per_user > total || per_source > total || anonymous > total)
            return "session::session_limit: a single maximum is above the total";
        for (service_limit const& s : per_service)
            if (s.at_most > total || (s.at_most != 0 && s.service.empty()))
                return "session::session_limit: a service's maximum is above the total, or names no service";
        for (role_limit const& r : per_role)
            if (r.at_most > total || (r.at_most != 0 && r.any_of.empty()))
                return "session::session_limit: a role's maximum is above the total, or names no role";
        return {};
    }
};

/// How many may be inside. It counts the house itself and keeps no number but the maximum. Asked after the
/// proof: a full house never costs the owner of the right secret a penalty, and a penalty never touches a
/// session that is open.
/// Source: PLCnext (32 over all services, since 2022.0 settable, also below what is open); IEC 62443-4-2 CR
/// 2.7; OPC UA Part 4 §5.7.2.
/// Thread safety: under the gate's lock.
class session_limit {
public:
    constexpr explicit session_limit(session_limit_options o = {}) noexcept
        : options_{o}, limits_{limits_in(o)} {}

    void attach(blueprint& b) noexcept {
        describe(b);
        key_ = b.key();
        maximum_ = b.claim("session_limit/2", words_of<setting>);
    }
    [[nodiscard]] std::string_view fault() const noexcept { return options_.fault(); }

    [[nodiscard]] verdict check(admission const& a) const noexcept {
        bool full = false;
        for (std::size_t n = 0; n < limits_ && !full; ++n) full = breaks(nth(n, a), a);
        if (!full) return permit;
        if (options_.then == when_full::evict_longest_idle)
            if (word const idle = longest_idle(a); idle != 0) return permitted{.instead_of = idle};
        return denial{reason::session_limit_reached, {}};
    }

    /// The total from now on. Open sessions stay, also above it; until they are fewer, nobody new gets in,
    /// nor on a reserved place. Under the lock.
    void set_maximum(std::uint32_t total) noexcept {
        maximum_.put(0, setting{word{total} + 1, seal_of(word{total} + 1)});
    }
    /// The total in force.
    [[nodiscard]] std::uint32_t maximum() const noexcept {
        auto const is = maximum_.get<setting>(0);
        bool const as_made = is.set == 0 || is.set > most_places + 1 || is.seal != seal_of(is.set);
        return as_made ? options_.total : static_cast<std::uint32_t>(is.set - 1);
    }

private:
    /// One more than what was set: 0 is "as made". Sealed, since somebody else may write to a segment.
    struct setting {
        word set, seal;
    };
    [[nodiscard]] word seal_of(word set) const noexcept {
        return siphash_of(sip_key{key_.b, key_.a ^ 0x6d6178696d756d}, set);
    }
    void describe(blueprint& b) const noexcept {
        session_limit_options const& o = options_;
        b.options("session_limit", o.total, o.per_user, o.per_source, o.anonymous, o.reserved.any_of,
                  o.reserved.places, o.then, o.ranks);
        for (service_limit const& s : o.per_service) b.options("session_limit", s.service, s.at_most);
        for (role_limit const& r : o.per_role) b.options("session_limit", r.any_of, r.at_most);
    }
    enum class crowd : std::uint8_t { all, user, anonymous, source, service, role };
    struct limit {
        crowd whose = crowd::all;
        std::uint32_t at_most = unlimited;
        role_set any_of{};
    };
    static constexpr word most_places = 65'536;  // see house_options
    static constexpr std::uint32_t unlimited = std::numeric_limits<std::uint32_t>::max();
    static constexpr std::size_t services_from = 3, roles_from = services_from + 8,
                                 most_limits = roles_from + 8;

    /// Of all the limits that there can be, how many need be looked at.
    static constexpr std::size_t limits_in(session_limit_options const& o) noexcept {
        for (std::size_t n = o.per_role.size(); n > 0; --n)
            if (o.per_role[n - 1].at_most != 0) return roles_from + n;
        for (std::size_t n = o.per_service.size(); n > 0; --n)
            if (o.per_service[n - 1].at_most != 0) return services_from + n;
        return o.per_source != 0 ? 3 : o.per_user != 0 || o.anonymous != 0 ? 2 : 1;
    }
    /// The n-th of them, if it says anything of this newcomer.
    [[nodiscard]] limit nth(std::size_t n, admission const& a) const noexcept {
        limit l{};
        if (n == 0) {
            std::uint32_t const total = maximum(), kept = unused_reserve(a);
            l.at_most =
                total > kept ? total - kept : 0;  // a place kept for a role is taken for everybody else
            return l;
        }
        std::uint32_t most = 0;  // 0: off
        if (n == 1) {
            bool const nobody = a.as.marked(principal::anonymous);
            l.whose = nobody ? crowd::anonymous : crowd::user;
            most = nobody ? options_.anonymous : options_.per_user;
        } else if (n == 2) {
            l.whose = crowd::source;
            if (a.who.source.known()) most = options_.per_source;
        } else if (n < roles_from) {
            service_limit const& its = options_.per_service[n - services_from];
            l.whose = crowd::service;
            if (its.service == a.who.service) most = its.at_most;
        } else {
            role_limit const& its = options_.per_role[n - roles_from];
            l.whose = crowd::role;
            l.any_of = its.any_of;
            if (a.as.roles.meets(its.any_of)) most = its.at_most;
        }
        if (most != 0) l.at_most = most;
        return l;
    }
    static bool belongs(limit const& l, guest const& g, admission const& a) noexcept {
        switch (l.whose) {
            case crowd::all: return true;
            case crowd::user: return g.as.is == a.as.is && !g.as.marked(principal::anonymous);
            case crowd::anonymous: return g.as.marked(principal::anonymous);
            case crowd::source: return g.who.source == a.who.source;
            case crowd::service: return g.who.service == a.who.service;
            case crowd::role: return g.as.roles.meets(l.any_of);
        }
        return true;
    }
    /// Those in force; who is overdue and not yet swept never counts.
    static std::uint32_t count(limit const& l, admission const& a) noexcept {
        if (l.whose == crowd::all) return static_cast<std::uint32_t>(a.inside.size(a.now.steady));
        std::uint32_t n = 0;
        for (place const p : a.inside)
            if (in_force(a.inside.look(p, a.now.steady)) && belongs(l, a.inside.read(p), a)) ++n;
        return n;
    }
    static bool breaks(limit const& l, admission const& a) noexcept {
        return l.at_most != unlimited && count(l, a) >= l.at_most;
    }
    [[nodiscard]] std::size_t rank(principal const& p) const noexcept {
        std::size_t i = 0;
        while (i < options_.ranks.size() && !p.roles.meets(options_.ranks[i])) ++i;
        return i;
    }
    [[nodiscard]] std::uint32_t unused_reserve(admission const& a) const noexcept {
        if (options_.reserved.places == 0 || a.as.roles.meets(options_.reserved.any_of)) return 0;
        std::uint32_t const taken = count(limit{.whose = crowd::role, .any_of = options_.reserved.any_of}, a);
        return taken < options_.reserved.places ? options_.reserved.places - taken : 0;
    }
    /// Of those below the newcomer's rank, the one that has been idle longest; its number, or 0.
    [[nodiscard]] word longest_idle(admission const& a) const noexcept {
        // Every maximum that this newcomer would break: whoever ends for him must make room in all of them.
        limit broken[most_limits]{};
        std::size_t how_many = 0;
        for (std::size_t n = 0; n < limits_; ++n)
            if (limit const l = nth(n, a); breaks(l, a)) {
                if (count(l, a) > l.at_most) return 0;  // it was lowered: the end of one would not do
                broken[how_many++] = l;
            }
        nanoseconds since = nanoseconds::max();
        word found = 0;
        for (place const p : a.inside) {
            if (!in_force(a.inside.look(p, a.now.steady))) continue;  // overdue: its end makes no room
            guest const g = a.inside.read(p);
            if (rank(g.as) <= rank(a.as) || g.as.marked(principal::essential)) continue;
            bool helps = true;
            for (std::size_t n = 0; n < how_many && helps; ++n) helps = belongs(broken[n], g, a);
            // The end of one in a reserved place makes no room for those it is reserved against.
            bool const reserved =
                g.as.roles.meets(options_.reserved.any_of) && !a.as.roles.meets(options_.reserved.any_of);
            if (!helps || reserved) continue;
            if (nanoseconds const seen = a.inside.last_seen(p); seen < since) since = seen, found = p.number;
        }
        return found;
    }

    session_limit_options options_;
    std::size_t limits_;
    region maximum_{};
    sip_key key_{};
};
static_assert(guard<session_limit> && checks<session_limit, admission> && !checks<session_limit, arrival>);

}  // namespace session
}  // namespace sallyport::inline v0
