#pragma once

#include <doctest/doctest.h>

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "base/text.h"
#include "scenario/windows.h"
#include "service/engine.h"
#include "store/store.h"

namespace doctest {
template <>
struct StringMaker<std::vector<std::string>> {
  static String convert(const std::vector<std::string>& texts) { return base::join(texts, ", ").c_str(); }
};
}  // namespace doctest

namespace scenario {

using namespace std::chrono_literals;
constexpr base::Instant kStart = base::from_epoch_ms(1'790'000'000'000);
constexpr base::Duration kTick = 10s;  ///< how often the engine is told the time

/// What X would say, as a small truth that a test changes.
struct Truth {
  std::map<std::pair<std::string, std::string>, std::vector<std::string>> grants;  ///< (token, account) to permissions
  std::set<std::string> revoked;           ///< tokens, answered with 401 code 89
  std::set<std::string> vaguely_revoked;   ///< tokens, answered with UNAUTHORIZED_ACCESS; the identity host says 89
  std::set<std::string> missing_accounts;  ///< not found for everybody
  std::map<std::string, xads::Denial> denied_tokens;
  std::function<std::optional<xads::Answer>(const std::string& token, const std::string& account)> disturb;
  bool identity_down = false;
  std::optional<xads::IdentityAnswer> identity;               ///< of every token
  base::Duration date_offset{0};                              ///< X's clock less ours
  std::string warning;                                        ///< x-api-warn
  std::optional<Windows> windows;                             ///< X's rate limits; none: no headers, no end
  std::map<std::string, std::vector<xads::AdAccount>> lists;  ///< token to what GET accounts says
  bool lists_down = false;
};

/// The real engine and the real store through simulated time, with Truth in the place of X.
class World {
 public:
  explicit World(service::AuditOptions options = {}) : options_(options) {
    destinations_.push_back({.name = "siem", .channel = alert::Channel::kWebhook});
    start();
  }

  void watch(const std::string& token, const std::vector<std::string>& accounts,
             const std::vector<std::string>& permissions = {"AD_MANAGER"}, const std::string& app = "agency") {
    for (const auto& account : accounts) truth.grants[{token, account}] = permissions;
    store::StoredToken stored{.token = {.name = token, .app = app}, .accounts = accounts, .added_at = clock.now().utc};
    stored.token.id = audit::TokenId::make(clock.now().utc, random);
    stored.secrets = {base::Secret(token + "-key"), base::Secret(token + "-secret")};
    std::vector<store::StoredToken> list;
    list.push_back(std::move(stored));
    store_->put_tokens(list, {verdict::ChangeId::make(clock.now().utc, random)}, clock.now().utc);
    take_tokens();
  }
  /// "brand-a" on "aaa", whose role is known for an hour, and reduced for another one.
  void watch_reduced() {
    using namespace std::chrono_literals;
    watch("brand-a", {"aaa"});
    run_for(1h);
    truth.grants[{"brand-a", "aaa"}] = {"CAMPAIGN_ANALYST"};
    run_for(1h);
  }
  void unwatch(const std::string& token) {
    REQUIRE(store_->remove_token(token, verdict::ChangeId::make(clock.now().utc, random), clock.now().utc));
    take_tokens();
  }

  /// Lets time pass, answering every question at once.
  void run_for(base::Duration span) {
    const base::Instant end = clock.now().steady + span;
    while (true) {
      answer_all();
      engine_->tick(clock.now());
      commit();
      const auto next = std::min(engine_->next_due(clock.now()).value_or(end), clock.now().steady + kTick);
      if (next > end || clock.now().steady >= end) break;
      clock.advance(std::max(next - clock.now().steady, base::Duration(1)));
    }
    clock.advance(end - clock.now().steady);
  }

  /// The token leaves the settings while no process runs.
  void unwatch_while_down(const std::string& token) {
    engine_.reset();
    REQUIRE(store_->remove_token(token, verdict::ChangeId::make(clock.now().utc, random), clock.now().utc));
    start();
  }

