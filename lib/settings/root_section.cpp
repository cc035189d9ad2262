#include <functional>

#include "settings/error_codes.h"
#include "settings/sections.h"

namespace settings {
namespace {

using namespace std::chrono_literals;

/// The enumerator that stands at the place of the text among `words`.
template <class E>
Form<E> enumerator(std::string what, std::vector<std::string_view> words) {
  const auto parse = [words](std::string_view text) -> std::optional<E> {
    const auto found = std::find(words.begin(), words.end(), text);
    if (found == words.end()) return std::nullopt;
    return static_cast<E>(found - words.begin());
  };
  return choice<E>(std::move(what), std::move(words), parse);
}

Form<std::size_t> count(int least, int most) {
  const Form<std::size_t> form = [number = whole(least, most)](Walk& walk,
                                                               const Node& node) -> std::optional<std::size_t> {
    const auto value = number(walk, node);
    if (!value) return std::nullopt;
    return static_cast<std::size_t>(*value);
  };
  return form.as(schema::whole(least, most));
}

/// One value for two rooms.
template <class First, class Second, class V>
auto into_both(First first, Second second, Form<V> form) {
  auto member = into(first, form);
  auto read = [=](Walk& walk, const Node& node, Settings& settings) {
    if (const auto value = form(walk, node)) std::invoke(first, settings) = std::invoke(second, settings) = *value;
  };
  return Member{read, member.list, member.schema};
}

const Table<Settings>& log_keys() {
  static const Table<Settings> table{
      {"level", Need::kOptional,
       into(
           [](Settings & s) -> auto& { return s.log.level; },
           enumerator<LogLevel>("level", {"trace", "debug", "info", "warning", "error"}))},
      {"format", Need::kOptional,
       into(
           [](Settings & s) -> auto& { return s.log.format; },
           enumerator<LogFormat>("format", {"auto", "text", "json"}))},
  };
  return table;
}

}  // namespace

const Table<Settings>& api_keys() {
  static const Table<Settings> table{
      {"base_url", Need::kOptional,
       into(
           [](Settings & s) -> auto& { return s.api.base_url; }, https_origin())},
      {"identity_url", Need::kOptional,
       into(
           [](Settings & s) -> auto& { return s.api.identity_url; }, https_origin())},
      {"version", Need::kOptional,
       into(
           [](Settings & s) -> auto& { return s.api.version; }, digits(3))},
      {"ca_file", Need::kOptional,
       into(
           [](Settings & s) -> auto& { return s.tls.ca_file; }, readable_file())},
      {"error_codes", Need::kOptional, into(&Settings::error_codes, Form<xads::CodeTable>(read_code_table))},
      {"deadline", Need::kOptional,
       into_both(
           [](Settings & s) -> auto& { return s.api.deadline; }, [](Settings & s) -> auto& { return s.audit.deadline; },
           duration({.least = 1s, .most = 60s}))},
      {"max_in_flight", Need::kOptional,
       into_both(
           [](Settings & s) -> auto& { return s.tls.max_in_flight; },
           [](Settings & s) -> auto& { return s.audit.max_in_flight; }, count(1, 4096))},
  };
  return table;
}

const Table<Settings>& settings_keys() {
  static const Table<Settings> table{
      {"api", Need::kOptional, mapping(std::identity(), api_keys())},
      {"store", Need::kRequired, mapping(std::identity(), store_keys())},
      {"apps", Need::kRequired, list_of_mappings(&Settings::apps, app_keys())},
      {"tokens", Need::kOptional, list_of_mappings(&Settings::tokens, token_keys())},
      {"audit", Need::kOptional, mapping(&Settings::audit, audit_keys())},
      {"budget", Need::kOptional,
       mapping(
           [](Settings & s) -> auto& { return s.audit.budget; }, budget_keys())},
      expect_key(),
      destinations_key(),
      {"routes", Need::kOptional, list_of_mappings(&Settings::routes, route_keys())},
      maintenance_key(),
      {"status", Need::kOptional, mapping(&Settings::status, status_keys())},
      {"metrics", Need::kOptional, mapping(&Settings::metrics, metrics_keys())},
      {"log", Need::kOptional, mapping(std::identity(), log_keys())},
  };
  return table;
}

}  // namespace settings
