#include <algorithm>
#include <map>

#include "base/clock.h"
#include "bug_report.h"
#include "context.h"
#include "store/upkeep.h"

namespace app {
namespace {

constexpr std::uint64_t kQuicklyRead = std::uint64_t{256} << 20;  // bytes
constexpr std::size_t kMostIncidents = 100;

template <class Number>
Fact figure(PublicText name, Number number) {
  return {std::move(name), static_cast<std::int64_t>(number)};
}

base::Instant now() { return base::SystemClock().now().utc; }

/// Reads beside a daemon. Throws as the store does, also when there is none.
std::unique_ptr<store::Store> open_to_read(const Patient& patient, base::Random& random) {
  return store::open_sqlite({.path = patient.store_path, .access = store::Access::kReader}, random, now());
}

/// Numbers for names, in the order of their first use.
class StandIns {
 public:
  explicit StandIns(PublicText kind) : kind_(std::move(kind)) {}
  PublicText of(const std::string& name) {
    return PublicText::stand_in(kind_, numbers_.emplace(name, numbers_.size() + 1).first->second);
  }

 private:
  PublicText kind_;
  std::map<std::string, std::size_t> numbers_;
};

Row table_row(const store::TableFigures& table) {
  Row row{PublicText::one_of(table.name, {"meta",           "tokens",
                                          "accounts",       "probes",
                                          "runs",           "changes",
                                          "change_anchors", "discoveries",
                                          "discovery_seen", "discovery_requests",
                                          "incidents",      "bodies",
                                          "deliveries",     "delivery_attempts",
                                          "buckets",        "gauges",
                                          "hours",          "planned_changes",
                                          "acceptances",    "alerts",
                                          "digest_members", "tellings",
                                          "threads",        "replays",
                                          "mutes",          "acknowledgements",
                                          "test_requests"}),
          {figure("rows", table.rows), figure("bytes", table.bytes)}};
  if (table.oldest) row.facts.push_back({"oldest", PublicText::rough(now() - *table.oldest)});
  if (table.newest) row.facts.push_back({"newest", PublicText::rough(now() - *table.newest)});
  return row;
}

Row incident_row(const verdict::Incident& incident, std::size_t number, StandIns& tokens, StandIns& accounts) {
  const auto& key = incident.finding.key;
  Row row{PublicText::stand_in("incident", number),
          {{"cause", PublicText(key.cause)},
           {"severity", PublicText(verdict::severity_of(incident.finding))},
           {"open_for", PublicText::rough(now() - incident.opened_at)},
           {"acknowledged", incident.acknowledged.has_value()},
           {"part_of_another", incident.part_of.has_value()},
           figure("flips", incident.flips.size()),
           figure("http_status", incident.finding.evidence.http_status),
           figure("affected", incident.finding.affected)}};
  if (!key.token.null()) row.facts.push_back({"token", tokens.of(key.token.text())});
  if (!key.account.empty()) row.facts.push_back({"account", accounts.of(key.account)});
  return row;
}

/// The type of a destination that the settings name.
PublicText type_of(const settings::Settings* settings, const std::string& destination) {
  if (settings == nullptr) return "unknown";
  for (const auto& one : settings->destinations)
    if (one.name == destination) return PublicText(one.channel);
  for (const auto& one : settings->heartbeats)
    if (one.name == destination) return "heartbeat";
  return "removed";
}

}  // namespace

Section database_section(const Patient& patient) {
  const auto glance = store::glance(patient.store_path, kQuicklyRead);
  Section section{"database",
                  {figure("schema", glance.schema),
                   figure("newest_schema", glance.newest_schema),
                   figure("file_bytes", glance.file_bytes),
                   figure("log_bytes", glance.log_bytes),
                   figure("free_bytes", glance.free_bytes),
                   {"every_page_read", glance.every_page},
                   {"damaged", !glance.damage.empty()}}};
  if (!glance.every_page || !glance.damage.empty()) return section;
  const auto figures = store::figures(patient.store_path);
  section.add(figure("keys", figures.keys.size()));
  section.add({"gives_pages_back", figures.gives_back});
  if (figures.created_at) section.facts.push_back({"age", PublicText::rough(now() - *figures.created_at)});
  for (const auto& table : figures.tables) section.add(table_row(table));
  return section;
}

Section daemon_section(const Patient& patient) {
  Section section{"daemon"};
  base::SystemRandom random;
  for (const auto& [name, value] : open_to_read(patient, random)->gauges()) {
    if (name == "written_at_ms") {
      section.add(figure("written_ms_ago", base::to_epoch_ms(now()) - value));
      continue;
    }
    section.facts.push_back(figure(
        PublicText::one_of(
            name, {"pairs_waiting", "pairs_running", "pairs_parked", "lateness_p99_ms", "oldest_answer_ms",
                   "detection_bound_ms", "buckets_yielding", "buckets_parked", "buckets_unfit", "least_left_permille",
                   "control_ok", "in_flight", "in_flight_limit", "audits_total", "throttled_total"}),
        value));
  }
  return section;
}

Section watch_section(const Patient& patient) {
  base::SystemRandom random;
  const auto store = open_to_read(patient, random);
  const auto tokens = store->tokens();
  const auto probes = store->probes();
  const auto tokens_that = [&](auto is) { return std::count_if(tokens.begin(), tokens.end(), is); };
  const auto pairs_that = [&](auto is) { return std::count_if(probes.begin(), probes.end(), is); };
  return {
      "watch",
      {figure("tokens", tokens.size()), figure("developer_tokens", tokens_that([](const auto& row) {
                                                 return row.token.kind == audit::TokenKind::kDeveloper;
                                               })),
       figure("tokens_of_settings",
              tokens_that([](const auto& row) { return row.source == store::TokenSource::kSettings; })),
       figure("discovered_tokens", tokens_that([](const auto& row) { return row.accounts.empty(); })),
       figure("accounts", store->accounts().size()), figure("pairs", probes.size()),
       figure("pairs_granted", pairs_that([](const auto& probe) {
                return probe.baseline.run && std::holds_alternative<xads::Granted>(probe.baseline.run->answer);
              })),
       figure("pairs_denied", pairs_that([](const auto& probe) {
                return probe.baseline.run && std::holds_alternative<xads::Denied>(probe.baseline.run->answer);
              })),
       figure("pairs_suspected", pairs_that([](const auto& probe) { return probe.baseline.suspicion.has_value(); })),
       figure("buckets", store->buckets().size()), figure("mutes", store->mutes(now()).size()),
       figure("planned_changes", store->planned_changes(true).size())}};
}

Section incident_section(const Patient& patient) {
  base::SystemRandom random;
  const auto open = open_to_read(patient, random)->incidents({.limit = 100'000});
  Section section{"incidents", {figure("open", open.size())}};
  std::map<PublicText, std::int64_t> by_cause;
  for (const auto& incident : open) ++by_cause[PublicText(incident.finding.key.cause)];
  for (const auto& [cause, count] : by_cause) section.facts.push_back({cause, count});
  StandIns tokens("token"), accounts("account");
  for (std::size_t place = 0; place < std::min(open.size(), kMostIncidents); ++place)
    section.rows.push_back(incident_row(open[place], place + 1, tokens, accounts));
  return section;
}

Section delivery_section(const Patient& patient) {
  base::SystemRandom random;
  const auto store = open_to_read(patient, random);
  const auto counts = store->delivery_counts();
  Section section{
      "deliveries",
      {figure("delivered", counts.delivered), figure("pending", counts.pending), figure("dead", counts.dead)}};
  struct Type {
    std::int64_t destinations = 0, pending = 0, dead = 0;
  };
  std::map<PublicText, Type> types;
  if (const auto* settings = patient.settings()) {
    for (const auto& one : settings->destinations) ++types[PublicText(one.channel)].destinations;
    for (std::size_t place = 0; place < settings->heartbeats.size(); ++place) ++types["heartbeat"].destinations;
  }
  for (const auto& [destination, of_it] : store->undelivered()) {
    auto& type = types[type_of(patient.settings(), destination)];
    type.pending += static_cast<std::int64_t>(of_it.pending);
    type.dead += static_cast<std::int64_t>(of_it.dead);
  }
  for (const auto& [name, type] : types)
    section.rows.push_back(
        {name, {{"destinations", type.destinations}, {"pending", type.pending}, {"dead", type.dead}}});
  return section;
}

}  // namespace app
