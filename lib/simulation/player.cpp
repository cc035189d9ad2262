// The stage and its time. Questions, answers and what is committed are in player_questions.cpp.

#include "simulation/player.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace simulation {
namespace {

using namespace std::chrono_literals;

constexpr base::Duration kOracleEvery = 1min;
constexpr std::size_t kRunsAtOnce = 4096;
constexpr const char* kKey = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";  // seals nothing real

service::AuditOptions audit_options(const Scenario& scenario) {
  service::AuditOptions options;
  options.intervals.normal = scenario.interval;
  return options;
}

std::vector<alert::Destination> all_destinations() {
  std::vector<alert::Destination> all(2);
  all[0].name = "siem";
  all[0].channel = alert::Channel::kWebhook;
  all[1].name = "ops";
  all[1].channel = alert::Channel::kSlack;
  all[1].most_per_minute = 0;  // the oracle holds each step of each incident against what was told of it
  return all;
}

}  // namespace

Player::Player(const Scenario& scenario, const PlayOptions& options)
    : scenario_(scenario),
      options_(options),
      random_(options.seed),
      destinations_(all_destinations()),
      audit_options_(audit_options(scenario)),
      world_(scenario.cast, kStart),
      trace_(world_.pairs().size(), kStart),
      oracle_(world_, trace_,
              {.bound = audit::detection_bound(scenario.interval, service::bound_terms(audit_options_)),
               .destinations = {"siem", "ops"}},
              kStart),
      host_(world_, scenario.counts_by_account),
      faults_(scenario.lines.faults, options.seed + 1),
      network_(scenario.lines, options.seed + 2),
      ids_(world_.tokens().size()),
      order_(scenario.events.size()),
      end_(kStart + scenario.length),
      next_tick_(kStart),
      next_flush_(kStart + options.flush_every),
      next_look_(kStart) {
  std::iota(order_.begin(), order_.end(), std::size_t{0});
  std::stable_sort(order_.begin(), order_.end(), [&](std::size_t left, std::size_t right) {
    return scenario.events[left].at < scenario.events[right].at;
  });
  outcome_.seed = options.seed;
  outcome_.bound = audit::detection_bound(scenario.interval, service::bound_terms(audit_options_));
}

void Player::store_tokens(const std::vector<TokenNumber>& tokens) {
  const base::Instant now = clock_.now().utc;
  std::vector<store::StoredToken> rows;
  std::vector<verdict::ChangeId> changes;
  for (const TokenNumber number : tokens) {
    const World::Token& token = world_.tokens()[number];
    if (ids_[number].null()) ids_[number] = audit::TokenId::make(now, random_);
    store::StoredToken row{
        .token = {.id = ids_[number], .name = token.name, .app = world_.apps()[token.app].name, .kind = token.kind},
        .added_at = now};
    for (const PairNumber pair : token.pairs)
      row.accounts.push_back(world_.accounts()[world_.pairs()[pair].account].id);
    const std::string turn = std::to_string(replacements_);
    row.secrets = {base::Secret(token.user_id + "-key" + turn), base::Secret(token.user_id + "-secret" + turn)};
    rows.push_back(std::move(row));
    changes.push_back(verdict::ChangeId::make(now, random_));
    oracle_.know(ids_[number], number);
  }
  store_->put_tokens(rows, changes, now);
}

void Player::start() {
  store_ = store::open_sqlite({.path = ":memory:", .key = base::Secret(kKey)}, random_, clock_.now().utc);
  std::vector<TokenNumber> all(world_.tokens().size());
  std::iota(all.begin(), all.end(), TokenNumber{0});
  store_tokens(all);
  engine_ = std::make_unique<service::Engine>(audit_options_,
                                              service::Announcer({destinations_, routes_, windows_}, random_), random_);
  std::set<std::string> apps;
  for (const World::App& app : world_.apps()) apps.insert(app.name);
  revision_ = engine_->restore(*store_, std::move(apps), clock_.now());
  commit();
}

Outcome Player::run() {
  start();
  while (true) {
    ask_all();
    const base::Instant next = next_time();
    if (next > end_) break;
    clock_.advance(std::max(next - clock_.now().steady, base::Duration(1)));
    act();
  }
  close();
  return std::move(outcome_);
}

base::Instant Player::next_time() const {
  base::Instant next = std::min({next_tick_, next_flush_, next_look_});
  if (next_event_ < order_.size()) next = std::min(next, kStart + scenario_.events[order_[next_event_]].at);
  for (const End& end : ends_) next = std::min(next, end.at);
  if (const auto due = network_.next_due()) next = std::min(next, *due);
  if (const auto due = engine_->next_due(clock_.now())) next = std::min(next, *due);
  return next;
}

void Player::act() {
  settle_events();
  deliver_due();
  take_ticks();
}

void Player::settle_events() {
  const base::Instant now = clock_.now().steady;
  for (std::size_t place = 0; place < ends_.size();) {
    if (ends_[place].at > now) {
      ++place;
      continue;
    }
    const End end = std::move(ends_[place]);
    ends_.erase(ends_.begin() + static_cast<std::ptrdiff_t>(place));
    world_.end(scenario_.events[end.event], end.undo, now);
    after_event(scenario_.events[end.event]);
  }
  for (; next_event_ < order_.size() && kStart + scenario_.events[order_[next_event_]].at <= now; ++next_event_) {
    const std::size_t number = order_[next_event_];
    const Event& event = scenario_.events[number];
    auto undo = world_.begin(event, now);
    if (event.lasts) ends_.push_back({now + *event.lasts, number, std::move(undo)});
    after_event(event);
  }
}

/// The truth is another one: our clock follows, the oracle hears of it, and the operator stores what was replaced.
void Player::after_event(const Event& event) {
  const base::Moment now = clock_.now();
  clock_.step_wall(world_.clock_ahead() - (now.utc - now.steady));
  const auto pairs = world_.take_changed();
  for (const PairNumber pair : pairs) {
    const Truth& truth = world_.truth(pair);
    trace_.note(now.steady, pair, Trace::Kind::kTruth, static_cast<std::uint8_t>(truth.standing), truth.role);
  }
  oracle_.changed(pairs, now.steady);
  if (target_of(event.what) == Target::kWorld) {
    trace_.note(now.steady, kNone, Trace::Kind::kWeather, static_cast<std::uint8_t>(world_.weather()));
    oracle_.weather_changed(now.steady);
  }
  const auto replaced = world_.take_replaced();
  if (replaced.empty()) return;
  ++replacements_;
  for (const TokenNumber token : replaced) oracle_.replaced(token, now.steady);
  store_tokens(replaced);
  auto news = store_->tokens_since(revision_);
  revision_ = news.revision;
  engine_->take_news(news.tokens, *store_->opener(), clock_.now());
  commit();
}

void Player::take_ticks() {
  const base::Instant now = clock_.now().steady;
  if (now >= next_tick_) {
    next_tick_ = now + options_.tick_every;
    engine_->tick(clock_.now());
    commit();
  }
  if (now >= next_look_) {
    next_look_ = now + kOracleEvery;
    oracle_.tick(now);
  }
  if (now >= next_flush_) {
    next_flush_ = now + options_.flush_every;
    flush();
  }
}

void Player::flush() {
  engine_->restart_flush();
  while (!engine_->flush(kRunsAtOnce, clock_.now())) commit();
  commit();
}

bool Outcome::fine() const {
  return std::all_of(broken.begin(), broken.end(), [](std::uint64_t count) { return count == 0; });
}

Outcome play(const Scenario& scenario, const PlayOptions& options) { return Player(scenario, options).run(); }

}  // namespace simulation
