#include "audit/probe.h"

#include <algorithm>

#include "base/ensure.h"
#include "base/text.h"

namespace audit {

std::string_view to_text(TokenKind kind) {
  switch (kind) {
    case TokenKind::kAdvertiser:
      return "advertiser";
    case TokenKind::kDeveloper:
      return "developer";
  }
  base::broken_promise("a token kind is one of its enumerators", __FILE__, __LINE__);
}

std::optional<TokenKind> token_kind_from_text(std::string_view text) {
  for (const TokenKind kind : {TokenKind::kAdvertiser, TokenKind::kDeveloper})
    if (to_text(kind) == text) return kind;
  return std::nullopt;
}

bool labels_fit(const Labels& patterns, const Labels& labels) {
  return std::all_of(patterns.begin(), patterns.end(), [&](const auto& pattern) {
    const auto label = labels.find(pattern.first);
    return label != labels.end() && base::matches_glob(pattern.second, label->second);
  });
}

}  // namespace audit
