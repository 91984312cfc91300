// SPDX-License-Identifier: BSL-1.0
#include "page.hpp"

#include "../assets.hpp"
#include "../words.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace wbm {
namespace {

markup document(site_words const& words, std::string_view title, markup const& body) {
    return html(R"(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{} – {}</title>
<link rel="stylesheet" href="{}">
<link rel="icon" href="{}" type="image/svg+xml">
<script src="{}" defer></script>
</head>
<body>
{}
</body>
</html>
)",
                title, words.name, assets::style.path, assets::icon.path, assets::script.path, body);
}

markup brand(site_words const& words) {
    return html(R"(<span class="brand"><img src="{}" alt="" width="28" height="28"><span>{}</span></span>)",
                assets::icon.path, words.name);
}

markup menu(call const& c) {
    if (c.who.must_change_password()) return {};
    markup const lines = each(pages(), [&](page const& p) {
        if (!p.in_menu || !c.who.may(p.see)) return markup{};
        bool const here = c.asked.path == p.path || (p.path != "/" && c.asked.path.starts_with(p.path));
        return html(R"(<li><a href="{}"{}>{}</a></li>)", p.path,
                    here ? html(R"( aria-current="page")") : markup{}, p.title);
    });
    return html(R"(<nav class="menu" aria-label="Pages"><ul>{}</ul></nav>)", lines);
}

/// What an act left to say: the page that it led to was asked for with `?done=…`.
constexpr std::array<std::pair<std::string_view, std::string_view>, 10> done_words{{
    {"closed", "The session is closed."},
    {"gone", "That session was over already."},
    {"maximum", "The new maximum is in force. Sessions that are open stay open."},
    {"cleared", "The penalty is cleared."},
    {"nothing", "There was nothing to clear."},
    {"roles", "The roles are changed, for open sessions too."},
    {"disabled", "The account is disabled, and its sessions are over."},
    {"enabled", "The account is enabled."},
    {"removed", "The account is removed, and its sessions are over."},
    {"password", "Your password is changed. Your other sessions are over."},
}};

markup done(request const& asked) {
    auto const* const found = std::find_if(done_words.begin(), done_words.end(),
                                           [&](auto const& w) { return w.first == asked.query["done"]; });
    return found == done_words.end() ? markup{} : good_news(found->second);
}

reply page_of(markup document, int status) { return {.status = status, .body = std::move(document).text()}; }

}  // namespace

reply framed(call const& c, std::string_view title, markup const& content, int status) {
    return page_of(document(c.words, title,
                            html(R"(<a class="skip" href="#content">Skip to the content</a>
<div class="house">
<header class="top">
{}
<div class="me"><span class="who"><span class="label">Logged in as</span> <bdi>{}</bdi></span>{}</div>
</header>
{}
<main id="content" tabindex="-1">
<h1>{}</h1>
{}{}
</main>
</div>)",
                                 brand(c.words), c.who.name(),
                                 form_to(c.who, "/logout", html(R"(<button class="quiet">Log out</button>)")),
                                 menu(c), title, done(c.asked), content)),
                   status);
}

reply framed_outside(site_words const& words, std::string_view title, markup const& content, int status) {
    return page_of(document(words, title,
                            html(R"(<main class="outside">
<div class="card entry">
{}
<h1>{}</h1>
{}
</div>
</main>)",
                                 brand(words), title, content)),
                   status);
}

markup form_to(visitor const& who, std::string_view action, markup const& inside, std::string_view style) {
    return html(
        R"(<form method="post" action="{}" class="{}"><input type="hidden" name="seal" value="{}">{}</form>)",
        action, style, who.seal, inside);
}

markup button_to(visitor const& who, std::string_view action, std::string_view field, std::string_view value,
                 std::string_view label, std::string_view of_what, std::string_view style) {
    return form_to(
        who, action,
        html(
            R"(<input type="hidden" name="{}" value="{}"><button class="{}">{}<span class="spoken"> {}</span></button>)",
            field, value, style, label, of_what));
}

markup good_news(std::string_view text) {
    return html(R"(<p class="notice good" role="status">{}</p>)", text);
}
markup bad_news(std::string_view text) { return html(R"(<p class="notice bad" role="alert">{}</p>)", text); }

markup role_chips(sallyport::role_set roles) {
    markup all;
    for (unsigned bit = 0; bit < sallyport::role::plcnext_roles.size(); ++bit)
        if (roles.has(bit))
            all += html(R"(<span class="chip">{}</span> )", sallyport::role::plcnext_roles.name(bit));
    return all.empty() ? html(R"(<span class="faint">none</span>)") : all;
}

// ---- refusals ----------------------------------------------------------------------------------------------------------

markup refusal(sallyport::denial const& no, std::string_view about, std::string_view wrong_words) {
    using sallyport::reason;
    sallyport::denial const said = no.outward();
    std::string_view words = wrong_words;
    switch (said.why) {
        case reason::session_limit_reached:
            words =
                "As many sessions are open as are allowed at once. Wait until one is closed, or ask an "
                "administrator.";
            break;
        case reason::missing_role: words = "Your roles do not allow this."; break;
        case reason::try_again_later: words = "The device is busy. Try again in a moment."; break;
        case reason::penalty_delay_active: words = "This came too early, and nothing was checked."; break;
        default: break;
    }
    if (said.retry_after_ms() == 0) return bad_news(words);
    // Without a script the page says how long to wait; with one it counts, and opens the form again when it is time.
    return html(R"(<div class="notice wait" role="alert" data-wait-ms="{}" data-about="{}">
<p>{}</p>
<p class="count">After this many wrong attempts the next one is possible in <strong data-count>{}</strong>.
<span data-hint>An earlier one makes the wait longer.</span></p>
</div>
<p class="spoken" aria-live="polite" data-spoken></p>)",
                said.retry_after_ms(), about, words, span(said.retry_after));
}

reply as_refused(reply page, sallyport::denial const& no) {
    using sallyport::reason;
    sallyport::denial const said = no.outward();
    std::int64_t wait = said.retry_after_s();
    switch (said.why) {
        case reason::penalty_delay_active: page.status = 429; break;
        case reason::session_limit_reached: page.status = 503; break;
        case reason::missing_role: page.status = 403; break;
        case reason::try_again_later: page.status = 503, wait = std::max<std::int64_t>(wait, 1); break;
        default:
            // A scheme of its own for what a form and a cookie do (draft-broyer-http-cookie-auth): 401 must name one.
            page.status = 401;
            page.headers.emplace_back(
                "WWW-Authenticate",
                R"(Cookie realm="sallyport", form-action="/login", cookie-name=__Host-sallyport)");
    }
    if (wait > 0) page.headers.emplace_back("Retry-After", std::to_string(wait));
    return page;
}

}  // namespace wbm
