#include "verdict/baseline.h"

#include <doctest/doctest.h>

TEST_CASE("baseline: the text of an answer is read back") {
  for (const char* text :
       {"granted user=2417045708 AD_MANAGER, TWEET_COMPOSER", "granted user=1 none", "granted user= ANALYST",
        "granted user=1 AD_MANAGER, NEW_POWER", "denied token_invalid", "denied account_not_found"}) {
    const auto answer = verdict::answer_from_text(text);
    REQUIRE(answer);
    CHECK(verdict::to_text(*answer) == text);
  }
  CHECK(verdict::answer_from_text("denied user_locked") ==
        verdict::Conclusive(xads::Denied{xads::Denial::kUserLocked}));
}

TEST_CASE("baseline: a text that no answer has is no answer") {
  for (const char* text : {"", "granted", "granted user=1", "granted user=1 ", "granted user=1  ANALYST",
                           "granted user=1 TWEET_COMPOSER, AD_MANAGER", "granted user=1 ANALYST,AD_MANAGER", "denied ",
                           "denied tired", "denied token_invalid ", "AD_MANAGER"})
    CHECK_FALSE(verdict::answer_from_text(text));
}
