#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/id.h"
#include "base/time.h"

namespace audit {

struct TokenTag {
  static constexpr const char* kPrefix = "tok_";
};
using TokenId = base::Id<TokenTag>;
struct ProbeTag {
  static constexpr const char* kPrefix = "prb_";
};
using ProbeId = base::Id<ProbeTag>;

/// Advertiser: the advertiser's own handle. Developer: the agency's handle, added to the advertiser's ad account.
enum class TokenKind { kAdvertiser, kDeveloper };
std::string_view to_text(TokenKind kind);
std::optional<TokenKind> token_kind_from_text(std::string_view text);

using Labels = std::map<std::string, std::string>;
/// Whether every name of `patterns` is one of `labels`, with a value that base::matches_glob() finds in its pattern.
bool labels_fit(const Labels& patterns, const Labels& labels);

/// What is known of an access token, without its secrets.
struct Token {
  TokenId id;
  std::string name;  ///< unique, chosen by the operator
  std::string app;   ///< name of the app in the settings
  TokenKind kind = TokenKind::kAdvertiser;
  std::string user_id;  ///< pinned by the first conclusive answer; empty before
  Labels labels;
  bool operator==(const Token&) const = default;
};

/// The standing question: what may this token do on this ad account?
struct Probe {
  ProbeId id;
  TokenId token;
  std::string account;
  bool operator==(const Probe&) const = default;
};

}  // namespace audit
