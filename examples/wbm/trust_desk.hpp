// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "gate.hpp"
#include "staff.hpp"

#include <sallyport/host/trust_audit.hpp>
#include <sallyport/trust/directory.hpp>
#include <sallyport/trust/doctor_finding.hpp>
#include <sallyport/trust/namesake.hpp>
#include <sallyport/trust/validator.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wbm {

namespace trust = sallyport::trust;
using sallyport::thumbprint;

/// What an administrator said when he approved a certificate.
struct approval {
    trust::list to = trust::list::trusted;
    bool as_authority = false;             ///< he knows that it may issue others, and means it
    bool compared = false;                 ///< he has compared the thumbprint with the owner's
    std::optional<thumbprint> replaces{};  ///< a trusted one, which goes in its time
};

/// A certificate of the store, wherever it is.
struct known_certificate {
    trust::place where = trust::place::rejected;
    trust::certificate_ptr certificate{};
    std::string file{};                          ///< empty: not on disk yet
    std::optional<trust::rejection> rejected{};  ///< when, how often and why
};

/// The applications that this device trusts: their store on disk, who judges by it, and what administrators
/// do to it. Whatever is refused waits in the store for one of them; each act stands in the log with who did
/// it.
/// Thread safety: everything.
class trust_desk {
public:
    /// The store in that folder, which is made where it is missing. `gate` tells the time and keeps the log.
    [[nodiscard]] static sallyport::loaded<std::unique_ptr<trust_desk>> open(std::string const& folder,
                                                                             login_gate& gate);

    [[nodiscard]] trust::directory const& store() const noexcept { return store_; }
    [[nodiscard]] trust::validator const& judge() const noexcept { return judge_; }

    /// An application shows this chain. A refusal is kept among the rejected, and told.
    trust::judgement knock(trust::bytes chain, sallyport::address const& from, std::string_view door);
    /// The same for a judgement that was made elsewhere.
    void take(trust::judgement const& said, trust::bytes chain, sallyport::address const& from,
              std::string_view door);
    /// What would be said of it now; nobody is told.
    [[nodiscard]] trust::judgement opinion(trust::bytes chain) const;

    [[nodiscard]] std::optional<known_certificate> find(thumbprint const& print) const;
    [[nodiscard]] std::vector<trust::store_finding> findings() const;
    [[nodiscard]] sallyport::instant now() const { return gate_.clock().now(); }

    outcome approve(actor const& by, thumbprint const& print, approval const& said);
    /// A CA that came with a rejected certificate goes to the issuers.
    outcome add_issuer(actor const& by, thumbprint const& came_with, thumbprint const& print);
    /// Trusted no more, and among the rejected again.
    outcome reject(actor const& by, thumbprint const& print);
    /// A certificate or a revocation list.
    outcome remove(actor const& by, thumbprint const& print);
    /// PEM of one certificate or of one revocation list.
    outcome add(actor const& by, std::string_view pem, approval const& said);

    /// Looks whether somebody has changed the store from outside.
    void tick();

private:
    trust_desk(trust::directory store, login_gate& gate);
    outcome done(actor const& by, std::string_view what, thumbprint const& print, std::string const& name,
                 std::optional<sallyport::load_error> const& no);
    /// What stands in the way of this certificate: a sentence, or nothing.
    [[nodiscard]] std::string objection(trust::certificate const& c, approval const& said) const;

    trust::directory store_;
    trust::validator judge_;
    login_gate& gate_;
    sallyport::host::trust_audit audit_{};
};

}  // namespace wbm
