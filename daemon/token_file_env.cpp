#include <fmt/format.h>
#include <openssl/crypto.h>

#include <algorithm>
#include <map>

#include "base/text.h"
#include "token_file.h"

namespace app {
namespace {

constexpr std::string_view kToken = "ACCESS_TOKEN";
constexpr std::string_view kSecret = "ACCESS_TOKEN_SECRET";

struct Line {
  int number = 0;
  std::string value;
};

/// Without the quotes of a shell; nothing when one is never closed. A comment after a value needs a blank before it.
std::optional<std::string> unquoted(std::string_view value) {
  value = base::trim(value);
  if (!value.empty() && (value.front() == '"' || value.front() == '\'')) {
    const std::size_t end = value.find(value.front(), 1);
    if (end == std::string_view::npos) return std::nullopt;
    return std::string(value.substr(1, end - 1));
  }
  return std::string(base::trim(value.substr(0, value.find(" #"))));
}

std::map<std::string, Line> read_lines(std::string_view text, std::vector<std::string>& complaints) {
  std::map<std::string, Line> lines;
  int number = 0;
  for (std::string_view line : base::split(text, '\n')) {
    ++number;
    line = base::trim(line);
    if (line.starts_with("export ")) line = base::trim(line.substr(7));
    const std::size_t equals = line.find('=');
    if (line.starts_with('#') || equals == std::string_view::npos) continue;
    auto value = unquoted(line.substr(equals + 1));
    const std::string name(base::trim(line.substr(0, equals)));
    const bool ours = name.ends_with(kToken) || name.ends_with(kSecret);
    if (!value && ours) complaints.push_back(fmt::format("line {}: a quote is never closed", number));
    if (value && !lines.emplace(name, Line{number, *std::move(value)}).second && ours)
      complaints.push_back(fmt::format("line {}: {} stands in an earlier line already", number, shown(name)));
  }
  return lines;
}

/// "BRAND_A_" to "brand-a"; the names that libraries use for the one token of an app say nothing.
std::string name_of(std::string prefix, const TokenDefaults& defaults) {
  if (prefix.ends_with('_')) prefix.pop_back();
  if (prefix.empty() || prefix == "X" || prefix == "TWITTER") return defaults.name;
  std::replace(prefix.begin(), prefix.end(), '_', '-');
  return base::to_lower(prefix);
}

base::Result<NewToken> token_of(const std::string& prefix, const std::map<std::string, Line>& lines,
                                const TokenDefaults& defaults) {
  const auto value = [&](std::string_view name, const std::string& otherwise = "") {
    const auto line = lines.find(prefix + std::string(name));
    return line == lines.end() ? otherwise : line->second.value;
  };
  NewToken token{.name = name_of(prefix, defaults),
                 .app = value("APP", defaults.app),
                 .kind = value("KIND", defaults.kind),
                 .accounts = parse_accounts(value("ACCOUNTS")),
                 .secrets = {base::Secret(value(kToken)), base::Secret(value(kSecret))}};
  const std::string names = prefix + std::string(kToken);
  if (token.name.empty()) return base::Failure{fmt::format("{}: say its name with --name", names)};
  if (token.app.empty()) return base::Failure{fmt::format("{}: say its app with --app, or {}APP=", names, prefix)};
  if (token.kind.empty()) return base::Failure{fmt::format("{}: say its kind with --kind, or {}KIND=", names, prefix)};
  if (token.secrets.token.empty() || token.secrets.secret.empty())
    return base::Failure{
        fmt::format("{}{} is missing or empty", prefix, token.secrets.token.empty() ? kToken : kSecret)};
  auto labels = parse_labels(value("LABELS"));
  if (!labels) return base::Failure{fmt::format("{}LABELS: {}", prefix, labels.error())};
  token.labels = std::move(labels).value();
  return token;
}

}  // namespace

TokensRead read_token_env(std::string_view text, const TokenDefaults& defaults) {
  std::vector<std::string> complaints;
  auto lines = read_lines(text, complaints);
  std::map<std::string, std::string> names;  // of tokens, to the prefixes that they came from
  std::vector<NewToken> tokens;
  for (const auto& [name, line] : lines) {
    const std::string_view end = name.ends_with(kSecret) ? kSecret : kToken;
    const std::string prefix = name.substr(0, name.size() - std::min(name.size(), end.size()));
    // A prefix is whole words; a token and its secret are one.
    if (!name.ends_with(end) || (!prefix.empty() && !prefix.ends_with('_'))) continue;
    if (end == kSecret && lines.contains(prefix + std::string(kToken))) continue;
    auto token = token_of(prefix, lines, defaults);
    if (!token) {
      complaints.push_back(fmt::format("line {}: {}", line.number, token.error()));
      continue;
    }
    const auto [other, fresh] = names.emplace(token.value().name, prefix);
    if (!fresh)
      complaints.push_back(fmt::format("line {}: {} and {} make tokens of the same name", line.number,
                                       prefix + std::string(kToken), other->second + std::string(kToken)));
    tokens.push_back(std::move(token).value());
  }
  if (tokens.empty() && complaints.empty())
    complaints.emplace_back(
        "no line is of the form NAME_ACCESS_TOKEN=... with a NAME_ACCESS_TOKEN_SECRET=... beside it");
  for (auto& [name, line] : lines) ::OPENSSL_cleanse(line.value.data(), line.value.size());
  if (!complaints.empty()) return base::Failure{complaints};
  return tokens;
}

}  // namespace app
