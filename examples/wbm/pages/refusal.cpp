// SPDX-License-Identifier: BSL-1.0
#include "../words.hpp"
#include "pieces.hpp"

#include <algorithm>
#include <string>

namespace wbm {

using sallyport::denial;
using sallyport::reason;

markup refusal(denial const& no, std::string_view about, std::string_view wrong_words) {
    denial const said = no.outward();
    std::string_view words = wrong_words;
    switch (said.why) {
        case reason::penalty_delay_active:
            words =
                "Too many wrong attempts have come for this name, or from this place. This one was not "
                "looked at.";
            break;
        case reason::missing_role: words = "Your roles do not allow this."; break;
        case reason::try_again_later: words = "The device is busy. Try again in a moment."; break;
        case reason::session_limit_reached:
            words =
                "As many sessions are open as are allowed at once. Wait until one is closed, or ask an "
                "administrator.";
            break;
        default: break;
    }
    if (said.retry_after_ms() == 0) return bad_news(words);
    // Without a script the page says how long to wait; with one it counts, and opens the form again in time.
    return html(R"(<div class="notice wait" role="alert" data-wait-ms="{}" data-about="{}">
<p>{}</p>
<p class="count">The next try is possible in <strong data-count>{}</strong>. An earlier one is not looked at,
and changes nothing.</p>
</div>
<p class="spoken" aria-live="polite" data-spoken></p>)",
                said.retry_after_ms(), about, words, span(said.retry_after));
}

reply as_refused(reply page, denial const& no) {
    denial const said = no.outward();
    std::int64_t wait = said.retry_after_s();
    switch (said.why) {
        case reason::penalty_delay_active: page.status = 429; break;
        case reason::session_limit_reached: page.status = 503; break;
        case reason::missing_role: page.status = 403; break;
        case reason::try_again_later:
            page.status = 503;
            wait = std::max<std::int64_t>(wait, 1);
            break;
        default:
            // 401 must name a scheme; this one is for forms and cookies (draft-broyer-http-cookie-auth).
            page.status = 401;
            page.headers.emplace_back(
                "WWW-Authenticate",
                R"(Cookie realm="sallyport", form-action="/login", cookie-name=__Host-sallyport)");
    }
    if (wait > 0) page.headers.emplace_back("Retry-After", std::to_string(wait));
    return page;
}

}  // namespace wbm
