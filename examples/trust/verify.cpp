// SPDX-License-Identifier: BSL-1.0
#include "verify.hpp"

#include "certificate_file.hpp"
#include "store.hpp"
#include "words.hpp"

#include <sallyport/environment/boot_clock.hpp>
#include <sallyport/trust/directory.hpp>
#include <sallyport/trust/validator.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace trust_tool {

namespace {
std::string thumb_of(trust::certificate_ptr const& c) { return c ? trust::hex(c->thumb()) : std::string{}; }
std::string code_of(trust::status s) { return fmt::format("0x{:08X}", static_cast<std::uint32_t>(s)); }
}  // namespace

std::string as_json(trust::judgement const& j) {
    nlohmann::ordered_json out{{"status", trust::to_string(j.first())},
                               {"code", code_of(j.first())},
                               {"accepted", j.accepted()},
                               {"faults", nlohmann::ordered_json::array()}};
    for (auto const& f : j.all())
        out["faults"].push_back({{"status", trust::to_string(f.what)},
                                 {"certificate", thumb_of(f.certificate)},
                                 {"suppressible", f.suppressible},
                                 {"suppressed", f.suppressed}});
    out["wire_status"] = trust::to_string(j.wire());
    out["audit_event"] = j.audit_event();
    out["remedy"] = j.remedy();
    return out.dump();
}

std::string as_text(trust::judgement const& j) {
    std::string out = fmt::format("{}: {} ({})\n", j.accepted() ? "accepted" : "refused",
                                  trust::to_string(j.first()), code_of(j.first()));
    for (auto const& f : j.all())
        out += fmt::format(
            "  {}{}: {}\n    {}\n", trust::to_string(f.what), f.suppressed ? " (suppressed)" : "", f.because,
            f.certificate ? fmt::format("{} [{}]", shortened(printed(f.certificate->subject_name()), 200),
                                        thumb_of(f.certificate))
                          : "what was presented");
    if (j.chain().size() > 1) {
        out += "  chain:\n";
        for (auto const& c : j.chain())
            out += fmt::format("    {} [{}]\n", shortened(printed(c->subject_name()), 200), thumb_of(c));
    }
    if (!j.accepted()) out += fmt::format("  the peer is told: {}\n", trust::to_string(j.wire()));
    if (!j.all().empty()) out += fmt::format("  what to do: {}\n", wrapped(j.remedy(), 14));
    return out;
}

int verify(arguments const& a) {
    std::string why;
    auto const chain = read_chain_file(a.operands.front(), why);
    if (!chain) return cannot(why);
    auto store = trust::directory::open(a.folder, a.layout, {.writes = false});
    if (!store) return cannot(store.error().to_string());
    mention_what_is_not_read(a, *store);
    for (auto const s : a.never_overlooked)
        (void)fails(
            fmt::format("{} may not be suppressed (OPC 10000-4 §6.1.3), and is not", trust::to_string(s)));

    sallyport::instant at = sallyport::boot_clock{}.now();
    if (a.at) at.wall = *a.at, at.wall_trusted = true;
    store->tick(at);  // what another certificate has taken over from by then counts no more
    bool const server = a.peer == trust::peer::server_application;
    trust::validator const validator{store->lists(), {.overlook = a.overlook}};
    auto const judged = validator.validate({.chain = *chain,
                                            .shown_by = *a.peer,
                                            .policy = a.policy,
                                            .application_uri = a.application_uri,
                                            .host = server ? a.host : std::nullopt},
                                           at);
    fmt::print("{}", a.json.value_or(true) ? as_json(judged) + "\n" : as_text(judged));
    return judged.accepted() ? done : failed;
}

}  // namespace trust_tool
