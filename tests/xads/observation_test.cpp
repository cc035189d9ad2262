#include "xads/observation.h"

#include <doctest/doctest.h>

namespace xads {

TEST_CASE("observation: every denial has a text that leads back to it") {
  for (const Denial denial :
       {Denial::kTokenInvalid, Denial::kUnauthenticated, Denial::kAccountNotFound, Denial::kUserSuspended,
        Denial::kUserLocked, Denial::kReauthorizationRequired, Denial::kAppRejected, Denial::kVersionRetired,
        Denial::kClockSkewed, Denial::kRequestRefused, Denial::kUnknown})
    CHECK(denial_from_text(to_text(denial)) == denial);
}

TEST_CASE("observation: the texts are the stored ones") {
  CHECK(to_text(Denial::kTokenInvalid) == "token_invalid");
  CHECK(to_text(Denial::kAccountNotFound) == "account_not_found");
  CHECK(to_text(Denial::kReauthorizationRequired) == "reauthorization_required");
}

TEST_CASE("observation: a text that is no denial's is refused") {
  CHECK_FALSE(denial_from_text("TOKEN_INVALID"));
  CHECK_FALSE(denial_from_text(""));
}

TEST_CASE("observation: the list of denials holds each of them once") {
  CHECK(all_denials().size() == 11);
  CHECK(all_denials().front() == Denial::kTokenInvalid);
  CHECK(all_denials().back() == Denial::kUnknown);
}

TEST_CASE("observation: every trouble has its own text") {
  CHECK(to_text(Trouble::kNetwork) == "network");
  CHECK(to_text(Trouble::kNameResolution) == "name_resolution");
  CHECK(to_text(Trouble::kTls) == "tls");
  CHECK(to_text(Trouble::kServer) == "server");
  CHECK(to_text(Trouble::kMiddlebox) == "middlebox");
}

}  // namespace xads
