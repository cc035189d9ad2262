#include "xads/permissions.h"

#include <doctest/doctest.h>

namespace xads {

TEST_CASE("permissions: all seven documented values are known, in the order of their bits") {
  CHECK(Permissions::from_texts({"TWEET_COMPOSER", "PARTNER_AUDIENCE_MANAGER", "ANALYST", "CAMPAIGN_ANALYST",
                                 "CREATIVE_MANAGER", "AD_MANAGER", "ACCOUNT_ADMIN"})
            .texts() == std::vector<std::string>{"ACCOUNT_ADMIN", "AD_MANAGER", "CREATIVE_MANAGER", "CAMPAIGN_ANALYST",
                                                 "ANALYST", "PARTNER_AUDIENCE_MANAGER", "TWEET_COMPOSER"});
  CHECK(all_permissions().size() == 7);
}

TEST_CASE("permissions: the stored bits never move") {
  CHECK(Permissions::from_texts({"ACCOUNT_ADMIN"}).known_mask() == 1);
  CHECK(Permissions::from_texts({"AD_MANAGER"}).known_mask() == 2);
  CHECK(Permissions::from_texts({"CREATIVE_MANAGER"}).known_mask() == 4);
  CHECK(Permissions::from_texts({"CAMPAIGN_ANALYST"}).known_mask() == 8);
  CHECK(Permissions::from_texts({"ANALYST"}).known_mask() == 16);
  CHECK(Permissions::from_texts({"PARTNER_AUDIENCE_MANAGER"}).known_mask() == 32);
  CHECK(Permissions::from_texts({"TWEET_COMPOSER"}).known_mask() == 64);
}

TEST_CASE("permissions: every text leads back to its permission") {
  for (const Permission permission : all_permissions()) CHECK(permission_from_text(to_text(permission)) == permission);
}

TEST_CASE("permissions: names are taken to the letter") {
  CHECK_FALSE(permission_from_text("account_admin"));
  CHECK_FALSE(permission_from_text("ACCOUNT_ADMIN "));
  CHECK_FALSE(permission_from_text("ADMIN"));
  CHECK_FALSE(permission_from_text(""));
}

TEST_CASE("permissions: order and repeats do not matter") {
  CHECK(Permissions::from_texts({"TWEET_COMPOSER", "ACCOUNT_ADMIN"}) ==
        Permissions::from_texts({"ACCOUNT_ADMIN", "TWEET_COMPOSER", "ACCOUNT_ADMIN"}));
  CHECK(Permissions::from_texts({"B_NEW", "A_NEW", "B_NEW"}) == Permissions::from_texts({"A_NEW", "B_NEW"}));
}

TEST_CASE("permissions: unknown strings are kept behind the known ones and make a difference") {
  const auto permissions = Permissions::from_texts({"Z_NEW", "CAMPAIGN_ANALYST", "A_NEW"});
  CHECK(permissions.unknown() == std::vector<std::string>{"A_NEW", "Z_NEW"});
  CHECK(permissions.text() == "CAMPAIGN_ANALYST, A_NEW, Z_NEW");
  CHECK_FALSE(permissions == Permissions::from_texts({"CAMPAIGN_ANALYST"}));
}

TEST_CASE("permissions: an unknown string alone is not nothing") {
  CHECK_FALSE(Permissions::from_texts({"A_NEW"}).empty());
  CHECK(Permissions::from_texts({}).empty());
  CHECK(Permissions::from_texts({}).text() == "none");
}

TEST_CASE("permissions: base roles leave out the composer and what is unknown") {
  const auto permissions = Permissions::from_texts({"AD_MANAGER", "TWEET_COMPOSER", "A_NEW"});
  CHECK(permissions.composer());
  CHECK(permissions.has(Permission::kAdManager));
  CHECK_FALSE(permissions.has(Permission::kAccountAdmin));
  CHECK(permissions.base_roles() == Permissions::from_texts({"AD_MANAGER"}));
  CHECK(Permissions::from_texts({"TWEET_COMPOSER"}).base_roles().empty());
}

TEST_CASE("permissions: a mask brings back the known ones") {
  for (int mask = 0; mask < 128; ++mask)
    CHECK(Permissions::from_mask(static_cast<std::uint8_t>(mask)).known_mask() == mask);
  CHECK(Permissions::from_mask(1 + 64).text() == "ACCOUNT_ADMIN, TWEET_COMPOSER");
  CHECK(Permissions::from_mask(0) == Permissions());
}

TEST_CASE("permissions: added one by one they are the set that they are together") {
  Permissions permissions;
  for (const char* text : {"Z", "ANALYST", "B", "Z", "ANALYST"}) permissions.add(text);
  CHECK(permissions == Permissions::from_texts({"ANALYST", "B", "Z"}));
}

}  // namespace xads
