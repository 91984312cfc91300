// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "figures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>
#include <vector>

// The figure: guesses a day against minutes locked out, a labelled point a law.
namespace lockout {

/// Where things are, in pixels.
struct plane {
    static constexpr double width = 860, height = 470, left = 84, right = 560, top = 56, bottom = 398;
    static constexpr double zero = 124;   // x of "0 minutes": a logarithm has none
    static constexpr double one = 214;    // x of one minute
    static constexpr double decades = 9;  // of guesses, 1 … 1e9

    [[nodiscard]] static double x(std::uint64_t minutes) {
        if (minutes == 0) return zero;
        return one + (right - one) * std::log10(static_cast<double>(minutes)) / std::log10(1'440.0);
    }
    [[nodiscard]] static double y(std::uint64_t guesses) {
        return bottom - (bottom - top) *
                            std::log10(static_cast<double>(std::max<std::uint64_t>(guesses, 1))) / decades;
    }
};

[[nodiscard]] inline std::string grouped(std::uint64_t n) {
    std::string s = std::to_string(n);
    for (auto i = static_cast<std::ptrdiff_t>(s.size()) - 3; i > 0; i -= 3)
        s.insert(static_cast<std::size_t>(i), 1, ',');
    return s;
}
[[nodiscard]] inline std::string short_number(std::uint64_t n) {
    if (n < 1'000'000) return grouped(n);
    return fmt::format("{:.1f} million", static_cast<double>(n) / 1e6);
}

[[nodiscard]] inline std::string svg(std::vector<figures> const& all) {
    struct label {
        double x, y;  // of the point
        double at;    // y of the words
        std::string words;
        bool ours;
    };
    std::vector<label> harmless, locking;
    for (figures const& f : all) {
        double const x = plane::x(f.locked_out_known), y = plane::y(f.waiting[2]);
        auto& side = f.locked_out_known == 0 ? harmless : locking;
        auto const same = std::find_if(side.begin(), side.end(), [&](label const& l) {
            return std::abs(l.x - x) < 1 && l.y == y && l.ours == f.what.ours;
        });
        std::string const number = " · " + short_number(f.waiting[2]);
        if (same != side.end())
            same->words.insert(same->words.find(" · "), fmt::format(", {}", f.what.name));
        else
            side.push_back({x, y, y, std::string{f.what.name} + number, f.what.ours});
    }
    // No two labels nearer than a line: they are pushed apart, from the lowest point up, and then kept in.
    constexpr double line = 21;
    for (auto* side : {&harmless, &locking}) {
        std::sort(side->begin(), side->end(), [](label const& a, label const& b) { return a.y > b.y; });
        for (std::size_t i = 1; i < side->size(); ++i)
            (*side)[i].at = std::min((*side)[i].at, (*side)[i - 1].at - line);
        double floor = plane::top;
        for (auto l = side->rbegin(); l != side->rend(); ++l)
            l->at = std::max(l->at, floor), floor = l->at + line;
    }

    std::string s = fmt::format(
        R"svg(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {0:g} {1:g}" width="{0:g}" height="{1:g}"
     role="img">
<title>Guesses a day against minutes locked out, for each law</title>
<style>
  svg {{
    --ground: #ffffff; --ink: #1f2328; --soft: #59636e; --grid: #d1d9e0; --peer: #0969da; --ours: #bc4c00;
  }}
  @media (prefers-color-scheme: dark) {{
    svg {{
      --ground: #0d1117; --ink: #f0f6fc; --soft: #9198a1; --grid: #3d444d; --peer: #4493f8; --ours: #f0883e;
    }}
  }}
  text {{ font: 13px system-ui, "Segoe UI", "DejaVu Sans", sans-serif; fill: var(--ink); }}
  .words {{
    paint-order: stroke; stroke: var(--ground); stroke-width: 4px; stroke-linejoin: round;
  }}
  .soft {{ fill: var(--soft); }} .title {{ font-size: 15px; font-weight: 600; }}
  .ours text {{ font-weight: 700; fill: var(--ours); }} .ours circle {{ fill: var(--ours); }}
  .break {{ stroke: var(--soft); fill: none; }}
  .grid {{ stroke: var(--grid); fill: none; }} .lead {{ stroke: var(--soft); fill: none; stroke-width: .8; }}
  circle {{ fill: var(--peer); stroke: var(--ground); stroke-width: 1.5; }}
</style>
<rect width="{0:g}" height="{1:g}" rx="8" style="fill: var(--ground)"/>
<text class="title" x="{2:g}" y="28">
  What an account is worth to a thousand sources, and what its owner pays for it
</text>
)svg",
        plane::width, plane::height, plane::left - 60);
    auto const put = [&](std::string_view classes, double x, double y, std::string_view anchor,
                         std::string_view words) {
        s += fmt::format("<text class=\"{}\" x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\">{}</text>\n",
                         classes, x, y, anchor, words);
    };
    auto const stroke = [&](std::string_view classes, std::string_view path) {
        s += fmt::format("<path class=\"{}\" d=\"{}\"/>\n", classes, path);
    };
    for (int d = 0; d <= 9; ++d) {
        double const y = plane::bottom - (plane::bottom - plane::top) * d / plane::decades;
        stroke("grid", fmt::format("M{:g} {:.1f}H{:g}", plane::left, y, plane::right + 14));
        if (d % 3 == 0) {
            static constexpr std::array<std::string_view, 4> marks{"1", "1,000", "1 million", "1 billion"};
            put("soft", plane::left - 8, y + 4, "end", marks[static_cast<std::size_t>(d / 3)]);
        }
    }
    for (auto const& [minutes, mark] : {std::pair<std::uint64_t, std::string_view>{0, "0"},
                                        {1, "1"},
                                        {10, "10"},
                                        {100, "100"},
                                        {1'440, "1,440"}}) {
        double const x = plane::x(minutes);
        stroke("grid", fmt::format("M{:.1f} {:g}V{:g}", x, plane::top, plane::bottom + 5));
        put("soft", x, plane::bottom + 20, "middle", mark);
    }
    // The scale is broken between none and one.
    double const gap = (plane::zero + plane::one) / 2;
    stroke("break", fmt::format("M{:.1f} {:g}l6 -12m4 0l-6 12", gap - 5, plane::bottom + 6));
    put("soft", plane::left, plane::bottom + 44, "start",
        "minutes a day in which the owner is refused at his own device, while somebody fails every 5 s");
    s += fmt::format(
        "<text class=\"soft\" transform=\"translate(18 {:g}) rotate(-90)\" text-anchor=\"middle\">guesses "
        "a day on one account</text>\n",
        (plane::top + plane::bottom) / 2);
    auto const points = [&](std::vector<label> const& side, double words_at) {
        for (label const& l : side) {
            s += l.ours ? "<g class=\"ours\">\n" : "<g>\n";
            stroke("lead", fmt::format("M{:.1f} {:.1f}L{:.1f} {:.1f}H{:.1f}", l.x, l.y, l.x + 24, l.at,
                                       words_at - 4));
            s += fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"{}\"/>\n", l.x, l.y, l.ours ? 7 : 5);
            put("words", words_at, l.at + 4.5, "start", l.words);
            s += "</g>\n";
        }
    };
    points(harmless, plane::zero + 32);
    points(locking, plane::right + 32);
    return s + "</svg>\n";
}

}  // namespace lockout