  /// The process ends without a word and starts again from the database.
  void crash() {
    engine_.reset();
    start();
  }
  /// The process ends in order and another one starts.
  void restart(base::Duration down = 0ms) {
    while (!engine_->flush(4096, clock.now())) commit();
    engine_->end_in_order(clock.now());
    commit();
    engine_.reset();
    clock.advance(down);
    start();
  }
  /// The settings are others: another engine takes the place of this one in the same process.
  void reload() {
    while (!engine_->flush(4096, clock.now())) commit();
    engine_->end_in_order(clock.now());
    commit();
    start(engine_->hand_over(clock.now()));
  }
  /// To be heeded from the next start on.
  service::AuditOptions& options() { return options_; }
  std::vector<alert::Route>& routes() { return routes_; }
  /// The engine hears what the operator has written into the database.
  void listen() {
    engine_->take_operator_words({.plans = store_->planned_changes(false),
                                  .acceptances = store_->acceptances(),
                                  .acknowledgements = store_->acknowledgements(),
                                  .mutes = store_->mutes(std::nullopt),
                                  .tests = store_->test_requests()},
                                 clock.now());
    commit();
  }
  void hear(const alert::DestinationNews& news) {
    engine_->hear_destination(news, clock.now());
    commit();
  }
  /// The machine sleeps: time passes and nothing runs.
  void sleep(base::Duration span) { clock.advance(span); }
  /// A token whose accounts are those of GET accounts.
  void discover(const std::string& token, std::vector<xads::AdAccount> list) {
    for (const auto& account : list) truth.grants[{token, account.id}] = {"AD_MANAGER"};
    truth.lists[token] = std::move(list);
    watch(token, {});
  }
  /// Changes of a kind, by account.
  std::vector<std::string> changed(const std::string& kind) {
    std::vector<std::string> accounts;
    for (const auto& row : store_->history({.limit = 1'000'000})) {
      if (row.change.kind == kind) accounts.push_back(row.change.account);
    }
    return accounts;
  }

  /// "role.reduced opened" for each alert that was committed, in order.
  std::vector<std::string> told() const { return told_; }
  void forget() { told_.clear(); }
  std::vector<store::HistoryRow> history() { return store_->history({}); }
  store::Store& store() { return *store_; }
  service::Engine& engine() { return *engine_; }

  base::ManualClock clock{kStart};
  base::SeededRandom random{42};
  Truth truth;
  int questions = 0;
  int audits = 0;
  int pages = 0;              ///< of GET accounts
  int crash_after_pages = 0;  ///< 0: never
  std::string last_body;      ///< of the latest alert

 private:
  void start(std::optional<service::Handover> handover = std::nullopt) {
    if (!store_) {
      const std::string key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
      store_ = store::open_sqlite({.path = ":memory:", .key = base::Secret(key)}, random, kStart);
    }
    engine_ = std::make_unique<service::Engine>(options_,
                                                service::Announcer({destinations_, routes_, windows_}, random), random);
    revision_ = engine_->restore(*store_, {"agency", "studio"}, clock.now(), std::move(handover));
    commit();
  }

  void take_tokens() {
    auto news = store_->tokens_since(revision_);
    revision_ = news.revision;
    engine_->take_news(news.tokens, *store_->opener(), clock.now());
    commit();
  }

  void answer_all() {
    while (const auto work = engine_->take_work(clock.now())) {
      ++questions;
      const std::string token(engine_->roster().token_name(service::asked_of(*work).token));
      if (const auto* audit = std::get_if<service::AuditWork>(&*work)) {
        engine_->finish(*audit, observe(token, std::string(engine_->roster().account_id(audit->account))), clock.now());
        ++audits;
      }
      if (const auto* discovery = std::get_if<service::DiscoveryWork>(&*work)) {
        engine_->finish(*discovery, list(token, *discovery), clock.now());
        ++pages;
        if (crash_after_pages > 0 && --crash_after_pages == 0) {
          commit();
          return crash();
        }
      }
      if (const auto* identity = std::get_if<service::IdentityWork>(&*work)) {
        engine_->finish(*identity, identity_answer(token), clock.now());
      }
      commit();
    }
  }

