// SPDX-License-Identifier: BSL-1.0
#include "change.hpp"
#include "store.hpp"
#include "words.hpp"

#include <sallyport/environment/boot_clock.hpp>
#include <sallyport/trust/own.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include <unistd.h>

namespace trust_tool {

namespace {

/// What this machine calls itself; empty where that is no name of a host.
std::string host_name() {
    std::array<char, 256> name{};
    if (::gethostname(name.data(), name.size() - 1) != 0) return {};
    return trust::detail::is_host_name(name.data()) ? name.data() : "";
}
/// What is behind the last colon or slash: "urn:plant:pump-7" is pump-7's.
std::string last_part(std::string_view uri) {
    auto const end = uri.find_last_not_of(":/");
    if (end == std::string_view::npos) return {};
    uri = uri.substr(0, end + 1);
    return std::string{uri.substr(uri.find_last_of(":/") + 1).substr(0, 64)};
}

/// What the command line leaves out is as in `before`, the certificate that the next one follows; without one
/// as this machine has it.
trust::own_request request_of(arguments const& a, trust::certificate const* before) {
    trust::own_request of;
    of.application_uri = a.application_uri.value_or("");
    of.common_name = !a.common_name.empty() ? a.common_name
                     : before != nullptr    ? before->common_name()
                                            : last_part(of.application_uri);
    auto const host = host_name();
    of.organization = !a.organization.empty() ? a.organization
                      : host.empty()          ? of.common_name
                                              : host.substr(0, 64);
    for (auto const& h : a.hosts)
        (trust::detail::address_octets(h).empty() ? of.dns_names : of.addresses).push_back(h);
    if (a.hosts.empty() && before != nullptr) {
        of.dns_names = before->dns_names();
        for (auto const& octets : before->addresses()) of.addresses.push_back(address_of(octets));
    }
    if (of.dns_names.empty() && of.addresses.empty() && !host.empty()) of.dns_names.push_back(host);
    of.key = a.key;
    of.days = a.days.value_or(of.days);
    return of;
}

/// In the words of the command line.
std::string option_of(std::string why) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 6> names{
        {{"common_name:", "--common-name:"},
         {"organization:", "--organization:"},
         {"application_uri:", "--application-uri:"},
         {"dns_names:", "--host:"},
         {"addresses:", "--host:"},
         {"days:", "--days:"}}};
    for (auto const& [member, option] : names)
        if (why.starts_with(member)) return std::string{option} + why.substr(member.size());
    return why;
}

void tell(arguments const& a, trust::own_pair const& pair, std::string_view state) {
    auto const& c = *pair.leaf();
    std::string names = fmt::format("{}", fmt::join(c.dns_names(), ", "));
    for (auto const& ip : c.addresses()) names += (names.empty() ? "" : ", ") + address_of(ip);
    fmt::print(
        "{} is {}.\n"
        "  subject            {}\n"
        "  ApplicationUri     {}\n"
        "  reached at         {}\n"
        "  valid to           {}\n"
        "  key                {}\n"
        "  SHA-256            {}\n"
        "  certificate        {}/{}/{}\n"
        "The private key lies in {}/{}, and never leaves it. Peers trust this certificate when\n"
        "their administrators have compared the SHA-256 and approved it.\n",
        name_of(c), state, printed(c.subject_name()), c.uris().empty() ? "none" : safe(c.uris().front()),
        safe(names), time(c.valid_until()), key_of(c), trust::hex(c.print().bytes), safe(a.folder),
        a.layout.own.view(), safe(trust::file_name_of(c)) + (a.next ? ".next" : ""), safe(a.folder),
        a.layout.own_private.view());
}

}  // namespace

int create_own(arguments const& a) {
    if (!open_store(a, access::read)) return misused;
    auto own = trust::own::open(a.folder, a.layout);
    if (!own) return cannot(own.error().to_string());
    if (a.switch_now) {
        auto const made = own->switch_to_next();
        if (!made) return fails(made.error().to_string() + (own->next() ? "" : "; make one with --next"));
        tell(a, **made, "in force now");
        return done;
    }
    auto const in_force = own->current();
    auto const of = request_of(a, a.next && in_force ? in_force->leaf().get() : nullptr);
    if (auto const why = of.fault(); !why.empty()) return cannot(option_of(why));
    auto const at = sallyport::boot_clock{}.now();
    auto const made = a.next ? own->stage_self_signed(of, at) : own->create(of, at);
    if (!made && !a.next && own->current())
        return fails(fmt::format(
            "{}: is in force; create-own --next makes the next one, and --switch puts it in force",
            made.error().file));
    if (!made) return fails(made.error().to_string());
    tell(a, **made,
         a.next ? "the next certificate; --switch puts it in force" : "this application's certificate");
    return done;
}

}  // namespace trust_tool
