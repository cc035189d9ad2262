#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "store/store.h"

/// Reads like the real one, and asks a function before every commit.
class FailingStore final : public store::Store {
 public:
  FailingStore(std::unique_ptr<store::Store> real, std::function<void(const store::Batch&)> before_commit)
      : real_(std::move(real)), before_commit_(std::move(before_commit)) {}

  void commit(const store::Batch& batch) override {
    before_commit_(batch);
    real_->commit(batch);
  }
  std::uint64_t load(store::Loader& loader, base::Instant recent_since) override {
    return real_->load(loader, recent_since);
  }
  std::shared_ptr<const store::Opener> opener() override { return real_->opener(); }
  std::vector<store::TokenRow> tokens() override { return real_->tokens(); }
  store::TokenNews tokens_since(std::uint64_t revision) override { return real_->tokens_since(revision); }
  std::vector<verdict::ProbeState> probes(const audit::TokenId& token) override { return real_->probes(token); }
  std::vector<store::PairRow> pairs(const store::PairQuery& query) override { return real_->pairs(query); }
  store::Totals totals() override { return real_->totals(); }
  std::optional<audit::Token> find_token(const audit::TokenId& id) override { return real_->find_token(id); }
  std::optional<store::AccountFacts> find_account(const std::string& id) override { return real_->find_account(id); }
  std::optional<store::BucketRow> find_bucket(const std::string& name) override { return real_->find_bucket(name); }
  std::vector<store::AccountFacts> accounts() override { return real_->accounts(); }
  std::vector<store::BucketRow> buckets() override { return real_->buckets(); }
  std::vector<store::HourRow> hours(base::Instant since, base::Instant until) override {
    return real_->hours(since, until);
  }
  std::vector<store::Gauge> gauges() override { return real_->gauges(); }
  bool request_discovery(const std::string& token) override { return real_->request_discovery(token); }
  std::vector<audit::TokenId> take_discovery_requests() override { return real_->take_discovery_requests(); }
  void put_tokens(const std::vector<store::StoredToken>& tokens, const std::vector<verdict::ChangeId>& ids,
                  base::Instant now, const std::function<void(std::size_t)>& progress) override {
    real_->put_tokens(tokens, ids, now, progress);
  }
  void follow_settings(const std::vector<store::StoredToken>& tokens, const std::vector<verdict::ChangeId>& ids,
                       base::Instant now) override {
    real_->follow_settings(tokens, ids, now);
  }
  bool remove_token(const std::string& name, const verdict::ChangeId& id, base::Instant now) override {
    return real_->remove_token(name, id, now);
  }
  bool discovering(const std::string& token) override { return real_->discovering(token); }
  void put_planned_change(const verdict::PlannedChange& plan) override { real_->put_planned_change(plan); }
  bool request_acceptance(const verdict::Acceptance& acceptance) override {
    return real_->request_acceptance(acceptance);
  }
  std::vector<verdict::Acceptance> acceptances() override { return real_->acceptances(); }
  std::vector<verdict::PlannedChange> planned_changes(bool open_only) override {
    return real_->planned_changes(open_only);
  }
  std::optional<verdict::Incident> find_incident(const verdict::IncidentId& id) override {
    return real_->find_incident(id);
  }
  std::int64_t data_version() override { return real_->data_version(); }
  std::vector<alert::PendingDelivery> pending_deliveries(const std::string& destination, std::uint64_t after,
                                                         int limit) override {
    return real_->pending_deliveries(destination, after, limit);
  }
  std::vector<std::string> destinations_with_pending() override { return real_->destinations_with_pending(); }
  std::vector<store::HistoryRow> history(const store::HistoryQuery& query) override { return real_->history(query); }
  std::vector<store::HistoryRow> last_changes_before(const std::string& account, base::Instant at) override {
    return real_->last_changes_before(account, at);
  }
  std::vector<verdict::Incident> incidents(const store::IncidentQuery& query) override {
    return real_->incidents(query);
  }
  store::DeliveryCounts delivery_counts() override { return real_->delivery_counts(); }
  std::map<std::string, store::DeliveryCounts> undelivered() override { return real_->undelivered(); }
  std::vector<store::AlertRow> alerts(const store::AlertQuery& query) override { return real_->alerts(query); }
  std::vector<alert::DeliveryAttempt> attempts(const alert::DeliveryId& delivery) override {
    return real_->attempts(delivery);
  }
  std::string body_of(const alert::DeliveryId& delivery) override { return real_->body_of(delivery); }
  bool replay(const alert::DeliveryId& delivery, base::Instant now) override { return real_->replay(delivery, now); }
  std::vector<alert::PendingDelivery> take_replays() override { return real_->take_replays(); }
  std::vector<alert::Thread> threads() override { return real_->threads(); }
  void put_mute(const alert::Mute& mute) override { real_->put_mute(mute); }
  bool end_mute(const alert::MuteId& id, base::Instant now) override { return real_->end_mute(id, now); }
  std::vector<alert::Mute> mutes(std::optional<base::Instant> now) override { return real_->mutes(now); }
  bool request_acknowledgement(const verdict::Acknowledgement& word) override {
    return real_->request_acknowledgement(word);
  }
  std::vector<verdict::Acknowledgement> acknowledgements() override { return real_->acknowledgements(); }
  void request_test(const alert::TestRequest& request) override { real_->request_test(request); }
  std::vector<alert::TestRequest> test_requests() override { return real_->test_requests(); }
  store::ChainCheck verify_chain() override { return real_->verify_chain(); }
  store::Pruned prune(const store::Retention& retention, base::Instant now) override {
    return real_->prune(retention, now);
  }

 private:
  std::unique_ptr<store::Store> real_;
  std::function<void(const store::Batch&)> before_commit_;
};
