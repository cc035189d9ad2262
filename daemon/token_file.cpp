#include "token_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <set>
#include <sstream>

#include "base/text.h"

namespace app {
namespace {

constexpr std::array<std::string_view, 7> kColumns{"name",     "app",   "kind", "access_token", "access_token_secret",
                                                   "accounts", "labels"};

using Row = std::vector<std::string>;

/// RFC 4180: fields in double quotes may hold commas, line ends and doubled quotes. Nothing for an unclosed quote.
std::optional<std::vector<std::pair<int, Row>>> split_csv(std::string_view text) {
  std::vector<std::pair<int, Row>> rows;
  Row row;
  std::string field;
  bool quoted = false, any = false;
  int line = 1, row_line = 1;
  const auto end_row = [&] {
    row.push_back(std::exchange(field, {}));
    const bool blank = row.size() == 1 && base::trim(row[0]).empty();
    if (!blank) rows.emplace_back(row_line, std::exchange(row, {}));
    row.clear();
    any = false;
  };
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (!any) row_line = line, any = true;
    if (c == '\n') ++line;
    if (quoted) {
      if (c != '"')
        field += c;
      else if (at + 1 < text.size() && text[at + 1] == '"')
        field += text[++at];
      else
        quoted = false;
    } else if (c == '"' && field.empty()) {
      quoted = true;
    } else if (c == ',') {
      row.push_back(std::exchange(field, {}));
    } else if (c == '\n') {
      end_row();
    } else if (c != '\r') {
      field += c;
    }
  }
  if (quoted) return std::nullopt;
  if (any) end_row();
  return rows;
}

/// Column name to its place; a sentence when the first line does not name the columns.
base::Result<std::map<std::string_view, std::size_t>> read_header(const Row& header, const TokenDefaults& defaults) {
  std::map<std::string_view, std::size_t> places;
  for (std::size_t place = 0; place < header.size(); ++place) {
    const std::string name = base::to_lower(base::trim(header[place]));
    const auto known = std::find(kColumns.begin(), kColumns.end(), name);
    if (known == kColumns.end())
      return base::Failure{fmt::format("line 1: {} is none of the columns {}", shown(name), fmt::join(kColumns, ","))};
    if (!places.emplace(*known, place).second)
      return base::Failure{fmt::format("line 1: column \"{}\" stands twice", name)};
  }
  for (const std::string_view required : {"name", "app", "kind", "access_token", "access_token_secret"}) {
    const bool given = (required == "app" && !defaults.app.empty()) || (required == "kind" && !defaults.kind.empty());
    if (!places.contains(required) && !given) {
      return base::Failure{fmt::format("line 1: column \"{}\" is missing; the first line must be {}", required,
                                       fmt::join(kColumns, ","))};
    }
  }
  return places;
}

base::Result<NewToken> read_row(const Row& row, const std::map<std::string_view, std::size_t>& places,
                                const TokenDefaults& defaults) {
  const auto cell = [&](std::string_view column) {
    const auto place = places.find(column);
    return place == places.end() || place->second >= row.size() ? std::string()
                                                                : std::string(base::trim(row[place->second]));
  };
  const auto cell_or = [&](std::string_view column, const std::string& otherwise) {
    auto text = cell(column);
    return text.empty() ? otherwise : text;
  };
  NewToken token{.name = cell("name"),
                 .app = cell_or("app", defaults.app),
                 .kind = cell_or("kind", defaults.kind),
                 .secrets = {base::Secret(cell("access_token")), base::Secret(cell("access_token_secret"))}};
  token.accounts = parse_accounts(cell("accounts"));
  auto labels = parse_labels(cell("labels"));
  if (!labels) return base::Failure{labels.error()};
  token.labels = std::move(labels).value();
  return token;
}

/// A field that slipped into the wrong column: names stand in logs and alerts.
bool looks_like_secret(std::string_view text) {
  std::size_t in_a_row = 0;
  for (const char c : text) {
    in_a_row = std::isalnum(static_cast<unsigned char>(c)) != 0 ? in_a_row + 1 : 0;
    if (in_a_row >= 32) return true;
  }
  return false;
}

bool is_name(std::string_view name) {
  const auto fits = [](unsigned char c) { return std::isalnum(c) != 0 || c == '.' || c == '_' || c == '-'; };
  return !name.empty() && !looks_like_secret(name) && name.size() <= 64 && std::all_of(name.begin(), name.end(), fits);
}

bool is_account_id(std::string_view id) {
  const auto fits = [](unsigned char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z'); };
  return !id.empty() && id.size() <= 32 && std::all_of(id.begin(), id.end(), fits);
}

bool is_printable(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) { return c > 0x20 && c < 0x7F; });
}

}  // namespace

