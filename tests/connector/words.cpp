// SPDX-License-Identifier: BSL-1.0
#include "words.hpp"

#include "support/catch.hpp"
#include "support/folder.hpp"
#include "support/pki.hpp"

#include <sallyport/environment/boot_clock.hpp>

#include <filesystem>
#include <string>

using namespace connector;

TEST_CASE("the command that is told approves what waits, in this store and its layout",
          "[connector][words]") {
    struct {
        trust::layout layout;
        char const *folder, *as_a_word, *behind;
    } const each[] = {
        {trust::layout::annex_f, "pki", "/pki ", ""},
        {trust::layout::plural_issuers, "pki", "/pki ", " --layout issuers"},
        {trust::layout::annex_f, "Amira's pki; rm", "/Amira'\\''s pki; rm' ", ""},
    };
    auto const broker = pki::application("Line 4 broker").self_signed();
    auto const now = sallyport::boot_clock{}.now();
    for (auto const& [layout, folder, as_a_word, behind] : each) {
        support::folder const at;
        std::string const root = at.file(folder);
        REQUIRE_FALSE(trust::directory::create(root, layout));
        auto store = trust::directory::open(root, layout);
        REQUIRE(store);
        auto const found = trust::validator{store->lists()}.validate(
            {.chain = broker.bytes(), .shown_by = trust::peer::pkix}, now);
        ourselves const us{.url = "mqtts://broker:8883", .store = root, .pair = {}, .certificate_file = {}};
        seen const shown{.found = found, .chain = {}, .alert = {}};
        // What is not on disk cannot be approved, so nothing is told.
        CHECK(explain({}, shown, *store, us).command.empty());
        REQUIRE(store->reject(broker.bytes(), "mqtts://broker:8883", {}, found.first(), now));
        auto const t = explain({}, shown, *store, us);
        CAPTURE(t.command);
        std::string const print = trust::hex(broker.read()->print().bytes).substr(0, 16);
        CHECK(t.command.starts_with("sallyport-trust approve "));
        CHECK(t.command.ends_with(as_a_word + print + behind));
        CHECK(t.headline == "Connection failed: BadSecurityChecksFailed (0x80130000).");
    }
}
