#include "audit/probe.h"

#include "base/ensure.h"

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

}  // namespace audit
