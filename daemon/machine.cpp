#include "machine.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <csignal>

#include "base/random.h"

namespace app {
namespace {

http::TlsOptions api_options(const settings::Settings& settings) {
  http::TlsOptions options = settings.tls;
  options.max_idle_per_host = std::max(options.max_idle_per_host, options.max_in_flight);
  return options;
}

/// Alerts do not wait for X: places of their own, enough for every destination at once.
http::TlsOptions sink_options(const settings::Settings& settings) {
  http::TlsOptions options = settings.tls;
  options.max_in_flight = std::max<std::size_t>(64, 4 * settings.destinations.size());
  return options;
}

service::AuditOptions audit_options(const settings::Settings& settings) {
  service::AuditOptions options = settings.audit;
  options.api_version = settings.api.version;
  return options;
}

}  // namespace

void follow_settings(store::Store& store, const settings::Settings& settings, base::Random& random, base::Instant now) {
  std::vector<store::StoredToken> wanted;
  std::vector<verdict::ChangeId> change_ids;
  for (const auto& token : settings.tokens) {
    store::StoredToken stored{.token = token.token,
                              .source = store::TokenSource::kSettings,
                              .accounts = token.accounts,
                              .added_at = now,
                              .secrets = {token.secrets.token.clone(), token.secrets.secret.clone()}};
    stored.token.id = audit::TokenId::make(now, random);
    change_ids.push_back(verdict::ChangeId::make(now, random));
    wanted.push_back(std::move(stored));
  }
  store.follow_settings(wanted, change_ids, now);
}

Assembly::Assembly(const settings::Settings& settings, spdlog::logger& log, const base::Clock& clock,
                   base::Random& random, store::Store& store, service::Health& health, service::Metrics* metrics)
    : signals_(io_, SIGTERM, SIGINT),
      api_(io_, api_options(settings)),
      web_sinks_(io_, sink_options(settings)),
      mail_sinks_(io_, sink_options(settings)),
      sinks_(web_sinks_, mail_sinks_),
      client_(settings.api, clock, random),
      courier_(settings.destinations, random),
      engine_(audit_options(settings),
              service::Announcer({settings.destinations, settings.routes, settings.maintenance}, random), random),
      keyring_(settings.apps, engine_.roster(), store.opener()),
      loop_({.io = io_,
             .signals = signals_,
             .engine = engine_,
             .keyring = keyring_,
             .client = client_,
             .codes = settings.error_codes,
             .api = api_,
             .sinks = sinks_,
             .courier = courier_,
             .destinations = settings.destinations,
             .heartbeats = settings.heartbeats,
             .health = health,
             .store = store,
             .clock = clock,
             .log = log,
             .metrics = metrics},
            {.retention = settings.retention}) {}

void Assembly::post(std::function<void()> job) { boost::asio::post(io_, std::move(job)); }

std::unique_ptr<store::Store> open_as_daemon(const settings::Settings& settings, base::Random& random,
                                             base::Instant now) {
  auto store = store::open_sqlite(store_options(settings, store::Access::kDaemon), random, now);
  follow_settings(*store, settings, random, now);
  return store;
}

int with_machine(const settings::Settings& settings, spdlog::logger& log, const std::function<int(Machine&)>& use) {
  base::SystemClock clock;
  base::SystemRandom random;
  const auto store = open_as_daemon(settings, random, clock.now().utc);
  service::Health health(clock.now().steady);
  Assembly assembly(settings, log, clock, random, *store, health);
  Machine machine{assembly.loop(), assembly.engine(), clock};
  return use(machine);
}

}  // namespace app
