#include "virtual/simulation.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>

#include "base/ensure.h"

namespace bench {
namespace {

using namespace std::chrono_literals;

constexpr base::Duration kCommitEvery = 1s;
constexpr std::size_t kRunsAtOnce = 4096;
const std::string kKey = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";  // seals nothing real

int number_at_end(std::string_view text) {
  int number = 0;
  const std::string_view digits = text.substr(text.size() - 7);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  ENSURE(error == std::errc() && end == digits.data() + digits.size());
  return number;
}

}  // namespace

std::string account_name(int number) { return fmt::format("18ce{:07}", number); }
std::string token_name(int number) { return fmt::format("t{:07}", number); }

xads::Observation granted(const std::vector<std::string>& permissions, base::Moment now) {
  xads::Observation seen;
  seen.answer = xads::Granted{"756201191646691328", xads::Permissions::from_texts(permissions)};
  seen.evidence = {200, ""};
  seen.server_date = now.utc;
  return seen;
}

std::size_t Population::pair_of(int token, int account) const {
  const int place = (account - token * accounts_per_token % accounts + accounts) % accounts;
  return std::size_t(token) * std::size_t(accounts_per_token) + std::size_t(place);
}

Simulation::Simulation(SimulationOptions options, Population population, Api api)
    : options_(std::move(options)), population_(population), api_(std::move(api)) {
  options_.audit.max_in_flight = options_.max_in_flight;
  if (options_.tell_somebody) destinations_.push_back({.name = "siem", .channel = alert::Channel::kWebhook});
  store_ = store::open_sqlite({.path = options_.database, .key = base::Secret(kKey)}, random_, clock_.now().utc);
  watch();
  start();
}

void Simulation::watch() {
  const base::Instant now = clock_.now().utc;
  std::vector<store::StoredToken> tokens;
  std::vector<verdict::ChangeId> change_ids;
  for (int token = 0; token < population_.tokens; ++token) {
    store::StoredToken stored{.token = {.name = token_name(token), .app = "bench"}, .added_at = now};
    stored.token.id = audit::TokenId::make(now, random_);
    for (int index = 0; index < population_.accounts_per_token; ++index) {
      const int account = (token * population_.accounts_per_token + index) % population_.accounts;
      stored.accounts.push_back(account_name(account));
    }
    stored.secrets = {base::Secret(token_name(token) + "-key"), base::Secret(token_name(token) + "-secret")};
    tokens.push_back(std::move(stored));
    change_ids.push_back(verdict::ChangeId::make(now, random_));
  }
  store_->put_tokens(tokens, change_ids, now);
}

void Simulation::start() {
  if (!store_)
    store_ = store::open_sqlite({.path = options_.database, .key = base::Secret(kKey)}, random_, clock_.now().utc);
  engine_ = std::make_unique<service::Engine>(options_.audit,
                                              service::Announcer({destinations_, routes_, windows_}, random_), random_);
  engine_->restore(*store_, {"bench"}, clock_.now());
  next_flush_ = clock_.now().steady + options_.flush_interval;
  commit();
}

void Simulation::stop() {
  for (const auto& pending : in_flight_) engine_->abandon(pending.work, clock_.now());
  in_flight_.clear();
  flush();
  engine_->end_in_order(clock_.now());
  commit();
  engine_.reset();
  store_.reset();
}

void Simulation::restart_after(base::Duration pause) {
  stop();
  clock_.advance(pause);
  start();
}

std::uintmax_t Simulation::database_size() {
  commit();  // the attempts of the last alerts
  stop();
  const auto size = std::filesystem::file_size(options_.database);
  start();
  return size;
}

void Simulation::flush() {
  engine_->restart_flush();
  while (!engine_->flush(kRunsAtOnce, clock_.now())) commit();
}

void Simulation::run_for(base::Duration span) {
  const base::Instant end = clock_.now().steady + span;
  while (true) {
    ask_all();
    const base::Instant next = next_event();
    if (next > end) break;
    clock_.advance(std::max(next - clock_.now().steady, base::Duration(1)));
    finish_due();
    const base::Instant now = clock_.now().steady;
    if (now >= next_flush_) {
      next_flush_ = now + options_.flush_interval;
      flush();
    }
    if (now >= next_commit_) commit();
  }
  clock_.advance(end - clock_.now().steady);
}

void Simulation::ask_all() {
  const base::Moment now = clock_.now();
  while (in_flight_.size() < options_.max_in_flight) {
    auto work = engine_->take_work(now);
    if (!work) break;
    if (const auto* identity = std::get_if<service::IdentityWork>(&*work))
      engine_->finish(*identity, xads::IdentityAnswer::kAlive, now);
    auto* audit = std::get_if<service::AuditWork>(&*work);
    if (audit == nullptr) continue;
    ++asked_;
    const auto& roster = engine_->roster();
    auto observation = api_(number_at_end(roster.token_name(audit->asked.token)),
                            number_at_end(roster.account_id(audit->account)), now);
    in_flight_.push_back({now.steady + options_.latency, std::move(*audit), std::move(observation)});
    peak_in_flight_ = std::max(peak_in_flight_, in_flight_.size());
  }
}

void Simulation::finish_due() {
  const base::Moment now = clock_.now();
  while (!in_flight_.empty() && in_flight_.front().due <= now.steady) {
    engine_->finish(in_flight_.front().work, in_flight_.front().observation, now);
    in_flight_.pop_front();
    ++answered_;
  }
}

base::Instant Simulation::next_event() const {
  base::Instant next = next_flush_;
  if (!in_flight_.empty()) next = std::min(next, in_flight_.front().due);
  if (engine_->has_batch() || !attempts_.empty()) next = std::min(next, next_commit_);
  const bool has_room = in_flight_.size() < options_.max_in_flight;
  if (const auto due = has_room ? engine_->next_due(clock_.now()) : std::nullopt) next = std::min(next, *due);
  return next;
}

void Simulation::commit() {
  next_commit_ = clock_.now().steady + kCommitEvery;
  auto batch = engine_->take_batch();
  batch.attempts = std::exchange(attempts_, {});
  store_->commit(batch);
  for (auto& delivery : batch.deliveries) {
    delivery.state = alert::DeliveryState::kDelivered;
    delivery.attempts = 1;
    attempts_.push_back(
        {.delivery = delivery, .at = clock_.now().utc, .http_status = 204, .outcome = "delivered", .took = 40ms});
  }
}

}  // namespace bench
