// SPDX-License-Identifier: BSL-1.0
#include "http/html.hpp"

#include "support/catch.hpp"

#include <array>
#include <string>

using wbm::html;

TEST_CASE("what is put into HTML is escaped, in text and in attributes", "[wbm][html]") {
    std::string const nasty = R"(<img src="x" onerror='alert(1)'>&amp;)";
    CHECK(html(R"(<p title="{}">{}</p>)", nasty, nasty).text() ==
          "<p title=\"&lt;img src=&quot;x&quot; onerror=&#39;alert(1)&#39;&gt;&amp;amp;\">"
          "&lt;img src=&quot;x&quot; onerror=&#39;alert(1)&#39;&gt;&amp;amp;</p>");
}

TEST_CASE("markup goes into markup as it is, numbers as digits", "[wbm][html]") {
    auto const bold = html("<b>{}</b>", "a < b");
    CHECK(html("<p>{}, {} and {}</p>", bold, 42U, -1).text() == "<p><b>a &lt; b</b>, 42 and -1</p>");
    CHECK((bold + html("!")).text() == "<b>a &lt; b</b>!");
    CHECK(wbm::each(std::array{"<", "b"}, [](char const* s) { return html("<li>{}</li>", s); }).text() ==
          "<li>&lt;</li><li>b</li>");
}

TEST_CASE("braces in a value are text", "[wbm][html]") { CHECK(html("{}", "{} {0}").text() == "{} {0}"); }
