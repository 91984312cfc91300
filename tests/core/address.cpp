// SPDX-License-Identifier: BSL-1.0
#include "support/catch.hpp"

#include <sallyport/core/address.hpp>
#include <sallyport/core/region.hpp>

#include <array>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>

namespace {

using namespace std::string_view_literals;
using sallyport::address;

static_assert(!address{}.known(), "made by default: the host knows no peer");
static_assert(sallyport::wordy<address> && sizeof(address) == 16);
static_assert(address::ipv4(192, 0, 2, 7).known() && address::ipv4(0, 0, 0, 0).known());

TEST_CASE("an IPv4 host is itself, mapped or not, and has no port", "[core][address]") {
    CHECK(address::from("192.0.2.7") == address::ipv4(192, 0, 2, 7));
    CHECK(address::from("::ffff:192.0.2.7") == address::ipv4(192, 0, 2, 7));
    CHECK(address::from("::ffff:c000:207") == address::ipv4(192, 0, 2, 7));
    CHECK(address::from("192.0.2.7") != address::from("192.0.2.8"));
    CHECK(address::from("192.0.2.7").to_string() == "192.0.2.7");
    CHECK(address::from("::ffff:192.0.2.7").to_string() == "192.0.2.7");
}

TEST_CASE("an IPv6 network of 64 bits is one source, since one stranger owns all of it", "[core][address]") {
    CHECK(address::from("2001:db8:1:2::1") == address::from("2001:db8:1:2:ffff:ffff:ffff:ffff"));
    CHECK(address::from("2001:db8:1:2::1") != address::from("2001:db8:1:3::1"));
    CHECK(address::from("2001:DB8:1:2::1") == address::from("2001:0db8:0001:0002::"));
    CHECK(address::from("2001:db8:1:2::1").to_string() == "2001:db8:1:2::/64");
}

TEST_CASE("a port and brackets make no other source", "[core][address]") {
    CHECK(address::from("192.0.2.7:50001") == address::ipv4(192, 0, 2, 7));
    CHECK(address::from("192.0.2.7:50002") == address::from("192.0.2.7"));
    CHECK(address::from("[2001:db8:1:2::1]:50001") == address::from("2001:db8:1:2::1"));
    CHECK(address::from("[2001:db8:1:2::1]") == address::from("2001:db8:1:2::1"));
    CHECK(address::from("[fe80::1%eth0]:50001") == address::from("fe80::1"));
    CHECK(address::from("[::ffff:192.0.2.7]:50001") == address::ipv4(192, 0, 2, 7));
    CHECK(address::from("2001:db8::1").to_string() == "2001:db8::/64");  // its last group is no port
    for (std::string_view const odd :
         {"[", "[]", "[:", ":", "]", "[]:", "192.0.2:1", "[192.0.2.7", "%", ":%"})
        CHECK(address::from(odd).known());
    CHECK(address::from("panel-1:1") != address::from("panel-1:2"));  // that is no address
}

TEST_CASE("a link-local address is one host, whatever the zone", "[core][address]") {
    CHECK(address::from("fe80::1") != address::from("fe80::2"));
    CHECK(address::from("fe80::1%eth0") == address::from("fe80::1"));
    CHECK(address::from("febf::1") != address::from("febf::2"));  // fe80::/10 to its end …
    CHECK(address::from("fec0::1") == address::from("fec0::2"));  // … and no further
    CHECK(address::from("fe80::1%eth0").to_string() == "fe80::1");
}

TEST_CASE("loopback is somebody, and the unspecified address nobody", "[core][address]") {
    CHECK(address::from("::1").known());
    CHECK(address::from("::1").to_string() == "::1");
    CHECK(address::from("127.0.0.1") == address::ipv4(127, 0, 0, 1));
    CHECK(address::from("::1") != address::from("::2"));
    CHECK_FALSE(address::from("::").known());
    CHECK_FALSE(address::from("").known());
    CHECK(address::from("").to_string().empty());
    CHECK(address::from("0.0.0.0").known());
}

TEST_CASE("any other name of a peer is told by its bytes", "[core][address]") {
    CHECK(address::from("panel-1").known());
    CHECK(address::from("panel-1") != address::from("panel-2"));
    CHECK(address::from("panel-1") != address::from("Panel-1"));
    CHECK(address::from("panel-1").to_string() == "panel-1");
    CHECK(address::from("192.0.2.256").to_string() == "192.0.2.256");  // no address: a name
    CHECK(address::from("ff02::1").to_string() == "ff02::1");          // multicast is no peer's address
    CHECK(address::from("a%b") != address::from("a%c"));               // a zone is an address's alone
    CHECK(address::from("0123456789abcde").to_string() == "0123456789abcde");  // the longest kept as it is
}

TEST_CASE("long names are told apart, also by their last letter", "[core][address]") {
    std::set<std::array<std::uint8_t, 16>> seen;
    std::string const stem(200, 'x');
    for (char c = 'a'; c <= 'z'; ++c) seen.insert(address::from(stem + c).bytes);
    for (std::size_t n = 14; n < 80; ++n) seen.insert(address::from(std::string(n, 'y')).bytes);
    CHECK(seen.size() == 26 + 66);
    CHECK(address::from(stem) == address::from(stem));
}

TEST_CASE("a name is never taken for an address", "[core][address]") {
    std::array<std::uint8_t, 16> raw{};
    for (unsigned first = 0; first < 255;
         ++first) {  // 255 is multicast: no peer's address, and the mark of a name
        raw.fill(7);
        raw[0] = static_cast<std::uint8_t>(first);
        CHECK(address::ipv6(raw).bytes[0] != address::from("panel").bytes[0]);
    }
}

}  // namespace
