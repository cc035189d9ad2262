#include "view/site_query.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>

#include "base/time.h"

namespace view {
namespace {

/// The parameters, to be taken one by one: what is left over was not known.
class Parameters {
 public:
  explicit Parameters(std::string_view target) {
    auto read = http::parameters_of(target);
    if (!read) throw BadQuestion(read.error());
    for (auto& [name, value] : read.value()) {
      if (values_.contains(name)) throw BadQuestion("a parameter is given twice");
      if (value.empty()) continue;  // an empty field of a form
      values_.emplace(name, std::move(value));
    }
  }

  std::optional<std::string> take(const char* name) {
    const auto found = values_.find(name);
    if (found == values_.end()) return std::nullopt;
    auto value = std::move(found->second);
    values_.erase(found);
    return value;
  }

  std::uint64_t take_number(const char* name, std::uint64_t otherwise, std::uint64_t most) {
    const auto text = take(name);
    if (!text) return otherwise;
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
    if (error != std::errc() || end != text->data() + text->size() || number == 0 || number > most)
      throw BadQuestion(fmt::format("{}: wants a number from 1 to {}", name, most));
    return number;
  }

  int take_limit(int otherwise) {
    return static_cast<int>(take_number("limit", static_cast<std::uint64_t>(otherwise), kMostRows));
  }

  std::optional<base::Instant> take_instant(const char* name) {
    const auto text = take(name);
    if (!text) return std::nullopt;
    constexpr std::size_t kDateLength = 10;  // "2026-11-23"
    const auto instant = base::parse_instant(text->size() == kDateLength ? *text + "T00:00:00Z" : *text);
    if (!instant) throw BadQuestion(fmt::format("{}: wants a point in time, 2026-11-23T10:15:00Z or 2026-11-23", name));
    return instant.value();
  }

  bool take_flag(const char* name) {
    const auto text = take(name);
    if (text && *text != "yes") throw BadQuestion(fmt::format("{}: can only be yes", name));
    return text.has_value();
  }

  void require_empty(std::string_view known) const {
    if (!values_.empty()) throw BadQuestion(fmt::format("a parameter is not known; known are: {}", known));
  }

 private:
  std::map<std::string, std::string> values_;
};

}  // namespace

store::PairQuery pair_query_of(std::string_view target, int limit) {
  Parameters parameters(target);
  store::PairQuery query{.token = parameters.take("token"), .account = parameters.take("account")};
  auto token = parameters.take("after_token");
  auto account = parameters.take("after_account");
  query.limit = parameters.take_limit(limit);
  parameters.require_empty("token, account, after_token, after_account, limit");
  if (token.has_value() != account.has_value()) throw BadQuestion("after_token and after_account belong together");
  if (token) query.after = store::PairPlace{std::move(*token), std::move(*account)};
  return query;
}

store::IncidentQuery incident_query_of(std::string_view target, int limit) {
  Parameters parameters(target);
  store::IncidentQuery query{.open_only = !parameters.take_flag("all")};
  if (const auto cause = parameters.take("cause")) {
    if (!verdict::cause_from_text(*cause)) throw BadQuestion("cause: there is no such cause");
    query.causes = {*cause};
  }
  query.token = parameters.take("token");
  query.account = parameters.take("account");
  query.since = parameters.take_instant("since");
  query.limit = parameters.take_limit(limit);
  parameters.require_empty("all, cause, token, account, since, limit");
  return query;
}

store::HistoryQuery history_query_of(std::string_view target, int limit) {
  constexpr std::uint64_t kLast = std::uint64_t{1} << 62;
  Parameters parameters(target);
  store::HistoryQuery query{.token = parameters.take("token"), .account = parameters.take("account")};
  if (const auto kind = parameters.take("kind")) {
    const auto known = store::change_kinds();
    if (std::find(known.begin(), known.end(), *kind) == known.end()) throw BadQuestion("kind: there is no such kind");
    query.kinds = {*kind};
  }
  query.since = parameters.take_instant("since");
  query.until = parameters.take_instant("until");
  query.after_number = parameters.take_number("after", 0, kLast);
  if (const auto before = parameters.take_number("before", 0, kLast); before != 0) query.before_number = before;
  query.latest_first = parameters.take_flag("latest");
  query.limit = parameters.take_limit(limit);
  parameters.require_empty("token, account, kind, since, until, after, before, latest, limit");
  return query;
}

void require_no_query(std::string_view target) { Parameters(target).require_empty("none"); }

}  // namespace view
