#include <doctest/doctest.h>

#include <filesystem>

#include "settings/fixtures.h"

namespace settings {
namespace {

using namespace std::chrono_literals;

Loaded load_good(const std::string& name) { return load_file(kFolder + "/good/" + name, test_references()); }

std::vector<std::string> app_names(const Settings& settings) {
  std::vector<std::string> names;
  for (const auto& app : settings.apps) names.push_back(app.name);
  return names;
}

}  // namespace

TEST_CASE("load: the complete example fills every option") {
  const Loaded loaded = load_good("complete.yaml");
  REQUIRE_MESSAGE(loaded.settings.has_value(), to_text(loaded));
  const Settings& settings = *loaded.settings;
  CHECK(settings.api.base_url == "https://ads-api.x.com");
  CHECK(settings.api.identity_url == "https://api.x.com");
  CHECK(settings.api.version == "12");
  CHECK(settings.api.deadline == 12s);
  CHECK(settings.audit.deadline == 12s);
  CHECK(settings.tls.ca_file == "/etc/ssl/certs/ca-certificates.crt");
  CHECK(settings.tls.max_in_flight == 128);
  CHECK(settings.audit.max_in_flight == 128);
  CHECK(settings.store_path == "/var/lib/adsauditd/test.db");
  CHECK(settings.store_key.reveal() == "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=");
  REQUIRE(settings.apps.size() == 1);
  CHECK(settings.apps[0].name == "agency");
  CHECK(settings.apps[0].token_limit == 5);
  CHECK(settings.apps[0].consumer.key.reveal() == "agency-consumer-key");
  CHECK(settings.apps[0].consumer.secret.reveal() == "agency-consumer-secret");
  CHECK(settings.audit.intervals.normal == 20min);
  CHECK(settings.audit.intervals.jitter == doctest::Approx(0.125));
  CHECK(settings.audit.discovery_interval == 8h);
  CHECK(settings.audit.confirm.count == 3);
  CHECK(settings.audit.confirm.spacing == 25s);
  CHECK(settings.audit.control_token == "brand-a");
  CHECK(settings.audit.budget.allowance.share == doctest::Approx(0.2));
  CHECK(settings.audit.budget.allowance.reserve == 30);
  CHECK(settings.log.level == LogLevel::kDebug);
  CHECK(settings.log.format == LogFormat::kJson);
  CHECK(settings.apps[0].access == "standard");
  REQUIRE(settings.audit.policy.expectations.size() == 1);
  CHECK(settings.audit.policy.expectations[0] ==
        verdict::Expectation{.name = "expect[0]",
                             .match = {.accounts = {"18ce54d4x5t"}, .tokens = {"brand-a"}},
                             .at_least = xads::Permissions::from_texts({"AD_MANAGER"}),
                             .forbid = xads::Permissions::from_texts({"ACCOUNT_ADMIN"}),
                             .needs = {"conversions"}});
}

TEST_CASE("load: the complete example has one token, two destinations and two routes") {
  const Loaded loaded = load_good("complete.yaml");
  REQUIRE(loaded.settings.has_value());
  REQUIRE(loaded.settings->tokens.size() == 1);
  const Token& token = loaded.settings->tokens[0];
  CHECK(token.token.id.null());
  CHECK(token.token.name == "brand-a");
  CHECK(token.token.app == "agency");
  CHECK(token.token.kind == audit::TokenKind::kDeveloper);
  CHECK(token.token.user_id.empty());
  CHECK(token.token.labels == audit::Labels{{"client", "Brand A"}, {"owner", "ads-ops"}});
  CHECK(token.secrets.token.reveal() == "2417045708-brand-a");
  CHECK(token.secrets.secret.reveal() == "brand-a-secret");
  CHECK(token.accounts == std::vector<std::string>{"18ce54d4x5t"});
  REQUIRE(loaded.settings->destinations.size() == 2);
  const auto& ops = loaded.settings->destinations[0];
  CHECK(ops.name == "ops");
  CHECK(ops.channel == alert::Channel::kSlack);
  CHECK(ops.url.reveal() == "https://hooks.slack.com/services/T0/B0/x");
  CHECK(ops.secret.empty());
  CHECK_FALSE(ops.allow_private);
  const auto& siem = loaded.settings->destinations[1];
  CHECK(siem.channel == alert::Channel::kWebhook);
  CHECK(siem.url.reveal() == "https://siem.example/hook");
  CHECK(siem.secret.reveal() == "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3");
  REQUIRE(loaded.settings->routes.size() == 2);
  CHECK(loaded.settings->routes[0].match.severities == std::vector{verdict::Severity::kCritical});
  CHECK(loaded.settings->routes[0].to == std::vector<std::string>{"ops", "siem"});
  CHECK(loaded.settings->routes[1].to == std::vector<std::string>{"siem"});
}

TEST_CASE("load: the smallest file leaves the defaults and gives no complaint") {
  const Loaded loaded = load_good("smallest.yaml");
  REQUIRE(loaded.settings.has_value());
  CHECK(loaded.complaints.empty());
  CHECK(to_text(loaded).empty());
  CHECK(loaded.settings->api.base_url == "https://ads-api.x.com");
  CHECK(loaded.settings->store_path == "/var/lib/adsauditd/adsauditd.db");
  CHECK(loaded.settings->audit.intervals.normal == 15min);
  CHECK(loaded.settings->audit.intervals.critical == 5min);
  CHECK(loaded.settings->audit.intervals.archive == 6h);
  CHECK(loaded.settings->audit.intervals.rules.empty());
  CHECK(loaded.settings->audit.intervals.boost.enabled);
  CHECK(loaded.settings->audit.intervals.boost.after_change == 24h);
  CHECK(loaded.settings->audit.confirm.count == 2);
  CHECK(loaded.settings->audit.max_in_flight == 64);
  CHECK_FALSE(loaded.settings->apps[0].token_limit.has_value());
  CHECK_FALSE(loaded.settings->audit.control_token.has_value());
  CHECK(loaded.settings->tokens.empty());
  CHECK(loaded.settings->routes.empty());
  CHECK(loaded.settings->log.level == LogLevel::kInfo);
  CHECK(loaded.settings->log.format == LogFormat::kAuto);
}

TEST_CASE("load: document marks, a byte order mark and Windows line ends do not matter") {
  for (const char* name : {"document-marks.yaml", "windows.yaml"}) {
    CAPTURE(name);
    const Loaded loaded = load_good(name);
    CHECK(loaded.complaints.empty());
    REQUIRE(loaded.settings.has_value());
    CHECK(loaded.settings->apps[0].name == "agency");
  }
}

TEST_CASE("load: all ways of quoting give the same text, and a plain dollar sign stays") {
  const Loaded loaded = load_good("quoting.yaml");
  REQUIRE_MESSAGE(loaded.settings.has_value(), to_text(loaded));
  REQUIRE(loaded.settings->tokens.size() == 1);
  CHECK(loaded.settings->tokens[0].secrets.token.reveal() == "canary-token");
  CHECK(loaded.settings->tokens[0].token.labels == audit::Labels{{"price", "$5 and $ and {x}"},
                                                                 {"said", "it's \"so\""},
                                                                 {"escaped", "tab\\t \"q\""},
                                                                 {"owner", "ads-ops@ads-ops.example"},
                                                                 {"nested", "${env:OWNER}"},
                                                                 {"no", "010"},
                                                                 {"answer", "no"}});
  CHECK(loaded.settings->destinations[0].url.reveal() == "https://hooks.slack.com/services/ads-ops");
}

TEST_CASE("load: a laboratory may use the least intervals, literal private URLs and an origin with a slash") {
  const Loaded loaded = load_good("laboratory.yaml");
  REQUIRE_MESSAGE(loaded.settings.has_value(), to_text(loaded));
  const Settings& settings = *loaded.settings;
  CHECK(settings.api.base_url == "https://127.0.0.1:8443");
  CHECK(settings.api.identity_url == "https://[::1]:8443");
  CHECK(settings.api.deadline == 1s);
  CHECK(settings.audit.intervals.normal == 1s);
  CHECK(settings.audit.intervals.jitter == 0);
  CHECK(settings.audit.confirm.spacing == 1s);
  CHECK(settings.audit.budget.allowance.share == 1);
  CHECK(settings.audit.budget.allowance.reserve == 0);
  CHECK(settings.destinations[0].allow_private);
  CHECK(settings.destinations[0].url.reveal() == "http://127.0.0.1:9000/slack");
  CHECK(loaded.complaints.size() == 2);  // both intervals are under a minute
}

TEST_CASE("load: a route's match takes single values and lists") {
  const Loaded loaded = load_good("routes.yaml");
  REQUIRE_MESSAGE(loaded.settings.has_value(), to_text(loaded));
  CHECK(loaded.complaints.empty());
  const alert::Match& match = loaded.settings->routes[0].match;
  CHECK(match.severities == std::vector{verdict::Severity::kCritical, verdict::Severity::kWarning});
  CHECK(match.causes == std::vector<std::string>{"token.revoked"});
  CHECK(match.apps == std::vector<std::string>{"one", "two"});
  CHECK(match.tokens == std::vector<std::string>{"brand-a"});
  CHECK(match.accounts == std::vector<std::string>{"18ce54d4x5t", "abc1"});
  CHECK(match.labels == audit::Labels{{"client", "Brand A"}});
  CHECK(loaded.settings->routes[1].to == std::vector<std::string>{"siem"});
}

TEST_CASE("load: classes decide the intervals, and rules the share, each for what it matches") {
  const Loaded loaded = load_good("classes.yaml");
  REQUIRE_MESSAGE(loaded.settings.has_value(), to_text(loaded));
  CHECK(loaded.complaints.empty());
  const audit::IntervalOptions& intervals = loaded.settings->audit.intervals;
  CHECK(intervals.normal == 10min);
  CHECK(intervals.critical == 2min);
  CHECK(intervals.archive == 1h);
  CHECK_FALSE(intervals.boost.enabled);
  CHECK(intervals.boost.after_change == 6h);
  using audit::IntervalClass;
  REQUIRE(intervals.rules.size() == 3);
  CHECK(intervals.rules[0] == audit::ClassRule{{.labels = {{"tier", "gold"}}}, IntervalClass::kCritical});
  CHECK(intervals.rules[1] ==
        audit::ClassRule{{.apps = {"agency"}, .accounts = {"18ce54d4x5t", "abc1"}}, IntervalClass::kNormal});
  CHECK(intervals.rules[2] == audit::ClassRule{{}, IntervalClass::kArchive});
  const audit::BudgetOptions& budget = loaded.settings->audit.budget;
  CHECK(budget.allowance == audit::Allowance{0.1, 20});
  REQUIRE(budget.rules.size() == 2);
  CHECK(budget.rules[0] == audit::AllowanceRule{{.tokens = {"in-the-database"}}, 0.2, std::nullopt});
  CHECK(budget.rules[1] == audit::AllowanceRule{{.accounts = {"18ce54d4x5t"}}, std::nullopt, 5});
}

TEST_CASE("load: a section without content is as good as none") {
  const Loaded loaded = load_good("empty-sections.yaml");
  CHECK(loaded.complaints.empty());
  REQUIRE(loaded.settings.has_value());
  CHECK(loaded.settings->audit.intervals.normal == 15min);
}

TEST_CASE("load: the files of conf.d are joined in the order of their names, and only *.yaml is read") {
  const Loaded loaded = load_good("split/adsauditd.yaml");
  REQUIRE_MESSAGE(loaded.settings.has_value(), to_text(loaded));
  CHECK(loaded.complaints.empty());
  CHECK(app_names(*loaded.settings) == std::vector<std::string>{"one", "two", "three"});
  CHECK(loaded.settings->api.deadline == 5s);
  CHECK(loaded.settings->api.version == "11");
  CHECK(loaded.settings->log.level == LogLevel::kTrace);
}

TEST_CASE("load: a value that two files give is an error that names both places") {
  const Loaded loaded =
      load({{"adsauditd.yaml", kLeast + "audit: {interval: 15m}\n"}, {"conf.d/10.yaml", "audit:\n  interval: 30m\n"}},
           test_references());
  CHECK_FALSE(loaded.settings.has_value());
  REQUIRE(loaded.complaints.size() == 1);
  CHECK(to_text(loaded) ==
        "conf.d/10.yaml:2:3: audit.interval: is set twice, here and at adsauditd.yaml:4:9; remove one\n"
        "  interval: 30m\n"
        "  ^\n");
}

TEST_CASE("load: a name that two files give is an error, and an index counts within its file") {
  const Loaded loaded =
      load({{"a.yaml", kLeast}, {"b.yaml", "destinations: [{name: ops, type: slack, url: \"${env:SLACK_URL}\"}]\n"}},
           test_references());
  REQUIRE(loaded.complaints.size() == 1);
  CHECK(loaded.complaints[0].file == "b.yaml");
  CHECK(loaded.complaints[0].path == "destinations[0].name");
  CHECK(loaded.complaints[0].message == "the name \"ops\" is taken, see a.yaml:3:23; choose another one");
}

TEST_CASE("load: broken YAML in two files is reported for both") {
  const Loaded loaded = load({{"a.yaml", "a: [\n"}, {"b.yaml", "b: {\n"}}, test_references());
  REQUIRE(loaded.complaints.size() == 2);
  CHECK(loaded.complaints[0].file == "a.yaml");
  CHECK(loaded.complaints[1].file == "b.yaml");
}

TEST_CASE("load: complaints come in the order of the file, fifty errors at most") {
  std::string text = kLeast + "tokens:\n";
  for (int index = 0; index < 60; ++index) text += "  - nonsense\n";
  const Loaded loaded = load_text(text);
  CHECK_FALSE(loaded.settings.has_value());
  REQUIRE(loaded.complaints.size() == 50);
  CHECK(loaded.complaints[0].line == 5);
  CHECK(loaded.complaints[49].line == 54);
  CHECK(loaded.left_out == 10);
  CHECK(to_text(loaded).ends_with("and 10 more\n"));
}

TEST_CASE("load: a missing file is an error that says what to do") {
  const Loaded loaded = load_file("/nowhere/adsauditd.yaml", test_references());
  CHECK_FALSE(loaded.settings.has_value());
  CHECK(to_text(loaded) ==
        "/nowhere/adsauditd.yaml: does not exist; write one with adsauditd config init, or name another with "
        "--config\n");
}

TEST_CASE("load: a folder is no settings file") {
  const Loaded loaded = load_file(kFolder, test_references());
  CHECK_FALSE(loaded.settings.has_value());
  CHECK(to_text(loaded) == kFolder + ": is a directory; name the file in it\n");
}

TEST_CASE("load: commands that need no secret leave them out, and the form is still checked") {
  References references;
  references.skip_secrets = true;
  const Loaded loaded = load_file(kFolder + "/good/complete.yaml", references);
  REQUIRE_MESSAGE(loaded.settings.has_value(), to_text(loaded));
  CHECK(loaded.settings->store_key.empty());
  CHECK(loaded.settings->apps[0].consumer.secret.empty());
  const Loaded literal = load_file(kFolder + "/broken/literal-secrets.yaml", references);
  CHECK_FALSE(literal.settings.has_value());
}

TEST_CASE("load: the starter file lacks nothing but its secrets") {
  References references;
  references.skip_secrets = true;
  const Loaded loaded = load_file(std::string(TEST_DATA) + "/../../config/adsauditd.yaml", references);
  REQUIRE_MESSAGE(loaded.settings.has_value(), to_text(loaded));
  CHECK(loaded.complaints.empty());
  const Loaded without = load_file(std::string(TEST_DATA) + "/../../config/adsauditd.yaml", {});
  CHECK_FALSE(without.settings.has_value());
  CHECK(to_text(without).find("there is no credential adsauditd.key") != std::string::npos);
}

}  // namespace settings
