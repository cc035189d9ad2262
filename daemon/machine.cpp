#include "machine.h"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <set>

#include "alert/courier.h"
#include "base/random.h"
#include "http/mail_transport.h"
#include "http/scheme_transport.h"
#include "http/tls_transport.h"
#include "xads/client.h"

namespace app {
namespace {

/// The database follows the settings: their tokens are put, and those that left them become tombstones.
void follow_settings(store::Store& store, const settings::Settings& settings, base::Random& random, base::Instant now) {
  std::vector<store::StoredToken> wanted;
  std::vector<verdict::ChangeId> change_ids;
  std::set<std::string> names;
  for (const auto& token : settings.tokens) {
    store::StoredToken stored{.token = token.token,
                              .source = store::TokenSource::kSettings,
                              .accounts = token.accounts,
                              .added_at = now,
                              .secrets = {token.secrets.token.clone(), token.secrets.secret.clone()}};
    stored.token.id = audit::TokenId::make(now, random);
    names.insert(stored.token.name);
    change_ids.push_back(verdict::ChangeId::make(now, random));
    wanted.push_back(std::move(stored));
  }
  store.put_tokens(wanted, change_ids, now);
  for (const auto& name : store.token_names(store::TokenSource::kSettings)) {
    if (!names.contains(name)) store.remove_token(name, verdict::ChangeId::make(now, random), now);
  }
}

}  // namespace

int with_machine(const settings::Settings& settings, spdlog::logger& log, const std::function<int(Machine&)>& use) {
  boost::asio::io_context io(1);
  boost::asio::signal_set signals(io, SIGTERM, SIGINT);
  base::SystemClock clock;
  base::SystemRandom random;
  const auto store = store::open_sqlite(store_options(settings, store::Access::kDaemon), random, clock.now().utc);
  follow_settings(*store, settings, random, clock.now().utc);

  http::TlsOptions api_options = settings.tls;
  api_options.max_idle_per_host = std::max(api_options.max_idle_per_host, api_options.max_in_flight);
  http::TlsTransport api(io, api_options);
  // Alerts do not wait for X: places of their own, enough for every destination at once.
  http::TlsOptions sink_options = settings.tls;
  sink_options.max_in_flight = std::max<std::size_t>(64, 4 * settings.destinations.size());
  http::TlsTransport web_sinks(io, sink_options);
  http::MailTransport mail_sinks(io, sink_options);
  http::SchemeTransport sinks(web_sinks, mail_sinks);
  const xads::Client client(settings.api, clock, random);
  alert::Courier courier(settings.destinations, random);
  service::AuditOptions audit = settings.audit;
  audit.api_version = settings.api.version;
  service::Engine engine(std::move(audit),
                         service::Announcer({settings.destinations, settings.routes, settings.maintenance}, random),
                         random);
  const service::Keyring keyring(settings.apps, engine.roster(), store->opener());
  service::Loop loop({.io = io,
                      .signals = signals,
                      .engine = engine,
                      .keyring = keyring,
                      .client = client,
                      .codes = settings.error_codes,
                      .api = api,
                      .sinks = sinks,
                      .courier = courier,
                      .destinations = settings.destinations,
                      .heartbeats = settings.heartbeats,
                      .store = *store,
                      .clock = clock,
                      .log = log},
                     {.retention = settings.retention});
  Machine machine{loop, engine, clock};
  return use(machine);
}

}  // namespace app
