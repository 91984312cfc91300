// SPDX-License-Identifier: BSL-1.0
#include <sallyport/sallyport.hpp>

#include <fmt/format.h>

namespace {

struct one_man {  // the smallest directory there is
    [[nodiscard]] sallyport::answer verify(sallyport::attempt const& a, sallyport::instant) const {
        if (a.user == "amira" && a.shown.bytes.equals(sallyport::secret{"open sesame"}))
            return sallyport::principal{.is = "amira"};
        return sallyport::denial{sallyport::reason::invalid_credentials};
    }
};

}  // namespace

int main() {
    sallyport::authenticator gate{sallyport::environment{}, one_man{}, sallyport::penalty::backoff{}};

    auto const knock = [&](std::string_view with) {
        return gate.login(
            {.user = "amira", .shown = sallyport::credential::password(with), .service = "opcua"});
    };
    bool const wrong = static_cast<bool>(knock("guess"));
    auto const right = knock("open sesame");
    fmt::print("sallyport {}: wrong {}, right {}\n", sallyport::version, wrong ? "in" : "out",
               right ? "in" : "out");
    return !wrong && right ? 0 : 1;
}
