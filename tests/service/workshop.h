#pragma once

#include <spdlog/logger.h>
#include <spdlog/sinks/null_sink.h>

#include <memory>

#include "base/clock.h"
#include "service/loop.h"
#include "service/scripted_transport.h"
#include "store/store.h"

/// Everything a loop needs, with scripted answers in the place of the network and SQLite in memory.
struct Workshop {
  explicit Workshop(ScriptedTransport::Script api_script, ScriptedTransport::Script sink_script)
      : api(io, std::move(api_script)), sinks(io, std::move(sink_script)) {
    apps.push_back({"agency", {base::Secret("consumer-key"), base::Secret("consumer-secret")}});
    destinations.push_back({.name = "siem",
                            .url = base::Secret("http://127.0.0.1:1/hook"),
                            .secret = base::Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
                            .allow_private = true});
    options.confirm = {2, std::chrono::milliseconds(50)};
    options.intervals.normal = std::chrono::milliseconds(100);
    options.intervals.jitter = 0;
    options.budget.allowance = {1.0, 1000};
    store =
        store::open_sqlite({.path = ":memory:", .key = base::Secret("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")},
                           random, clock.now().utc);
  }

  void add_token(const std::string& name, const std::vector<std::string>& accounts, const std::string& app = "agency") {
    store::StoredToken stored;
    stored.token.name = name;
    stored.token.app = app;
    stored.accounts = accounts;
    stored.token.id = audit::TokenId::make(clock.now().utc, random);
    stored.secrets = {base::Secret(name), base::Secret(name + "-secret")};
    std::vector<store::StoredToken> tokens;
    tokens.push_back(std::move(stored));
    store->put_tokens(tokens, {verdict::ChangeId::make(clock.now().utc, random)}, clock.now().utc);
  }

  std::unique_ptr<service::Loop> make_loop() {
    courier = std::make_unique<alert::Courier>(destinations, random);
    engine =
        std::make_unique<service::Engine>(options, service::Announcer({destinations, routes, windows}, random), random);
    keyring = std::make_unique<service::Keyring>(apps, engine->roster(), store->opener());
    return std::make_unique<service::Loop>(service::LoopParts{.io = io,
                                                              .signals = signals,
                                                              .engine = *engine,
                                                              .keyring = *keyring,
                                                              .client = client,
                                                              .codes = xads::CodeTable::built_in(),
                                                              .api = api,
                                                              .sinks = sinks,
                                                              .courier = *courier,
                                                              .destinations = destinations,
                                                              .heartbeats = heartbeats,
                                                              .health = health,
                                                              .store = *store,
                                                              .clock = clock,
                                                              .log = log,
                                                              .metrics = &metrics},
                                           loop_options);
  }

  boost::asio::io_context io{1};
  boost::asio::signal_set signals{io};
  base::SystemClock clock;
  service::Health health{clock.now().steady};
  service::Metrics metrics{"0.1.0", "/nowhere", clock.now().utc};
  base::SeededRandom random{5};
  ScriptedTransport api, sinks;
  xads::Client client{{}, clock, random};
  std::vector<service::App> apps;
  std::vector<alert::Destination> destinations;
  std::vector<alert::Route> routes;
  std::vector<alert::MaintenanceWindow> windows;
  std::vector<alert::Heartbeat> heartbeats;
  service::AuditOptions options;
  service::LoopOptions loop_options;
  std::unique_ptr<store::Store> store;
  std::unique_ptr<alert::Courier> courier;
  std::unique_ptr<service::Engine> engine;
  std::unique_ptr<service::Keyring> keyring;
  spdlog::logger log{"test", std::make_shared<spdlog::sinks::null_sink_mt>()};
};

inline http::Reply granted(const std::string& permission) {
  return http::Response{
      200, {}, R"({"data":{"user_id":"77","permissions":[")" + permission + R"("]},"request":{"params":{}}})"};
}
inline http::Reply status(int code, const std::string& body = "") { return http::Response{code, {}, body}; }
