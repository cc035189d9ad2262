#include "token_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <fstream>
#include <iostream>
#include <map>
#include <set>
#include <sstream>

#include "base/text.h"
#include "command_line.h"

namespace app {
namespace {

constexpr std::array<std::string_view, 7> kColumns{"name",     "app",   "kind", "access_token", "access_token_secret",
                                                   "accounts", "labels"};
constexpr std::size_t kLargestFile = 16UL * 1024 * 1024;

using Row = std::vector<std::string>;

/// A cell for a complaint. A comma too many or too few moves a secret into a neighbour's column, and secrets are long:
/// what is long is described, not repeated.
std::string shown(std::string_view cell) {
  constexpr std::size_t kLongestShown = 20;
  if (cell.size() > kLongestShown) return fmt::format("a text of {} characters", cell.size());
  return fmt::format("\"{}\"", base::clean_text(cell));
}

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
base::Result<std::map<std::string_view, std::size_t>> read_header(const Row& header) {
  std::map<std::string_view, std::size_t> places;
  for (std::size_t place = 0; place < header.size(); ++place) {
    const std::string name = base::to_lower(base::trim(header[place]));
    const auto known = std::find(kColumns.begin(), kColumns.end(), name);
    if (known == kColumns.end())
      return base::Failure{fmt::format("line 1: {} is none of the columns {}", shown(name), fmt::join(kColumns, ","))};
    if (!places.emplace(*known, place).second)
      return base::Failure{fmt::format("line 1: column \"{}\" stands twice", name)};
  }
  for (const auto& required : {"name", "app", "kind", "access_token", "access_token_secret"}) {
    if (!places.contains(required)) {
      return base::Failure{fmt::format("line 1: column \"{}\" is missing; the first line must be {}", required,
                                       fmt::join(kColumns, ","))};
    }
  }
  return places;
}

base::Result<NewToken> read_row(const Row& row, const std::map<std::string_view, std::size_t>& places) {
  const auto cell = [&](std::string_view column) {
    const auto place = places.find(column);
    return place == places.end() || place->second >= row.size() ? std::string()
                                                                : std::string(base::trim(row[place->second]));
  };
  NewToken token{.name = cell("name"),
                 .app = cell("app"),
                 .kind = cell("kind"),
                 .secrets = {base::Secret(cell("access_token")), base::Secret(cell("access_token_secret"))}};
  std::istringstream accounts(cell("accounts"));
  for (std::string account; accounts >> account;) token.accounts.push_back(account);
  const std::string labels = cell("labels");
  for (const std::string_view pair : base::split(labels, ';')) {
    if (base::trim(pair).empty()) continue;
    auto label = parse_label(pair);
    if (!label) return base::Failure{label.error()};
    token.labels.insert(label.value());
  }
  return token;
}

bool is_name(std::string_view name) {
  const auto fits = [](unsigned char c) { return std::isalnum(c) != 0 || c == '.' || c == '_' || c == '-'; };
  return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), fits);
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

base::Result<std::vector<NewToken>, std::vector<std::string>> read_token_csv(std::string_view text) {
  using Complaints = std::vector<std::string>;
  const auto rows = split_csv(text);
  if (!rows) return base::Failure{Complaints{"a quoted field is never closed"}};
  if (rows->empty())
    return base::Failure{
        Complaints{fmt::format("the file is empty; its first line must be {}", fmt::join(kColumns, ","))}};
  const auto places = read_header(rows->front().second);
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
    auto token = read_row(row, places.value());
    if (!token) {
      complaints.push_back(fmt::format("line {}: {}", line, token.error()));
      continue;
    }
    const auto [first, fresh] = lines.emplace(token.value().name, line);
    if (!fresh)
      complaints.push_back(fmt::format("line {}: the name \"{}\" stands in line {} already", line,
                                       base::clean_text(first->first), first->second));
    tokens.push_back(std::move(token).value());
  }
  if (!complaints.empty()) return base::Failure{complaints};
  return tokens;
}

std::vector<std::string> complaints_about(const NewToken& token, const std::vector<service::App>& apps) {
  std::vector<std::string> complaints;
  const auto complain = [&](std::string what) {
    complaints.push_back(fmt::format("token {}: {}", shown(token.name), what));
  };
  if (!is_name(token.name)) complain("its name must be 1 to 64 of A-Z a-z 0-9 . _ -");
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
                  .labels = std::move(token.labels)};
  stored.accounts = std::move(token.accounts);
  stored.added_at = now;
  stored.secrets = std::move(token.secrets);
  return stored;
}

base::Secret read_secret_file(const std::string& path) {
  std::ifstream file;
  if (path != "-") file.open(path, std::ios::binary);
  std::istream& input = path == "-" ? std::cin : file;
  if (!input) throw CommandError(kExitNotFound, fmt::format("cannot read {}", path));
  std::string text;
  text.reserve(4096);
  for (char chunk[4096]; input.read(chunk, sizeof chunk) || input.gcount() > 0;) {
    text.append(chunk, static_cast<std::size_t>(input.gcount()));
    ::OPENSSL_cleanse(chunk, sizeof chunk);
    if (text.size() > kLargestFile) throw CommandError(kExitFailure, fmt::format("{} is larger than 16 MiB", path));
  }
  return base::Secret(std::move(text));
}

}  // namespace app
