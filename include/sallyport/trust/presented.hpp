// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/name_rules.hpp>
#include <sallyport/trust/certificate.hpp>
#include <sallyport/trust/trust_list.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

#include <arpa/inet.h>
#include <sys/socket.h>

namespace sallyport::inline v0 {
namespace trust {

/// A presented chain, taken apart: DER certificates one after the other, leaf first (Part 6 §6.2.6).
struct presented {
    std::vector<certificate_ptr> certificates{};
    std::string_view
        problem{};  ///< what is wrong with the blob, beyond what is wrong with a certificate; empty: nothing
    [[nodiscard]] certificate_ptr leaf() const noexcept {
        return certificates.empty() ? nullptr : certificates.front();
    }
};

/// Reads a blob to its last octet. A certificate that is in the lists is not parsed again. Where something in
/// it cannot be read, `problem` says so and what came before is there.
/// At most so many certificates and octets are read: the same one again is one more.
[[nodiscard]] inline presented read_chain(bytes blob, trust_list const& known, unsigned at_most,
                                          std::size_t octets = std::numeric_limits<std::size_t>::max()) {
    presented out;
    if (blob.empty()) return out.problem = "nothing was presented", out;
    std::size_t const all = blob.size();
    for (unsigned read = 0; !blob.empty(); ++read) {
        if (read >= at_most || (read > 0 && all > octets))
            return out.problem = "more certificates are presented than any chain needs", out;
        auto const frame = frame_of(blob);
        if (!frame || frame->tag != 0x30) {
            out.problem = out.certificates.empty() ? "it is no DER certificate"
                                                   : "after it stand octets that are no certificate";
            return out;
        }
        bytes const one = blob.first(frame->end);
        blob = blob.subspan(frame->end);
        auto const* const member = known.find(sha256(one));
        certificate_ptr c = member != nullptr ? member->certificate : certificate::parse(one);
        if (!c) {
            out.problem = out.certificates.empty() ? "it is no certificate"
                                                   : "a certificate that was presented with it is broken";
            return out;
        }
        if (std::none_of(out.certificates.begin(), out.certificates.end(),
                         [&](certificate_ptr const& before) { return before->print() == c->print(); }))
            out.certificates.push_back(std::move(c));
    }
    return out;
}

/// Step 7: is this one of the certificate's HostNames, or its IP address? No wildcards, and the common name
/// is none (OPC UA Part 6 §6.2.2 puts hosts into the subjectAltName).
[[nodiscard]] inline bool holds_host(certificate const& c, std::string_view host) noexcept {
    if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
    if (auto const zone = host.find('%'); zone != std::string_view::npos && host.find(':') < zone)
        host = host.substr(0, zone);  // fe80::1%eth0
    if (host.size() > 1 && host.back() == '.') host.remove_suffix(1);
    if (host.empty() || host.size() > 253 || host.find('\0') != std::string_view::npos) return false;
    for (auto const& name : c.dns_names())
        if (sallyport::detail::same_but_for_case(name, host)) return true;
    if (c.addresses().empty()) return false;
    // inet_pton refuses leading zeros, which some resolvers take for octal: 192.0.2.010 is two addresses.
    std::array<char, 256> text{};
    std::copy(host.begin(), host.end(), text.begin());
    std::array<char, 16> ip{};
    std::string_view octets;
    if (::inet_pton(AF_INET, text.data(), ip.data()) == 1)
        octets = {ip.data(), 4};
    else if (::inet_pton(AF_INET6, text.data(), ip.data()) == 1)
        octets = {ip.data(), 16};
    return !octets.empty() && std::any_of(c.addresses().begin(), c.addresses().end(),
                                          [&](auto const& a) { return a == octets; });
}

/// Step 8: is this one of the certificate's URIs, octet by octet? A certificate that hides a NUL in one of
/// them says different things to different readers, and so nothing.
[[nodiscard]] inline bool holds_uri(certificate const& c, std::string_view uri) noexcept {
    auto const hides = [](auto const& u) { return u.find('\0') != std::string::npos; };
    return !uri.empty() && std::none_of(c.uris().begin(), c.uris().end(), hides) &&
           std::any_of(c.uris().begin(), c.uris().end(), [&](auto const& u) { return u == uri; });
}

}  // namespace trust
}  // namespace sallyport::inline v0
