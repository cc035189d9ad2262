#include "settings/sections.h"

namespace settings {
namespace {

using namespace std::chrono_literals;

constexpr double kLeastShare = 0.0001;
constexpr int kMostReserve = 2000;  // the whole window of an ad account

std::optional<std::string> access_from_text(std::string_view text) {
  if (text == "standard" || text == "conversion_only") return std::string(text);
  return std::nullopt;
}

const Table<verdict::ConfirmOptions>& confirm_keys() {
  static const Table<verdict::ConfirmOptions> table{
      {"count", Need::kOptional, into(&verdict::ConfirmOptions::count, whole(1, 10))},
      {"spacing", Need::kOptional, into(&verdict::ConfirmOptions::spacing, duration({.least = 1s, .most = 1h}))},
  };
  return table;
}

const Table<audit::IntervalOptions>& interval_keys() {
  using audit::IntervalOptions;
  static const Table<IntervalOptions> table{
      {"critical", Need::kOptional, into(&IntervalOptions::critical, duration({.warn_below = 60s}))},
      {"archive", Need::kOptional, into(&IntervalOptions::archive, duration({.warn_below = 60s}))},
  };
  return table;
}

const Table<audit::Boost>& boost_keys() {
  static const Table<audit::Boost> table{
      {"enabled", Need::kOptional, into(&audit::Boost::enabled, flag())},
      {"after_change", Need::kOptional, into(&audit::Boost::after_change, duration({}))},
  };
  return table;
}

const Table<audit::Match>& match_keys() {
  using audit::Match;
  static const Table<Match> table{
      {"app", Need::kOptional, into(&Match::apps, one_or_more(name()))},
      {"token", Need::kOptional, into(&Match::tokens, one_or_more(name()))},
      {"account", Need::kOptional, into(&Match::accounts, one_or_more(account_id()))},
      {"labels", Need::kOptional, into(&Match::labels, labels())},
  };
  return table;
}

std::vector<std::string_view> class_words() {
  using audit::IntervalClass;
  return {audit::to_text(IntervalClass::kCritical), audit::to_text(IntervalClass::kNormal),
          audit::to_text(IntervalClass::kArchive)};
}

const Table<audit::ClassRule>& class_rule_keys() {
  using audit::ClassRule;
  static const Table<ClassRule> table{
      {"class", Need::kRequired,
       into(&ClassRule::interval_class,
            choice<audit::IntervalClass>("class", class_words(), audit::interval_class_from_text))},
      {"match", Need::kRequired, mapping(&ClassRule::match, match_keys())},
  };
  return table;
}

const Table<audit::AllowanceRule>& allowance_rule_keys() {
  using audit::AllowanceRule;
  static const Table<AllowanceRule> table{
      {"match", Need::kRequired, mapping(&AllowanceRule::match, match_keys())},
      {"share", Need::kOptional, into(&AllowanceRule::share, share(kLeastShare))},
      {"reserve", Need::kOptional, into(&AllowanceRule::reserve, whole(0, kMostReserve))},
  };
  return table;
}

}  // namespace

const Table<service::App>& app_keys() {
  static const Table<service::App> table{
      {"name", Need::kRequired, into(&service::App::name, name())},
      {"consumer_key", Need::kRequired,
       into(
           [](service::App & a) -> auto& { return a.consumer.key; }, secret())},
      {"consumer_secret", Need::kRequired,
       into(
           [](service::App & a) -> auto& { return a.consumer.secret; }, secret())},
      {"access", Need::kOptional,
       into(&service::App::access, choice<std::string>("access", {"standard", "conversion_only"}, access_from_text))},
      {"token_limit", Need::kOptional, into(&service::App::token_limit, whole(1, 1'000'000))},
  };
  return table;
}

const Table<Token>& token_keys() {
  static const Table<Token> table{
      {"name", Need::kRequired,
       into(
           [](Token & t) -> auto& { return t.token.name; }, name())},
      {"app", Need::kRequired,
       into(
           [](Token & t) -> auto& { return t.token.app; }, name())},
      {"kind", Need::kRequired,
       into(
           [](Token & t) -> auto& { return t.token.kind; },
           choice<audit::TokenKind>("kind", {"advertiser", "developer"}, audit::token_kind_from_text))},
      {"access_token", Need::kRequired,
       into(
           [](Token & t) -> auto& { return t.secrets.token; }, secret())},
      {"access_token_secret", Need::kRequired,
       into(
           [](Token & t) -> auto& { return t.secrets.secret; }, secret())},
      {"accounts", Need::kOptional, into(&Token::accounts, list_of(account_id()))},
      {"labels", Need::kOptional,
       into(
           [](Token & t) -> auto& { return t.token.labels; }, labels())},
  };
  return table;
}

const Table<service::AuditOptions>& audit_keys() {
  using service::AuditOptions;
  static const Table<AuditOptions> table{
      {"interval", Need::kOptional,
       into(
           [](AuditOptions & o) -> auto& { return o.intervals.normal; }, duration({.warn_below = 60s}))},
      {"intervals", Need::kOptional, mapping(&AuditOptions::intervals, interval_keys())},
      {"classes", Need::kOptional,
       list_of_mappings(
           [](AuditOptions & o) -> auto& { return o.intervals.rules; }, class_rule_keys())},
      {"boost", Need::kOptional,
       mapping(
           [](AuditOptions & o) -> auto& { return o.intervals.boost; }, boost_keys())},
      {"jitter", Need::kOptional,
       into(
           [](AuditOptions & o) -> auto& { return o.intervals.jitter; }, share(0))},
      {"discovery_interval", Need::kOptional, into(&AuditOptions::discovery_interval, duration({.warn_below = 60s}))},
      {"confirm", Need::kOptional, mapping(&AuditOptions::confirm, confirm_keys())},
      {"control_token", Need::kOptional, into(&AuditOptions::control_token, name())},
  };
  return table;
}

const Table<audit::BudgetOptions>& budget_keys() {
  static const Table<audit::BudgetOptions> table{
      {"share", Need::kOptional,
       into(
           [](audit::BudgetOptions & o) -> auto& { return o.allowance.share; }, share(kLeastShare))},
      {"reserve", Need::kOptional,
       into(
           [](audit::BudgetOptions & o) -> auto& { return o.allowance.reserve; }, whole(0, kMostReserve))},
      {"rules", Need::kOptional, list_of_mappings(&audit::BudgetOptions::rules, allowance_rule_keys())},
  };
  return table;
}

}  // namespace settings
