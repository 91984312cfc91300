// SPDX-License-Identifier: BSL-1.0
// Step 4: are keys and signatures those of the security policy in use?
// (OPC 10000-4 §6.1.3; OPC 10000-6 §6.2; OPC 10000-7, the security policies)
#include "rules.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace rules;
using pki::hash;

constexpr std::string_view good = "Good", failed = "PolicyCheckFailed of Leaf";

std::vector<std::string_view> const rsa_policies{"Basic128Rsa15", "Basic256", "Basic256Sha256",
                                                 "Aes128_Sha256_RsaOaep", "Aes256_Sha256_RsaPss"};
std::vector<std::string_view> const curve_policies{"ECC_nistP256",        "ECC_nistP384",
                                                   "ECC_brainpoolP256r1", "ECC_brainpoolP384r1",
                                                   "ECC_curve25519",      "ECC_curve448"};

TEST_CASE("an RSA key is as long as its policy allows, to the bit (Part 7, key min–max)",
          "[trust][rules][policy]") {
    struct {
        int bits;
        bool old_ones, sha256_ones;  ///< do Basic128Rsa15 and Basic256 take it, and the three of today
    } const keys[] = {{1016, false, false}, {1024, true, false}, {2040, true, false}, {2048, true, true},
                      {2056, false, true},  {3072, false, true}, {4096, false, true}, {4104, false, false}};
    for (auto const& k : keys) {
        auto const leaf = application("Leaf", pki::rsa(k.bits)).self_signed();
        REQUIRE(leaf.read()->key_bits() == k.bits);
        for (auto const policy : rsa_policies) {
            CAPTURE(k.bits, policy);
            bool const old_one = policy == "Basic128Rsa15" || policy == "Basic256";
            CHECK(said_of_own(opc_ua, leaf, under(policy)) ==
                  ((old_one ? k.old_ones : k.sha256_ones) ? good : failed));
        }
    }
}
TEST_CASE(
    "an RSA signature is PKCS #1 with the policy's hash or a longer one (Part 7, certificate signature)",
    "[trust][rules][policy]") {
    struct {
        hash by;
        bool old_ones, sha256_ones;
    } const hashes[] = {{hash::md5, false, false},  {hash::sha1, true, false},  {hash::sha224, false, false},
                        {hash::sha256, true, true}, {hash::sha384, true, true}, {hash::sha512, true, true}};
    for (auto const& h : hashes) {
        auto const leaf = application("Leaf").hashed(h.by).self_signed();
        for (auto const policy : rsa_policies) {
            CAPTURE(static_cast<int>(h.by), policy);
            bool const old_one = policy == "Basic128Rsa15" || policy == "Basic256";
            CHECK(said_of_own(opc_ua, leaf, under(policy)) ==
                  ((old_one ? h.old_ones : h.sha256_ones) ? good : failed));
        }
    }
}
TEST_CASE("a PSS signature fits no policy, Aes256_Sha256_RsaPss neither (Part 7)", "[trust][rules][policy]") {
    auto const leaf = application("Leaf").pss().self_signed();
    CHECK(said_of_own(opc_ua, leaf) == good);
    for (auto const policy : rsa_policies) CHECK(said_of_own(opc_ua, leaf, under(policy)) == failed);
}
TEST_CASE("a curve's policy takes keys of its very curve (Part 7)", "[trust][rules][policy]") {
    struct {
        std::string_view policy;
        pki::key key;
    } const keys[] = {{"ECC_nistP256", pki::p256()},
                      {"ECC_nistP384", pki::p384()},
                      {"ECC_brainpoolP256r1", pki::brainpool256()},
                      {"ECC_brainpoolP384r1", pki::brainpool384()},
                      {"ECC_curve25519", pki::ed25519()},
                      {"ECC_curve448", pki::ed448()},
                      {"none of them: P-521", pki::curve(NID_secp521r1)},
                      {"none of them: secp256k1", pki::curve(NID_secp256k1)},
                      {"none of them: RSA", pki::rsa(2048)}};
    for (auto const& k : keys) {
        auto const leaf = application("Leaf", k.key).self_signed();
        for (auto const policy : curve_policies) {
            CAPTURE(k.policy, policy);
            CHECK(said_of_own(opc_ua, leaf, under(policy)) == (k.policy == policy ? good : failed));
        }
    }
}
TEST_CASE("a curve's key fits no RSA policy (Part 7)", "[trust][rules][policy]") {
    auto const leaf = application("Leaf", pki::p256()).self_signed();
    for (auto const policy : rsa_policies) CHECK(said_of_own(opc_ua, leaf, under(policy)) == failed);
}
TEST_CASE("a curve's signature has the policy's hash or a longer one (Part 7)", "[trust][rules][policy]") {
    auto const says = [](pki::key const& k, hash h, std::string_view policy) {
        return said_of_own(opc_ua, application("Leaf", k).hashed(h).self_signed(), under(policy));
    };
    CHECK(says(pki::p256(), hash::sha1, "ECC_nistP256") == failed);
    CHECK(says(pki::p256(), hash::sha224, "ECC_nistP256") == failed);
    CHECK(says(pki::p256(), hash::sha384, "ECC_nistP256") == good);
    CHECK(says(pki::p256(), hash::sha512, "ECC_nistP256") == good);
    CHECK(says(pki::p384(), hash::sha256, "ECC_nistP384") == failed);
    CHECK(says(pki::p384(), hash::sha512, "ECC_nistP384") == good);
    CHECK(says(pki::brainpool384(), hash::sha256, "ECC_brainpoolP384r1") == failed);
}
TEST_CASE("without a policy nothing of the kind is asked (Part 4 §6.1.3, what is not given is not checked)",
          "[trust][rules][policy]") {
    CHECK(said_of_own(everyone, application("Leaf", pki::rsa(1024)).hashed(hash::md5).self_signed()) == good);
    CHECK(said_of_own(everyone, application("Leaf", pki::rsa(4608)).self_signed()) == good);
}
TEST_CASE("the limits hold for every certificate of the chain, the root's key too (Part 6 §6.2, Part 7)",
          "[trust][rules][policy]") {
    auto const says = [](pki::key const& root_key, pki::key const& sub_key, pki::key const& leaf_key) {
        auto const root = authority("Big", root_key).self_signed();
        auto const sub = authority("Middle", sub_key).by(root);
        auto const leaf = application("Leaf", leaf_key).by(sub);
        return store{}.trusted({leaf}).issuer_cas({sub, root}).says(opc_ua, {leaf}, under("Basic256Sha256"));
    };
    auto const k1 = pki::rsa(1024), k2 = pki::rsa(2048), k3 = pki::rsa(3072), k4 = pki::rsa(4096),
               k5 = pki::rsa(4608);
    CHECK(says(k4, k3, k2) == good);
    CHECK(says(k2, k2, k2) == good);
    CHECK(says(k5, k4, k2) == "PolicyCheckFailed of Big");
    CHECK(says(k5, k5, k2) == "PolicyCheckFailed of Middle, PolicyCheckFailed of Big");
    CHECK(says(k1, k2, k2).find("PolicyCheckFailed of Big") != std::string::npos);
    CHECK(says(pki::p256(), k2, k2) ==
          "PolicyCheckFailed of Middle, PolicyCheckFailed of Big");  // signature, and key
}
TEST_CASE("an issued RSA key longer than its issuer's is a fault (Part 6 §6.2, less than or equal)",
          "[trust][rules][policy]") {
    auto const root = authority("Big", pki::rsa(2048)).self_signed();
    auto const longer = application("Leaf", pki::rsa(3072)).by(root),
               equal = application("Leaf", pki::rsa(2048)).by(root);
    CHECK(store{}.trusted_cas({root}).says(opc_ua, {longer}, under("Basic256Sha256")) == failed);
    CHECK(store{}.trusted_cas({root}).says(opc_ua, {equal}, under("Basic256Sha256")) == good);
    CHECK(store{}.trusted_cas({root}).says(everyone, {longer}) == good);  // step 4, and so only with a policy
    auto const sub = authority("Middle", pki::rsa(3072)).by(root);
    auto const below = application("Leaf", pki::rsa(2048)).by(sub);
    CHECK(store{}.trusted_cas({root}).issuer_cas({sub}).says(opc_ua, {below}, under("Basic256Sha256")) ==
          "PolicyCheckFailed of Middle");
}
TEST_CASE("the self-signature of an issuing root is exempt, and of nobody else (step 4)",
          "[trust][rules][policy]") {
    auto const basic = under("Basic256Sha256");
    for (bool const pss : {false, true}) {
        auto const root =
            authority("Old Root").hashed(pss ? hash::sha256 : hash::sha1).pss(pss).self_signed();
        auto const leaf = application("Leaf").by(root);
        CHECK(store{}.trusted_cas({root}).says(opc_ua, {leaf}, basic) == good);
    }
    auto const sub = authority("Weak Sub").hashed(hash::sha1).by(the().root);
    auto const leaf = application("Leaf").by(sub);
    CHECK(store{}.trusted_cas({the().root}).issuer_cas({sub}).says(opc_ua, {leaf}, basic) ==
          "PolicyCheckFailed of Weak Sub");
    CHECK(said_of(opc_ua, application("Leaf").hashed(hash::sha1).by(the().line), basic) == failed);
    CHECK(said_of_own(opc_ua, application("Leaf").hashed(hash::sha1).self_signed(), basic) == failed);
}
TEST_CASE("a curve's policy holds for its CAs, another curve above is a fault (Part 7)",
          "[trust][rules][policy]") {
    auto const says = [](pki::key const& ca, pki::key const& own, std::string_view policy) {
        auto const root = authority("Curved", ca).self_signed();
        auto const leaf = application("Leaf", own).by(root);
        return store{}.trusted_cas({root}).says(opc_ua, {leaf}, under(policy));
    };
    CHECK(says(pki::p256(), pki::p256("leaf"), "ECC_nistP256") == good);
    CHECK(says(pki::p384(), pki::p256("leaf"), "ECC_nistP256") == "PolicyCheckFailed of Curved");
    CHECK(says(pki::rsa(2048), pki::p256("leaf"), "ECC_nistP256") ==
          "PolicyCheckFailed of Leaf, PolicyCheckFailed of Curved");
    CHECK(says(pki::brainpool256(), pki::p256("leaf"), "ECC_nistP256") == "PolicyCheckFailed of Curved");
    CHECK(says(pki::ed25519(), pki::ed25519("leaf"), "ECC_curve25519") == good);
    CHECK(says(pki::ed448(), pki::ed25519("leaf"), "ECC_curve25519") ==
          "PolicyCheckFailed of Leaf, PolicyCheckFailed of Curved");
}
TEST_CASE("weak and untrusted is weak first; weak, suppressed, is still untrusted (order, 4 before 5)",
          "[trust][rules][policy]") {
    auto const weak = application("Leaf", pki::rsa(1024)).valid_until(today - 24h).self_signed();
    asking a = under("Basic256Sha256");
    CHECK(store{}.says(opc_ua, {weak}, a) ==
          "PolicyCheckFailed of Leaf, Untrusted of Leaf, TimeInvalid of Leaf");
    a.overlook.add(status::certificate_policy_check_failed);
    CHECK(store{}.says(opc_ua, {weak}, a) ==
          "PolicyCheckFailed of Leaf (suppressed), Untrusted of Leaf, TimeInvalid of Leaf");
}
TEST_CASE("a weak certificate is accepted where an administrator overlooks it (step 4)",
          "[trust][rules][policy]") {
    asking a = overlooking({status::certificate_policy_check_failed});
    a.policy = "Basic256Sha256";
    CHECK(said_of_own(opc_ua, application("Leaf", pki::rsa(1024)).hashed(hash::sha1).self_signed(), a) ==
          "PolicyCheckFailed of Leaf (suppressed)");
}
TEST_CASE("a policy is known by its name, its URI, and with another cipher after it (Part 7)",
          "[trust][rules][policy]") {
    auto const* const sha256 = trust::policy_called("Basic256Sha256");
    REQUIRE(sha256 != nullptr);
    CHECK(trust::policy_called("http://opcfoundation.org/UA/SecurityPolicy#Basic256Sha256") == sha256);
    CHECK(trust::policy_called("ECC_nistP256_AesGcm") == trust::policy_called("ECC_nistP256"));
    CHECK(trust::policy_called("ECC_curve25519_ChaChaPoly") == trust::policy_called("ECC_curve25519"));
    for (auto const name : {"", "Basic256sha256", "https://opcfoundation.org/UA/SecurityPolicy#None",
                            "Basic256Sha256 ", "NONE"}) {
        CAPTURE(name);
        CHECK(trust::policy_called(name) == nullptr);
    }
    for (auto const& p : trust::security_policies) {
        bool const old_one = p.name == "Basic128Rsa15" || p.name == "Basic256";
        CHECK((p.standing == trust::standing_of_policy::deprecated) == old_one);
        CHECK(p.none() == (p.name == "None"));
    }
}
TEST_CASE("a policy of the host's own that says nothing refuses; None is None by its name alone (step 4)",
          "[trust][rules][policy]") {
    trust::current_lists lists;
    lists.put(store{}.trusted({the().alone}).list());
    trust::validator const judge{lists};
    auto const under_this = [&](trust::security_policy const& p) {
        return judge.validate({.chain = the().alone.bytes(), .policy = &p}, store::instant({})).first();
    };
    CHECK(under_this({}) == status::certificate_policy_check_failed);
    CHECK(under_this({.name = "Ours"}) == status::certificate_policy_check_failed);
    auto ours = *trust::policy_called("Basic256Sha256");
    ours.name = "Ours", ours.standing = trust::standing_of_policy::none;  // forgotten
    CHECK(under_this(ours) == status::good);
    ours.least_bits = 3072;
    CHECK(under_this(ours) == status::certificate_policy_check_failed);
}

}  // namespace
