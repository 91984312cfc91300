// SPDX-License-Identifier: BSL-1.0
#include "support/catch.hpp"

#include <sallyport/trust/trust_list_data.hpp>

#include <random>
#include <string>
#include <vector>

namespace {
namespace trust = sallyport::trust;
using trust::trust_list_data;
using octets = std::vector<std::uint8_t>;
}  // namespace

TEST_CASE("a TrustListDataType is encoded as OPC UA Binary has it, and read back",
          "[trust][trust_list_data]") {
    trust_list_data const d{.specified_lists = 0x0F,
                            .trusted_certificates = {{1, 2, 3}, {}},
                            .trusted_crls = {},
                            .issuer_certificates = {{0xFF}},
                            .issuer_crls = {octets(300, 7)}};
    auto const wire = d.encode();
    octets const begins{15, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0,    0, 1, 2, 3, 0,  0, 0, 0, 0, 0,
                        0,  0, 1, 0, 0, 0, 1, 0, 0, 0, 0xFF, 1, 0, 0, 0, 44, 1, 0, 0, 7};
    REQUIRE(wire.size() > begins.size());
    CHECK(octets(wire.begin(), wire.begin() + static_cast<std::ptrdiff_t>(begins.size())) == begins);
    CHECK(wire.size() == d.encoded_size());
    REQUIRE(trust_list_data::decode(wire));
    CHECK(*trust_list_data::decode(wire) == d);
    CHECK(trust_list_data{}.encode() == octets(20, 0));
}

TEST_CASE("a length of -1 is an empty list, and no other length is believed", "[trust][trust_list_data]") {
    octets const null_lists{1,   0,   0, 0, 255, 255, 255, 255, 255, 255,
                            255, 255, 0, 0, 0,   0,   255, 255, 255, 255};
    REQUIRE(trust_list_data::decode(null_lists));
    CHECK(*trust_list_data::decode(null_lists) == trust_list_data{.specified_lists = 1});
    auto const good = trust_list_data{.specified_lists = 1, .trusted_certificates = {{1, 2}}}.encode();
    for (std::size_t n = 0; n < good.size(); ++n)
        CHECK_FALSE(trust_list_data::decode(trust::bytes{good}.first(n)));
    auto more = good;
    more.push_back(0);
    CHECK_FALSE(trust_list_data::decode(more));
    for (std::size_t at : {4U, 8U})
        for (int const high : {0x7F, 0x80, 0xFF}) {
            auto lying = good;
            lying[at + 3] = static_cast<std::uint8_t>(high);  // two thousand million of them
            CHECK_FALSE(trust_list_data::decode(lying));
        }
}

TEST_CASE("whatever is read is written as it was, but for the two ways of nothing",
          "[trust][trust_list_data]") {
    std::mt19937 dice{5};
    int read = 0;
    for (int i = 0; i < 20'000; ++i) {
        octets wire(4 + dice() % 40);
        for (auto& b : wire) b = static_cast<std::uint8_t>(dice() % 8 == 0 ? dice() % 4 : 0);
        auto const d = trust_list_data::decode(wire);
        if (!d) continue;
        ++read;
        CHECK(d->encode() == wire);
    }
    CHECK(read > 10);
}
