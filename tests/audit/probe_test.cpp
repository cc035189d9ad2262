#include "audit/probe.h"

#include <doctest/doctest.h>

TEST_CASE("probe: token kinds are words, and only these two") {
  CHECK(audit::to_text(audit::TokenKind::kAdvertiser) == "advertiser");
  CHECK(audit::to_text(audit::TokenKind::kDeveloper) == "developer");
  CHECK(audit::token_kind_from_text("advertiser") == audit::TokenKind::kAdvertiser);
  CHECK(audit::token_kind_from_text("developer") == audit::TokenKind::kDeveloper);
  CHECK_FALSE(audit::token_kind_from_text("Developer"));
  CHECK_FALSE(audit::token_kind_from_text(""));
}

TEST_CASE("labels: each pattern must find its value, under its own name") {
  const audit::Labels labels{{"client", "Brand A"}, {"owner", "ads-ops"}};
  CHECK(audit::labels_fit({}, labels));
  CHECK(audit::labels_fit({}, {}));
  CHECK(audit::labels_fit({{"client", "Brand ?"}, {"owner", "*"}}, labels));
  CHECK_FALSE(audit::labels_fit({{"client", "Brand A"}, {"owner", "someone"}}, labels));
  CHECK_FALSE(audit::labels_fit({{"client", "ads-ops"}}, labels));
  CHECK_FALSE(audit::labels_fit({{"c*", "Brand A"}}, labels));
  CHECK_FALSE(audit::labels_fit({{"client", "*"}}, {}));
}
