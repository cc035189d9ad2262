#include "service/pair_series.h"

#include <doctest/doctest.h>

namespace {

using namespace std::chrono_literals;

const base::Instant kNow = base::parse_instant("2026-11-23T10:15:00Z").value();

/// Three tokens with a pair each: granted, denied, not answered yet.
std::unique_ptr<store::Store> open_sample(base::Random& random) {
  auto store =
      store::open_sqlite({":memory:", base::Secret("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")}, random, kNow);
  store::Batch batch;
  for (const char* name : {"b\"rand\\", "a", "c"}) {
    std::vector<store::StoredToken> tokens(1);
    tokens[0].token = {audit::TokenId::make(kNow, random), name, "agency", audit::TokenKind::kAdvertiser, "77", {}};
    tokens[0].secrets = {base::Secret("token"), base::Secret("secret")};
    store->put_tokens(tokens, {verdict::ChangeId::make(kNow, random)}, kNow);
    verdict::ProbeState state;
    state.probe = {audit::ProbeId::make(kNow, random), tokens[0].token.id, "18ce1"};
    const auto answer = verdict::answer_from_text(*name == 'a' ? "granted user=77 ANALYST" : "denied token_invalid");
    if (*name != 'c') state.baseline.run = verdict::Run{*answer, kNow - 1h, kNow, 9, {200, ""}};
    batch.probes.push_back(state);
  }
  store->commit(batch);
  return store;
}

bool says(const std::string& page, const std::string& line) {
  return ("\n" + page).find("\n" + line + "\n") != std::string::npos;
}

}  // namespace

TEST_CASE("series of pairs: granted or not, and when, with names that cannot break out") {
  base::SeededRandom random(7);
  const auto store = open_sample(random);
  const auto page = service::pair_series(*store, {.per_account = true});
  CHECK(says(page, R"(adsauditd_pair_granted{account="18ce1",token="a"} 1)"));
  CHECK(says(page, R"(adsauditd_pair_granted{account="18ce1",token="b\"rand\\"} 0)"));
  CHECK(says(page, R"(adsauditd_pair_last_conclusive_timestamp_seconds{account="18ce1",token="a"} 1795428900)"));
  CHECK(page.find("token=\"c\"") == std::string::npos);
  CHECK(says(page, "adsauditd_metrics_series_dropped 0"));
}

TEST_CASE("series of pairs: no more than is wanted, and how many are left out") {
  base::SeededRandom random(7);
  const auto store = open_sample(random);
  const auto page = service::pair_series(*store, {.per_account = true, .max_series = 3});
  CHECK(page.find("token=\"a\"") != std::string::npos);
  CHECK(page.find("token=\"b") == std::string::npos);
  CHECK(says(page, "adsauditd_metrics_series_dropped 4"));
}