base::Result<std::pair<std::string, std::string>> parse_label(std::string_view text) {
  const auto equals = text.find('=');
  if (equals == std::string_view::npos || equals == 0) {
    return base::Failure{fmt::format("{} is not a label; write key=value", shown(text))};
  }
  return std::pair(std::string(base::trim(text.substr(0, equals))), std::string(base::trim(text.substr(equals + 1))));
}

std::string shown(std::string_view cell) {
  constexpr std::size_t kLongestShown = 20;
  if (cell.size() > kLongestShown) return fmt::format("a text of {} characters", cell.size());
  return fmt::format("\"{}\"", base::clean_text(cell));
}

TokensRead read_token_csv(std::string_view text, const TokenDefaults& defaults) {
  using Complaints = std::vector<std::string>;
  const auto rows = split_csv(text);
  if (!rows) return base::Failure{Complaints{"a quoted field is never closed"}};
  if (rows->empty())
    return base::Failure{
        Complaints{fmt::format("the file is empty; its first line must be {}", fmt::join(kColumns, ","))}};
  const auto places = read_header(rows->front().second, defaults);
  if (!places) return base::Failure{Complaints{places.error()}};
  std::vector<NewToken> tokens;
  Complaints complaints;
  std::map<std::string, int> lines;
  for (std::size_t i = 1; i < rows->size(); ++i) {
    const auto& [line, row] = (*rows)[i];
    if (row.size() > rows->front().second.size()) {
      complaints.push_back(fmt::format("line {}: more fields than columns", line));
      continue;
    }
    auto token = read_row(row, places.value(), defaults);
    if (!token) {
      complaints.push_back(fmt::format("line {}: {}", line, token.error()));
      continue;
    }
    const auto [first, fresh] = lines.emplace(token.value().name, line);
    if (!fresh)
      complaints.push_back(
          fmt::format("line {}: the name {} stands in line {} already", line, shown(first->first), first->second));
    tokens.push_back(std::move(token).value());
  }
  if (!complaints.empty()) return base::Failure{complaints};
  return tokens;
}

base::Result<audit::Labels> parse_labels(std::string_view text) {
  audit::Labels labels;
  for (const std::string_view pair : base::split(text, ';')) {
    if (base::trim(pair).empty()) continue;
    auto label = parse_label(pair);
    if (!label) return base::Failure{label.error()};
    labels.insert(label.value());
  }
  return labels;
}

std::vector<std::string> parse_accounts(const std::string& text) {
  std::vector<std::string> accounts;
  std::istringstream words(text);
  for (std::string account; words >> account;) accounts.push_back(account);
  return accounts;
}

std::vector<std::string> complaints_about(const NewToken& token, const std::vector<service::App>& apps) {
  std::vector<std::string> complaints;
  const auto complain = [&](std::string what) {
    complaints.push_back(fmt::format("token {}: {}", shown(token.name), what));
  };
  if (!is_name(token.name))
    complain("its name must be 1 to 64 of A-Z a-z 0-9 . _ -; 32 letters and digits in a row are a secret");
  const auto has_name = [&](const service::App& app) { return app.name == token.app; };
  if (std::none_of(apps.begin(), apps.end(), has_name)) {
    std::vector<std::string_view> names;
    for (const auto& app : apps) names.push_back(app.name);
    const auto nearest = base::nearest(token.app, names);
    complain(fmt::format("the settings have no app {}{}", shown(token.app),
                         nearest.empty() ? "" : fmt::format(", did you mean \"{}\"?", nearest)));
  }
  if (!audit::token_kind_from_text(token.kind))
    complain(fmt::format("unknown kind {}; it is advertiser or developer", shown(token.kind)));
  std::set<std::string> seen;
  for (const auto& account : token.accounts) {
    if (!is_account_id(account))
      complain(fmt::format("{} is not an ad account id (base 36, such as 18ce54d4x5t)", shown(account)));
    if (!seen.insert(account).second) complain(fmt::format("account {} stands twice", shown(account)));
  }
  if (!is_printable(token.secrets.token.reveal())) complain("the access token is missing or holds blanks");
  if (!is_printable(token.secrets.secret.reveal())) complain("the access token secret is missing or holds blanks");
  return complaints;
}

store::StoredToken to_stored(NewToken token, base::Random& random, base::Instant now) {
  store::StoredToken stored;
  stored.token = {.id = audit::TokenId::make(now, random),
                  .name = std::move(token.name),
                  .app = std::move(token.app),
                  .kind = audit::token_kind_from_text(token.kind).value(),
                  .user_id = std::move(token.user_id),
                  .labels = std::move(token.labels)};
  stored.accounts = std::move(token.accounts);
  stored.added_at = now;
  stored.secrets = std::move(token.secrets);
  return stored;
}

}  // namespace app
