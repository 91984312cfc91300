// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <support/catch.hpp>

#include <replay/simulation.hpp>

#include <cstddef>
#include <vector>

/// Field by field; the first line in which they differ is told whole.
inline void check_same(std::vector<replay::outcome> const& ours, std::vector<replay::outcome> const& model) {
    REQUIRE(ours.size() == model.size());
    for (std::size_t i = 0; i < ours.size(); ++i) {
        auto const &a = ours[i], &b = model[i];
        bool const same = a.line == b.line && a.at_ms == b.at_ms && a.verdict == b.verdict &&
                          a.why == b.why && a.retry_after_ms == b.retry_after_ms &&
                          a.verified == b.verified && a.sessions == b.sessions;
        if (same) continue;
        CAPTURE(a.line, a.at_ms, a.verdict, to_string(a.why), a.retry_after_ms, a.verified, a.sessions);
        CAPTURE(b.verdict, to_string(b.why), b.retry_after_ms, b.verified, b.sessions);
        REQUIRE(same);
    }
}
