#include "store/row_text.h"

#include <doctest/doctest.h>

#include "samples.h"

TEST_CASE("row text: lists and labels keep quotes, line breaks and other scripts") {
  const std::vector<std::string> texts{"", "a\"b\\c", "zwei\nZeilen", "日本"};
  CHECK(store::texts_from_json(store::texts_to_json(texts)).value() == texts);
  const audit::Labels labels{{"cli\"ent", "Brand, A"}, {"leer", ""}};
  CHECK(store::labels_from_text(store::labels_to_text(labels)).value() == labels);
}

TEST_CASE("row text: an answer is one small object") {
  CHECK(store::answer_to_json(xads::Denied{xads::Denial::kTokenInvalid}) == R"({"denial":"token_invalid"})");
  CHECK(store::answer_to_json(samples::granted()) ==
        R"({"user_id":"2417045708","permissions":["AD_MANAGER","TWEET_COMPOSER","NEW_POWER"]})");
}

TEST_CASE("row text: every denial comes back") {
  for (int denial = 0; denial <= static_cast<int>(xads::Denial::kUnknown); ++denial) {
    const verdict::Conclusive answer = xads::Denied{static_cast<xads::Denial>(denial)};
    CHECK(store::answer_from_json(store::answer_to_json(answer)).value() == answer);
  }
}

TEST_CASE("row text: a grant comes back with permissions that we do not know") {
  const verdict::Conclusive answer = samples::granted();
  CHECK(store::answer_from_json(store::answer_to_json(answer)).value() == answer);
}

TEST_CASE("row text: what is no answer is refused") {
  for (const char* text : {"", "[]", "{}", "null", R"({"denial":"tired"})", R"({"user_id":"1"})",
                           R"({"user_id":"1","permissions":"AD_MANAGER"})", R"({"user_id":"1","permissions":[[]]})"})
    CHECK_FALSE(store::answer_from_json(text).ok());
}

TEST_CASE("row text: what is no list or no labels is refused") {
  CHECK_FALSE(store::texts_from_json("{}").ok());
  CHECK_FALSE(store::texts_from_json("[[]]").ok());
  CHECK_FALSE(store::texts_from_json("[").ok());
  CHECK_FALSE(store::labels_from_text("[]").ok());
  CHECK_FALSE(store::labels_from_text(R"({"a":["b"]})").ok());
}

TEST_CASE("row text: the identity host's words come back") {
  using xads::IdentityAnswer;
  for (const auto identity : {IdentityAnswer::kAlive, IdentityAnswer::kTokenInvalid, IdentityAnswer::kUnauthenticated,
                              IdentityAnswer::kAppRejected, IdentityAnswer::kClockSkewed, IdentityAnswer::kNoStatement})
    CHECK(store::identity_from_text(store::identity_to_text(identity)) == identity);
  CHECK_FALSE(store::identity_from_text("dead"));
}

TEST_CASE("row text: accounts are plain where ids of X are") {
  CHECK(store::accounts_to_text({}).empty());
  CHECK(store::accounts_to_text({"18ce54d4x5t", "18ce55gze09"}) == "18ce54d4x5t 18ce55gze09");
  CHECK(store::accounts_to_text({"a b"}) == R"(["a b"])");
  CHECK(store::accounts_to_text({""}) == R"([""])");
  CHECK(store::accounts_to_text({"[a"}) == R"(["[a"])");
  CHECK_FALSE(store::accounts_from_text("[").ok());
}

TEST_CASE("row text: a suspicion comes back, and half of one is refused") {
  const auto token = samples::make_id<audit::TokenId>();
  const auto suspicion = *samples::full_probe(token, "acc1").baseline.suspicion;
  const auto json = store::suspicion_to_json(suspicion);
  CHECK(store::suspicion_from_json(json).value() == suspicion);
  for (const char* half :
       {"", "{}", "[]", R"({"answer":{"denial":"unknown"}})",
        R"({"answer":{"denial":"unknown"},"began":"x","count":1,"http_status":0,"identity":"alive"})",
        R"({"answer":{},"began":1,"count":1,"http_status":0,"identity":"alive"})"})
    CHECK_FALSE(store::suspicion_from_json(half).ok());
}
