// SPDX-License-Identifier: BSL-1.0
// Whatever stands in an accounts file: it is read or refused, and what is
// read can be changed without touching the rest.
#include <sallyport/identity/account_record.hpp>
#include <sallyport/identity/account_text.hpp>
#include <sallyport/identity/argon2id.hpp>
#include <sallyport/role/role_table.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

using namespace sallyport;
using namespace sallyport::identity;

namespace {

constexpr account_limits limits{.accounts = 16, .previous = 4, .file_bytes = 65536};

void must(bool holds) {
    if (!holds) std::abort();
}
auto read(std::string_view text) {
    static argon2id const hasher;
    return read_accounts(text, "accounts.toml", hasher, role::plcnext_roles, limits);
}
void must_read_as(std::optional<std::string> const& text, std::vector<account_record> const& wanted) {
    must(text.has_value());
    auto const all = read(*text);
    must(all && *all == wanted);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    if (size > limits.file_bytes) return 0;
    std::string const text{reinterpret_cast<char const*>(data), size};
    auto const all = read(text);
    if (!all) {
        must(all.error().line > 0 && !all.error().message.empty());
        return 0;
    }
    must(all->size() <= limits.accounts);

    account_record const fresh{.name = "somebody who is new",
                               .roles = {"Admin"},
                               .password = std::string{argon2id{}.dummy()},
                               .not_after = nanoseconds{1}};
    if (all->size() < limits.accounts) {
        auto wanted = *all;
        wanted.push_back(fresh);
        must_read_as(account_text::with(text, fresh), wanted);
    }
    for (std::size_t i = 0; i < all->size(); ++i) {
        auto wanted = *all;
        auto& a = wanted[i];
        a.roles = {"Viewer", "Engineer"};
        a.disabled = !a.disabled, a.essential = !a.essential,
        a.must_change_password = !a.must_change_password;
        a.password = fresh.password;
        a.previous.assign(1, fresh.password);
        a.not_before.reset();
        a.not_after = nanoseconds{86'400'000'000'001};
        must_read_as(account_text::changed(text, i, (*all)[i], a), wanted);

        wanted = *all;
        wanted.erase(wanted.begin() + static_cast<std::ptrdiff_t>(i));
        must_read_as(account_text::without(text, i), wanted);
    }
    return 0;
}
