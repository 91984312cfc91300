// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/audit/catalogue.hpp>
#include <sallyport/audit/event.hpp>
#include <sallyport/audit/tally.hpp>
#include <sallyport/concepts/audit_sink.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

namespace sallyport::inline v0 {
namespace audit {

/// How often what happened, for a dashboard. No name and no address becomes a label: a stranger makes nothing
/// grow, and learns nothing from the page.
/// Thread safety: any thread may call anything; no lock, no allocation in `record`. Movable while nobody
/// records.
class counters {
public:
    void record(event const& e) noexcept {
        std::uint64_t const n = happenings(e);
        count(events_, event_ids, e.id, n);
        if (e.id == event_id::login_refused)
            count(refused_, refusals, e.why.why == reason::none ? reason::undecided : e.why.why, n);
        if (ends_session(e)) count(closed_, endings, e.ending, n);
        if (e.id == event_id::audit_lost) lost_.add(e.value * n);  // folded: as many, each time
    }

    /// How often that happened.
    [[nodiscard]] std::uint64_t of(event_id id) const noexcept { return read(events_, event_ids, id); }
    /// How many logins were refused for that reason.
    [[nodiscard]] std::uint64_t of(reason why) const noexcept { return read(refused_, refusals, why); }
    /// How many sessions ended like that.
    [[nodiscard]] std::uint64_t of(standing ending) const noexcept { return read(closed_, endings, ending); }
    /// How many events a sink told to have lost.
    [[nodiscard]] std::uint64_t lost() const noexcept { return lost_.read(); }

    /// All of it in Prometheus' text format 0.0.4: serve it as `content_type`. Every counter is there from
    /// the first, at 0.
    [[nodiscard]] std::string prometheus() const;
    static constexpr std::string_view content_type = "text/plain; version=0.0.4; charset=utf-8";

private:
    template <std::size_t N>
    using tallies = std::array<tally, N>;

    template <class T, std::size_t N>
    static void count(tallies<N>& in, std::array<T, N> const& of, T what, std::uint64_t n) noexcept {
        if (auto const at = std::find(of.begin(), of.end(), what); at != of.end())
            in[static_cast<std::size_t>(at - of.begin())].add(n);
    }
    template <class T, std::size_t N>
    static std::uint64_t read(tallies<N> const& in, std::array<T, N> const& of, T what) noexcept {
        auto const at = std::find(of.begin(), of.end(), what);
        return at == of.end() ? 0 : in[static_cast<std::size_t>(at - of.begin())].read();
    }

    static void head(std::string& to, std::string_view name, std::string_view help) {
        to.append("# HELP ").append(name).append(" ").append(help).append("\n");
        to.append("# TYPE ").append(name).append(" counter\n");
    }
    static void line(std::string& to, std::string_view name_and_labels, std::uint64_t n) {
        std::array<char, std::numeric_limits<std::uint64_t>::digits10 + 1> digits;
        auto const end = std::to_chars(digits.data(), digits.data() + digits.size(), n).ptr;
        to.append(name_and_labels).append(" ").append(digits.data(), end).append("\n");
    }

    tallies<event_ids.size()> events_;
    tallies<refusals.size()> refused_;
    tallies<endings.size()> closed_;
    tally lost_;
};
static_assert(audit_sink<counters>);

inline std::string counters::prometheus() const {
    std::string to, name;
    auto const labelled = [&name](auto const&... parts) -> std::string const& {
        name.clear();
        (name.append(parts), ...);
        return name;
    };
    head(to, "sallyport_logins_total", "Logins by result, and why those refused were refused.");
    line(to, R"(sallyport_logins_total{result="admitted",reason="none"})", of(event_id::login_admitted));
    for (reason const why : refusals)
        line(to, labelled(R"(sallyport_logins_total{result="refused",reason=")", to_string(why), R"("})"),
             of(why));
    head(to, "sallyport_sessions_closed_total", "Sessions that are over, by how they ended.");
    for (standing const s : endings)
        line(to, labelled(R"(sallyport_sessions_closed_total{ending=")", to_string(s), R"("})"), of(s));
    head(to, "sallyport_audit_events_total", "Everything that happened, by event.");
    for (event_id const id : event_ids)
        line(to, labelled(R"(sallyport_audit_events_total{event=")", to_string(id), R"("})"), of(id));
    head(to, "sallyport_audit_lost_total", "Audit events that a sink could not take.");
    line(to, "sallyport_audit_lost_total", lost());
    return to;
}

}  // namespace audit
}  // namespace sallyport::inline v0
