// SPDX-License-Identifier: BSL-1.0
// expect: this audit sink needs record\(sallyport::audit::event const&\); see sallyport/concepts/audit_sink.hpp
// expect: shredder
#include "parts.hpp"

struct shredder {
#ifdef CONTROL
    void record(sallyport::audit::event const&) noexcept {}
#endif
};

int main() {
    sallyport::authenticator const gate{sallyport::environment{}.with_audit(shredder{}), one_man{}};
}
