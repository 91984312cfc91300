// SPDX-License-Identifier: BSL-1.0
#include "pieces.hpp"

namespace wbm {

markup field(input const& i) {
    markup const hint =
        i.hint.empty() ? markup{} : html(R"(<p class="hint" id="{}-hint">{}</p>)", i.name, i.hint);
    return html(R"(<label class="field {}"><span>{}</span>
<input name="{}" type="{}" value="{}" autocomplete="{}"{}{}{}></label>
{})",
                i.style, i.label, i.name, i.type, i.value, i.autocomplete,
                // names and secrets are typed as they are
                i.type == "text" ? html(R"( autocapitalize="none" spellcheck="false")") : markup{},
                (i.required ? html(" required") : markup{}) + (i.focus ? html(" autofocus") : markup{}),
                i.hint.empty() ? markup{} : html(R"( aria-describedby="{}-hint")", i.name), hint);
}
markup hidden(std::string_view name, std::string_view value) {
    return html(R"(<input type="hidden" name="{}" value="{}">)", name, value);
}
markup box(std::string_view name, std::string_view value, std::string_view label, bool ticked,
           bool required) {
    return html(R"(<label class="box"><input type="checkbox" name="{}" value="{}"{}{}> {}</label>)", name,
                value, ticked ? html(" checked") : markup{}, required ? html(" required") : markup{}, label);
}

markup open_form_to(std::string_view action, markup const& inside) {
    return html(R"(<form method="post" action="{}" class="held">{}</form>)", action, inside);
}
markup form_to(visitor const& who, std::string_view action, markup const& inside, std::string_view style) {
    return html(R"(<form method="post" action="{}" class="{}">{}{}</form>)", action, style,
                hidden("seal", who.seal), inside);
}
markup button_to(visitor const& who, std::string_view action, std::string_view name, std::string_view value,
                 std::string_view label, std::string_view of_what, std::string_view style) {
    return form_to(
        who, action,
        hidden(name, value) +
            html(R"(<button class="{}">{}<span class="spoken"> {}</span></button>)", style, label, of_what));
}

markup section(std::string_view heading, markup const& content, std::string_view style) {
    return html(R"(<section class="card {}"><h2>{}</h2>{}</section>)", style, heading, content);
}
markup table(std::initializer_list<std::string_view> columns, markup const& rows, std::string_view style) {
    markup const heads = each(columns, [](std::string_view c) {
        return c.empty() ? html(R"(<th><span class="spoken">Act</span></th>)")
                         : html(R"(<th scope="col">{}</th>)", c);
    });
    return html(R"(<div class="card flush"><table class="list {}"><thead><tr>{}</tr></thead>
<tbody>{}</tbody></table></div>)",
                style, heads, rows);
}
markup cell(std::string_view column, markup const& content) {
    return html(R"(<td data-label="{}">{}</td>)", column, content);
}
markup head_cell(std::string_view column, markup const& content) {
    return html(R"(<th scope="row" data-label="{}">{}</th>)", column, content);
}
markup act_cell(markup const& content) { return html(R"(<td class="act">{}</td>)", content); }

markup lead(std::string_view text) { return html(R"(<p class="lead">{}</p>)", text); }
markup good_news(std::string_view text) {
    return html(R"(<p class="notice good" role="status">{}</p>)", text);
}
markup bad_news(std::string_view text) { return html(R"(<p class="notice bad" role="alert">{}</p>)", text); }
markup faint(std::string_view text) { return html(R"(<span class="faint">{}</span>)", text); }
markup chip(std::string_view text, std::string_view style) {
    return html(R"(<span class="chip {}">{}</span> )", style, text);
}
markup name_of(std::string_view name) { return html("<bdi>{}</bdi>", name); }

markup role_chips(sallyport::role_set roles) {
    markup all;
    for (unsigned bit = 0; bit < sallyport::role::plcnext_roles.size(); ++bit)
        if (roles.has(bit)) all += chip(sallyport::role::plcnext_roles.name(bit));
    return all.empty() ? faint("none") : all;
}

}  // namespace wbm
