#include "xads/credentials.h"

#include <algorithm>

namespace xads {

std::string claimed_user(const AccessToken& credentials) {
  const std::string_view token = credentials.token.reveal();
  const std::size_t digits = std::min(token.find_first_not_of("0123456789"), token.size());
  return std::string(token.substr(digits).starts_with('-') ? token.substr(0, digits) : std::string_view());
}

bool ByToken::operator()(const AccessToken& left, const AccessToken& right) const {
  return left.token.reveal() < right.token.reveal();
}

}  // namespace xads
