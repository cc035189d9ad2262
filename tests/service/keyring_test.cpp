#include "service/keyring.h"

#include <doctest/doctest.h>

using service::Asked;

namespace {

/// Opens what was sealed by writing it backwards.
class Backwards final : public store::Opener {
 public:
  xads::AccessToken open(const audit::TokenId&, std::string_view, std::string_view sealed) const override {
    ++opened;
    return {base::Secret("token"), base::Secret(std::string(sealed.rbegin(), sealed.rend()))};
  }
  bool same(const audit::TokenId&, std::string_view left, std::string_view right) const override {
    return left == right;
  }
  mutable int opened = 0;
};

struct Stage {
  Stage() {
    apps.push_back({"agency", {base::Secret("ck"), base::Secret("cs")}, std::nullopt});
    token = roster.put_token({.id = audit::TokenId::make(base::Instant{}, random), .name = "brand-a", .app = "agency"},
                             "", "terces");
  }
  Asked asked() const { return {token, roster.record(token).id, roster.record(token).generation, {}}; }
  std::string secret_of(const xads::TokenSource& source) {
    std::array<char, xads::kTokenRoom> room{};
    return std::string(source(room).secret);
  }

  base::SeededRandom random{9};
  std::vector<service::App> apps;
  service::Roster roster;
  audit::TokenIndex token{};
  std::shared_ptr<Backwards> opener = std::make_shared<Backwards>();
};

}  // namespace

TEST_CASE("keyring: a secret is opened when a request is signed, and not before") {
  Stage stage;
  const service::Keyring keyring(stage.apps, stage.roster, stage.opener);
  CHECK(keyring.consumer_of(stage.asked()).key.reveal() == "ck");
  const auto source = keyring.source_of(stage.asked());
  CHECK(stage.opener->opened == 0);
  CHECK(stage.secret_of(source) == "secret");
  CHECK(stage.opener->opened == 1);
}

TEST_CASE("keyring: a question of before the secrets were replaced is not signed with the new ones") {
  Stage stage;
  const service::Keyring keyring(stage.apps, stage.roster, stage.opener);
  const auto source = keyring.source_of(stage.asked());
  ++stage.roster.record(stage.token).generation;
  CHECK(stage.secret_of(source).empty());
  CHECK(stage.secret_of(keyring.source_of(stage.asked())) == "secret");
}

TEST_CASE("keyring: another token in the place of a removed one is not signed for") {
  Stage stage;
  const service::Keyring keyring(stage.apps, stage.roster, stage.opener);
  const auto source = keyring.source_of(stage.asked());
  stage.roster.remove_token(stage.token);
  CHECK(stage.secret_of(source).empty());
  const auto next = stage.roster.put_token(
      {.id = audit::TokenId::make(base::Instant{}, stage.random), .name = "brand-b", .app = "agency"}, "", "rehto");
  REQUIRE(next == stage.token);
  CHECK(stage.secret_of(source).empty());
}
