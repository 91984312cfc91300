// SPDX-License-Identifier: BSL-1.0
#include "../assets.hpp"
#include "pieces.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace wbm {
namespace {

reply document(site_words const& words, std::string_view title, markup const& body, int status) {
    auto const all =
        html(R"(<!doctype html>
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
    return {.status = status, .body = all.text()};
}

markup brand(site_words const& words) {
    return html(R"(<span class="brand"><img src="{}" alt="" width="28" height="28"><span>{}</span></span>)",
                assets::icon.path, words.name);
}

markup menu(call const& c) {
    if (c.who.must_change_password()) return {};
    markup const lines = each(pages(), [&](page const& p) {
        if (!p.in_menu || !c.who.may(p.any_of)) return markup{};
        bool const here = c.asked.path == p.path || (p.path != "/" && c.asked.path.starts_with(p.path));
        return html(R"(<li><a href="{}"{}>{}</a></li>)", p.path,
                    here ? html(R"( aria-current="page")") : markup{}, p.title);
    });
    return html(R"(<nav class="menu" aria-label="Pages"><ul>{}</ul></nav>)", lines);
}

/// What an act left to say: the page that it led to was asked for with `?done=…`.
constexpr std::array<std::pair<std::string_view, std::string_view>, 19> done_words{{
    {"closed", "The session is closed."},
    {"gone", "That session was over already."},
    {"maximum", "The new maximum is in force. Sessions that are open stay open."},
    {"cleared", "The penalty is cleared."},
    {"nothing", "There was nothing to clear."},
    {"revoked", "The pair is revoked: that device counts as any other from now on."},
    {"all-revoked", "All those pairs are revoked. Their devices count as any other from now on."},
    {"unpaired", "There was no such pair."},
    {"forgotten-here", "This browser is forgotten. You stay logged in."},
    {"roles", "The roles are changed, for open sessions too."},
    {"disabled", "The account is disabled, and its sessions are over."},
    {"enabled", "The account is enabled."},
    {"removed", "The account is removed, and its sessions are over."},
    {"approved", "It is trusted from now on."},
    {"issuer", "It is an issuer from now on, and trusted for nothing."},
    {"distrusted", "It is trusted no more, and waits among the others."},
    {"forgotten", "It is removed."},
    {"added", "It is added."},
    {"password", "Your password is changed. Your other sessions are over."},
}};
markup done(request const& asked) {
    auto const what = asked.query["done"];
    for (auto const& [code, words] : done_words)
        if (code == what) return good_news(words);
    return {};
}

}  // namespace

reply framed(call const& c, std::string_view title, markup const& content, int status) {
    markup const leave = form_to(c.who, "/logout", html(R"(<button class="quiet">Log out</button>)"));
    return document(
        c.words, title,
        html(R"(<a class="skip" href="#content">Skip to the content</a>
<div class="house">
<header class="top">
{}
<div class="me"><span class="who"><span class="label">Logged in as</span> {}</span>{}</div>
</header>
{}
<main id="content" tabindex="-1">
<h1>{}</h1>
{}{}
</main>
</div>)",
             brand(c.words), name_of(c.who.name()), leave, menu(c), title, done(c.asked), content),
        status);
}

reply framed_outside(site_words const& words, std::string_view title, markup const& content, int status) {
    return document(words, title,
                    html(R"(<main class="outside">
<div class="card entry">
{}
<h1>{}</h1>
{}
</div>
</main>)",
                         brand(words), title, content),
                    status);
}

markup notification(site_words const& words) {
    return html(R"(<section class="notification" aria-labelledby="notification">
<h2 id="notification">Use notification</h2><p>{}</p></section>)",
                words.notification);
}

}  // namespace wbm
