// SPDX-License-Identifier: BSL-1.0
#include "support/catch.hpp"

#include <sallyport/core/short_list.hpp>

#include <algorithm>
#include <iterator>

using sallyport::short_list;

TEST_CASE("a short list keeps the order in which its lines came, and takes no more than it holds",
          "[core][short_list]") {
    short_list<int, 3> list;
    CHECK(list.size() == 0);
    CHECK(list.begin() == list.end());
    for (int const n : {7, 5, 9}) CHECK(list.add(n));
    CHECK_FALSE(list.add(1));
    int const all[] = {7, 5, 9};
    CHECK(std::equal(list.begin(), list.end(), std::begin(all), std::end(all)));
    CHECK(list[1] == 5);
    list.back() = 2;
    CHECK(list.back() == 2);
    CHECK(list.size() == list.most);
}
