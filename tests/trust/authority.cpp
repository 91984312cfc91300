// SPDX-License-Identifier: BSL-1.0
#include "support/catch.hpp"
#include "support/pki.hpp"

#include <sallyport/trust/authority.hpp>

namespace trust = sallyport::trust;

TEST_CASE("who may issue is a CA, but not an application that only says so", "[trust][authority]") {
    using namespace pki;
    auto const asks = [](issued const& c) { return trust::may_issue(*c.read()); };
    CHECK(asks(authority("Root").self_signed()));
    CHECK(asks(authority("Root").usage(cert_sign).self_signed()));
    CHECK(asks(authority("Root").without(id::key_usage).self_signed()));
    CHECK_FALSE(asks(application().self_signed()));
    // As the conformance test tool makes them: cA TRUE, keyCertSign, no cRLSign.
    CHECK_FALSE(asks(application().ca(true).usage(rsa_application | cert_sign).self_signed()));
    CHECK(asks(application().ca(true).usage(rsa_application | cert_sign | crl_sign).self_signed()));
    CHECK(asks(application().ca(true).without(id::key_usage).self_signed()));
    CHECK(asks(application().ca(true).by(authority("Root").self_signed())));
}
