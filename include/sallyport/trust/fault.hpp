// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/trust/certificate.hpp>
#include <sallyport/trust/status.hpp>

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <vector>

namespace sallyport::inline v0 {
namespace trust {

/// One finding of a validation.
struct fault {
    status what = status::certificate_invalid;
    certificate_ptr certificate{};  ///< whose; null where it could not even be read
    bool suppressible = false;      ///< by status, and not marked mandatory by the certificate itself
    bool suppressed = false;        ///< overlooked by the administrator's will; audited all the same
    std::string_view because{};     ///< half a sentence: what was found. Static text
    std::uint8_t step = 1;          ///< of OPC 10000-4 §6.1.3: one status serves steps 1 and 3
};

/// The findings about one path, in the order of OPC UA's steps (step-major; leaf first within a step).
class faults {
public:
    explicit faults(suppressions overlooked = {}) noexcept : overlooked_{overlooked} {}

    /// `mandatory`: the certificate itself forbids to overlook it (a critical usage).
    void add(status what, certificate_ptr const& of, std::string_view because, bool mandatory = false) {
        bool const may = rule_of(what).suppressible && !mandatory;
        put({what, of, may, may && overlooked_.has(what), because, rule_of(what).step});
    }
    /// Step 3: always rejected.
    void add_bad_signature(certificate_ptr const& of) {
        put({status::certificate_invalid, of, false, false, "its signature is not its issuer's", 3});
    }
    /// Found, and overlooked by a rule of its own (the grace of a revocation list).
    void add_overlooked(status what, certificate_ptr const& of, std::string_view because) {
        put({what, of, rule_of(what).suppressible, rule_of(what).suppressible, because, rule_of(what).step});
    }

    [[nodiscard]] std::vector<fault> const& all() const noexcept { return all_; }
    /// The first that nobody overlooked; null: accepted.
    [[nodiscard]] fault const* first() const noexcept {
        auto const at = std::find_if(all_.begin(), all_.end(), [](fault const& f) { return !f.suppressed; });
        return at == all_.end() ? nullptr : &*at;
    }
    /// Is the first fault of this path in a later step than that of the other? Paths without any come last of
    /// all.
    [[nodiscard]] bool later_than(faults const& o) const noexcept {
        auto const decisive = [](faults const& f) noexcept {
            return f.first() == nullptr ? 100 : int{f.first()->step};
        };
        auto const any = [](faults const& f) noexcept {
            return f.all_.empty() ? 100 : int{f.all_.front().step};
        };
        return decisive(*this) != decisive(o) ? decisive(*this) > decisive(o) : any(*this) > any(o);
    }

private:
    /// One finding for each status of a certificate: what else is wrong in that respect only makes it graver.
    void put(fault f) {
        for (fault& o : all_)
            if (o.what == f.what && o.certificate == f.certificate) {
                o.suppressible = o.suppressible && f.suppressible;
                if (o.suppressed && !f.suppressed) o.because = f.because;
                o.suppressed = o.suppressed && f.suppressed;
                return;
            }
        auto const at =
            std::find_if(all_.begin(), all_.end(), [&](fault const& o) { return o.step > f.step; });
        all_.insert(at, std::move(f));
    }

    suppressions overlooked_;
    std::vector<fault> all_;
};

}  // namespace trust
}  // namespace sallyport::inline v0
