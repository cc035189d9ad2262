#include "daily_work.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "samples.h"

namespace daily_work {
namespace {

/// The part of an id that chance made, as hex() of the database shows it.
template <class Tag>
std::string mark(const base::Id<Tag>& id) {
  return fmt::format("{:02X}", fmt::join(id.bytes().begin() + 6, id.bytes().end(), ""));
}

Step add_token() {
  const auto change = samples::make_id<verdict::ChangeId>();
  const auto call = [change](store::Store& store) {
    std::vector<store::StoredToken> tokens;
    tokens.push_back(samples::token("brand-a"));
    store.put_tokens(tokens, {change}, samples::kNoon);
  };
  return {call, {"token brand-a", "change " + mark(change)}};
}

store::Batch news(std::uint64_t sequence) {
  store::Batch batch;
  batch.changes = {samples::change("brand-a", "acc1")};
  batch.incidents = {samples::incident({}, "acc" + std::to_string(sequence))};
  batch.bodies = {samples::body()};
  batch.deliveries = {samples::delivery(batch.bodies[0], sequence, "ops")};
  return batch;
}

Step commit_news(const store::Batch& batch) {
  return {[batch](store::Store& store) { store.commit(batch); },
          {"change " + mark(batch.changes[0].id), "incident " + mark(batch.incidents[0].id),
           "body " + mark(batch.bodies[0].alert) + " " + batch.bodies[0].bytes,
           "delivery " + mark(batch.deliveries[0].id)}};
}

Step commit_attempts(const std::vector<alert::Delivery>& deliveries) {
  Step step;
  store::Batch batch;
  for (const auto& delivery : deliveries) {
    batch.attempts.push_back(samples::attempt(delivery, alert::DeliveryState::kDelivered));
    step.leaves.insert({"attempt " + mark(delivery.id), "delivered " + mark(delivery.id)});
  }
  step.call = [batch](store::Store& store) { store.commit(batch); };
  return step;
}

Step announce_change() {
  const auto plan = samples::plan("acc1");
  return {[plan](store::Store& store) { store.put_planned_change(plan); }, {"plan " + mark(plan.id)}};
}

std::vector<Step> make_steps() {
  std::vector<Step> steps = {add_token()};
  std::vector<alert::Delivery> sent;
  for (std::uint64_t sequence = 1; sequence <= 20; ++sequence) {
    const auto batch = news(sequence);
    steps.push_back(commit_news(batch));
    sent.push_back(batch.deliveries[0]);
    if (sent.size() == 5) steps.push_back(commit_attempts(std::exchange(sent, {})));
  }
  steps.push_back(announce_change());
  return steps;
}

std::size_t kept(const Step& step, const Facts& facts) {
  const auto is_kept = [&](const std::string& fact) { return facts.contains(fact); };
  return static_cast<std::size_t>(std::count_if(step.leaves.begin(), step.leaves.end(), is_kept));
}

}  // namespace

Facts facts_of(store::Database& database) {
  Facts facts;
  store::Statement rows(
      database,
      "SELECT 'token ' || name FROM tokens "
      "UNION ALL SELECT 'change ' || hex(substr(id, -10)) FROM changes "
      "UNION ALL SELECT 'incident ' || hex(substr(id, -10)) FROM incidents "
      "UNION ALL SELECT 'body ' || hex(substr(alert, -10)) || ' ' || CAST(bytes AS TEXT) FROM bodies "
      "UNION ALL SELECT 'delivery ' || hex(substr(id, -10)) FROM deliveries "
      "UNION ALL SELECT 'delivered ' || hex(substr(id, -10)) FROM deliveries WHERE state = 'delivered' "
      "UNION ALL SELECT 'attempt ' || hex(substr(delivery, -10)) FROM delivery_attempts "
      "UNION ALL SELECT 'plan ' || hex(substr(id, -10)) FROM planned_changes");
  while (rows.next()) facts.insert(rows.text(0));
  return facts;
}

const std::vector<Step>& steps() {
  static const auto steps = make_steps();
  return steps;
}

bool is_there(const Step& step, const Facts& facts) { return kept(step, facts) > 0; }

std::string complaint_about(const Facts& facts, std::size_t acknowledged) {
  std::size_t accounted = 0;
  for (std::size_t number = 0; number < steps().size(); ++number) {
    const auto& step = steps()[number];
    const auto found = kept(step, facts);
    accounted += found;
    if (number < acknowledged && found < step.leaves.size()) return fmt::format("step {} is lost", number);
    if (number > acknowledged && found > 0) return fmt::format("step {} was not made yet", number);
    if (found > 0 && found < step.leaves.size()) return fmt::format("step {} is half there", number);
  }
  return accounted == facts.size() ? "" : "there is what nobody has written";
}

}  // namespace daily_work
