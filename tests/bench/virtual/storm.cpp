// So many access tokens are revoked in one instant, told to people (Slack) and to a program (webhook): how long until
// all of it is committed, and how many messages do people get? The real notifier and the real store, in virtual time.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>

#include "service/announcer.h"
#include "store/store.h"

namespace {

using namespace std::chrono_literals;

constexpr base::Duration kTick = 5s;
constexpr base::Duration kPatience = 10min;

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

class Storm {
 public:
  Storm(const std::string& database, int tokens) : tokens_(tokens) {
    destinations_.push_back({.name = "ops", .channel = alert::Channel::kSlack});
    destinations_.push_back({.name = "siem", .channel = alert::Channel::kWebhook});
    const base::Secret key("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");  // seals nothing real
    store_ = store::open_sqlite({.path = database, .key = key.clone()}, random_, clock_.now().utc);
    watch();
  }

  void change(verdict::Step step) {
    store::Batch batch;
    const auto start = std::chrono::steady_clock::now();
    for (auto& incident : incidents_) {
      if (step == verdict::Step::kResolved) {
        incident.resolved_at = clock_.now().utc;
        open_.erase(incident.finding.key);
      } else {
        open_.emplace(incident.finding.key, incident);
      }
      announcer_.announce({step, incident}, roster_, clock_.now(), batch);
    }
    composed_s = std::max(composed_s, seconds_since(start));
    commit(batch);
  }

  void let_time_pass() {
    for (base::Duration passed{0}; passed < kPatience; passed += kTick) {
      clock_.advance(kTick);
      store::Batch batch;
      announcer_.tick(open_, roster_, clock_.now(), batch);
      commit(batch);
    }
  }

  int to_people = 0, to_programs = 0;
  std::size_t ids_in_history = 0;
  double composed_s = 0, committed_s = 0;  ///< the longest

 private:
  void watch() {
    std::vector<store::StoredToken> stored(static_cast<std::size_t>(tokens_));
    std::vector<verdict::ChangeId> changes;
    for (int number = 0; number < tokens_; ++number) {
      auto& one = stored[static_cast<std::size_t>(number)];
      one.token = {
          .id = audit::TokenId::make(clock_.now().utc, random_), .name = fmt::format("t{:07}", number), .app = "bench"};
      one.secrets = {base::Secret("key"), base::Secret("secret")};
      roster_.put_token(one.token, "", "");
      changes.push_back(verdict::ChangeId::make(clock_.now().utc, random_));
      verdict::Incident incident{.id = verdict::IncidentId::make(clock_.now().utc, random_)};
      incident.finding.key = {verdict::Cause::kTokenRevoked, one.token.id, ""};
      incident.finding.evidence = {401, "89"};
      incident.opened_at = incident.updated_at = clock_.now().utc;
      incidents_.push_back(std::move(incident));
    }
    store_->put_tokens(stored, changes, clock_.now().utc);
  }

  void commit(const store::Batch& batch) {
    const auto start = std::chrono::steady_clock::now();
    store_->commit(batch);
    committed_s = std::max(committed_s, seconds_since(start));
    for (const auto& delivery : batch.deliveries) ++(delivery.destination == "ops" ? to_people : to_programs);
    for (const auto& alert : batch.alerts) ids_in_history += alert.incidents.size();
  }

  int tokens_;
  base::ManualClock clock_{base::from_epoch_ms(1'790'000'000'000)};
  base::SeededRandom random_{42};
  std::vector<alert::Destination> destinations_;
  std::vector<alert::Route> routes_;
  std::vector<alert::MaintenanceWindow> windows_;
  std::unique_ptr<store::Store> store_;
  service::Roster roster_;
  verdict::OpenIncidents open_;
  service::Announcer announcer_{{destinations_, routes_, windows_}, random_};
  std::vector<verdict::Incident> incidents_;
};

}  // namespace

int main(int argc, char** argv) {
  std::string database;
  int tokens = 100'000;
  CLI::App app("Revokes many tokens at once, and restores them.");
  app.add_option("--database", database, "a file that does not exist yet")->required();
  app.add_option("--tokens", tokens, "how many");
  CLI11_PARSE(app, argc, argv);
  try {
    Storm storm(database, tokens);
    storm.change(verdict::Step::kOpened);
    storm.let_time_pass();
    const int opened = storm.to_people;
    storm.change(verdict::Step::kResolved);
    storm.let_time_pass();
    fmt::print(R"({{"tokens":{},"composed_s":{:.2f},"committed_s":{:.2f},"people_opened":{},"people_resolved":{},)"
               R"("programs":{},"ids_in_history":{}}})"
               "\n",
               tokens, storm.composed_s, storm.committed_s, opened, storm.to_people - opened, storm.to_programs,
               storm.ids_in_history);
    return 0;
  } catch (const std::exception& error) {
    fmt::print(stderr, "bench-storm: {}\n", error.what());
    return 1;
  }
}
