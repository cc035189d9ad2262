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
