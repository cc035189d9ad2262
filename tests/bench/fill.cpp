// Fills a database with access tokens and their pairs, as they stand after days of unchanged answers.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <exception>
#include <string>

#include "base/clock.h"
#include "store/store.h"

namespace {

using namespace std::chrono_literals;

constexpr int kTokensAtOnce = 20'000;  // in one transaction

struct FillOptions {
  std::string path, key;
  int tokens = 1000;
  int accounts_per_token = 1;
  int last_seen_from_s = 900;  ///< ago; the pairs' last answers are spread evenly between these two
  int last_seen_to_s = 0;
};

/// As long as X's, and the same in every client's list: tests/bench/clients.
std::string account_of(int number) { return fmt::format("18ce{:07}", number); }

store::StoredToken make_token(const FillOptions& options, int number, base::Instant now, base::Random& random) {
  store::StoredToken stored;
  stored.token.id = audit::TokenId::make(now, random);
  stored.token.name = fmt::format("t{:07}", number);
  stored.token.app = "bench";
  stored.token.user_id = "756201191646691328";
  stored.added_at = now - 240h;
  for (int index = 0; index < options.accounts_per_token; ++index)
    stored.accounts.push_back(account_of(number * options.accounts_per_token + index));
  stored.secrets = {base::Secret(fmt::format("756201191646691328-{:040}", number)),
                    base::Secret(fmt::format("{:045}", number))};
  return stored;
}

verdict::ProbeState make_pair(const audit::TokenId& token, const std::string& account, base::Instant last_seen,
                              base::Random& random) {
  const xads::Granted granted{"756201191646691328", xads::Permissions::from_texts({"ACCOUNT_ADMIN", "TWEET_COMPOSER"})};
  verdict::ProbeState state;
  state.probe = {audit::ProbeId::make(last_seen, random), token, account};
  state.baseline.run = verdict::Run{granted, last_seen - 240h, last_seen, 960, {200, ""}};
  state.baseline.normal = granted;
  state.baseline.last_good_at = last_seen;
  return state;
}

void fill(const FillOptions& options) {
  base::SystemRandom random;
  const base::Instant now = base::SystemClock().now().utc;
  const auto store = store::open_sqlite({.path = options.path, .key = base::Secret(options.key)}, random, now);
  const double pairs = double(options.tokens) * options.accounts_per_token;
  const double spread_ms = 1000.0 * (options.last_seen_from_s - options.last_seen_to_s);
  int pair = 0;
  for (int first = 0; first < options.tokens; first += kTokensAtOnce) {
    std::vector<store::StoredToken> tokens;
    std::vector<verdict::ChangeId> change_ids;
    for (int number = first; number < std::min(first + kTokensAtOnce, options.tokens); ++number) {
      tokens.push_back(make_token(options, number, now, random));
      change_ids.push_back(verdict::ChangeId::make(now, random));
    }
    store->put_tokens(tokens, change_ids, now);
    store::Batch batch;
    for (const auto& stored : tokens) {
      for (const auto& account : stored.accounts) {
        const base::Duration later(static_cast<std::int64_t>(spread_ms * pair++ / pairs));
        const base::Instant last_seen = now - std::chrono::seconds(options.last_seen_from_s) + later;
        batch.probes.push_back(make_pair(stored.token.id, account, last_seen, random));
      }
    }
    store->commit(batch);
  }
}

}  // namespace

int main(int argc, char** argv) {
  FillOptions options;
  CLI::App app("Fills a database of adsauditd for measuring.");
  app.add_option("--database", options.path, "a new file")->required();
  app.add_option("--key", options.key, "base64 of 32 bytes; of a database that holds no real secret")->required();
  app.add_option("--tokens", options.tokens, "how many");
  app.add_option("--accounts-per-token", options.accounts_per_token, "how many");
  app.add_option("--last-seen-from", options.last_seen_from_s, "seconds ago, of the pair that waits longest");
  app.add_option("--last-seen-to", options.last_seen_to_s, "seconds ago, of the pair that was asked last");
  CLI11_PARSE(app, argc, argv);
  try {
    fill(options);
    return 0;
  } catch (const std::exception& error) {
    fmt::print(stderr, "bench-fill: {}\n", error.what());
    return 1;
  }
}
