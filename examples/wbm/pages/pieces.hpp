// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "../http/html.hpp"
#include "page.hpp"

#include <initializer_list>
#include <string_view>

namespace wbm {

/// A labelled field of a form, with a hint beneath it if there is something to know.
struct input {
    std::string_view label{}, name{};
    std::string_view hint{};
    std::string_view type = "text";
    std::string_view autocomplete = "off";
    std::string_view value{};
    std::string_view style{};
    bool focus = false;
    bool required = true;
};
[[nodiscard]] markup field(input const& i);
[[nodiscard]] markup hidden(std::string_view name, std::string_view value);
/// A box to tick.
[[nodiscard]] markup box(std::string_view name, std::string_view value, std::string_view label, bool ticked,
                         bool required = false);

/// A form that posts to `action`, with the seal of its session.
[[nodiscard]] markup form_to(visitor const& who, std::string_view action, markup const& inside,
                             std::string_view style = {});
/// A form for whoever has no session yet.
[[nodiscard]] markup open_form_to(std::string_view action, markup const& inside);
/// One button that posts one field. `of_what` is spoken after the label: there is one such button in each
/// line of a list.
[[nodiscard]] markup button_to(visitor const& who, std::string_view action, std::string_view name,
                               std::string_view value, std::string_view label, std::string_view of_what,
                               std::string_view style = "quiet");

/// A part of a page with a heading of its own.
[[nodiscard]] markup section(std::string_view heading, markup const& content, std::string_view style = {});
/// A list of things: on a phone each line is a card, whose cells say their column themselves (see `cell`).
[[nodiscard]] markup table(std::initializer_list<std::string_view> columns, markup const& rows,
                           std::string_view style = {});
[[nodiscard]] markup cell(std::string_view column, markup const& content);
/// The cell that names the line.
[[nodiscard]] markup head_cell(std::string_view column, markup const& content);
[[nodiscard]] markup act_cell(markup const& content);

[[nodiscard]] markup lead(std::string_view text);
[[nodiscard]] markup good_news(std::string_view text);
[[nodiscard]] markup bad_news(std::string_view text);
[[nodiscard]] markup faint(std::string_view text);
[[nodiscard]] markup chip(std::string_view text, std::string_view style = {});
[[nodiscard]] markup role_chips(sallyport::role_set roles);
/// A name that somebody typed, kept from turning the direction of what stands around it.
[[nodiscard]] markup name_of(std::string_view name);

/// A refusal of the gate in words for a stranger, with the wait that it names; `about`: the name that was
/// typed.
[[nodiscard]] markup refusal(sallyport::denial const& no, std::string_view about,
                             std::string_view wrong_words);
/// The status that belongs to it, and `Retry-After`.
[[nodiscard]] reply as_refused(reply page, sallyport::denial const& no);

}  // namespace wbm