  void commit() {
    const auto batch = engine_->take_batch();
    store_->commit(batch);
    for (const auto& body : batch.bodies) {
      const auto json = base::parse_json(body.bytes);
      REQUIRE(json);
      const auto text = [&](const char* name) {
        return std::string(base::text_of(base::find_member(json.value(), name)));
      };
      const auto* data = base::find_member(json.value(), "data");
      told_.push_back(text("type") + " " + std::string(base::text_of(base::find_member(*data, "state"))));
    }
    if (!batch.bodies.empty()) last_body = batch.bodies.back().bytes;
    CHECK(batch.deliveries.size() == batch.bodies.size());  // one destination, told of everything
  }

  xads::Observation observe(const std::string& token, const std::string& account) {
    xads::Observation seen{answer(token, account), {}, {}, clock.now().utc + truth.date_offset, truth.warning};
    if (std::holds_alternative<xads::Granted>(seen.answer)) seen.evidence.http_status = 200;
    if (!truth.windows) return seen;
    const auto outcome = truth.windows->call(token, account, clock.now().utc);
    seen.limits = outcome.limits;
    if (outcome.throttled) seen.answer = xads::Throttled{outcome.reset};
    if (outcome.throttled) seen.evidence.http_status = 429;
    return seen;
  }

  /// Pages of a thousand; the cursor is the index of the next account.
  xads::AccountsObservation list(const std::string& token, const service::DiscoveryWork& work) const {
    xads::AccountsObservation seen;
    seen.server_date = clock.now().utc;
    seen.answer = xads::Unavailable{"http 503", {}};
    if (truth.lists_down) return seen;
    const auto known = truth.lists.find(token);
    const std::vector<xads::AdAccount> all =
        known == truth.lists.end() ? std::vector<xads::AdAccount>() : known->second;
    xads::AccountsPage page;
    if (!work.accounts.empty()) {
      for (const auto& account : all) {
        const auto is_it = [&](audit::AccountIndex index) { return engine_->roster().account_id(index) == account.id; };
        if (std::any_of(work.accounts.begin(), work.accounts.end(), is_it)) page.accounts.push_back(account);
      }
    } else {
      std::size_t next = work.cursor.empty() ? 0 : std::stoul(work.cursor);
      for (; next < all.size() && page.accounts.size() < 1000; ++next) {
        if (!all[next].deleted) page.accounts.push_back(all[next]);
      }
      if (next < all.size()) page.next_cursor = std::to_string(next);
    }
    seen.page = page;
    seen.evidence.http_status = 200;
    return seen;
  }

  xads::Answer answer(const std::string& token, const std::string& account) const {
    if (truth.disturb) {
      if (const auto disturbed = truth.disturb(token, account)) return *disturbed;
    }
    if (truth.revoked.contains(token)) return xads::Denied{xads::Denial::kTokenInvalid};
    if (truth.vaguely_revoked.contains(token)) return xads::Denied{xads::Denial::kUnauthenticated};
    if (const auto denied = truth.denied_tokens.find(token); denied != truth.denied_tokens.end()) {
      return xads::Denied{denied->second};
    }
    const auto grant = truth.grants.find({token, account});
    if (grant == truth.grants.end() || truth.missing_accounts.contains(account)) {
      return xads::Denied{xads::Denial::kAccountNotFound};
    }
    return xads::Granted{"user-of-" + token, xads::Permissions::from_texts(grant->second)};
  }

  xads::IdentityAnswer identity_answer(const std::string& token) const {
    if (truth.identity_down) return xads::IdentityAnswer::kNoStatement;
    if (truth.identity) return *truth.identity;
    const bool dead = truth.revoked.contains(token) || truth.vaguely_revoked.contains(token);
    return dead ? xads::IdentityAnswer::kTokenInvalid : xads::IdentityAnswer::kAlive;
  }

  service::AuditOptions options_;
  std::vector<alert::Destination> destinations_;
  std::vector<alert::Route> routes_;
  std::vector<alert::MaintenanceWindow> windows_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<service::Engine> engine_;
  std::uint64_t revision_ = 0;
  std::vector<std::string> told_;
};

}  // namespace scenario
