#include "operator_words.h"

#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include "base/text.h"
#include "context.h"

namespace app {

std::string operator_name() {
  const uid_t user = ::getuid();
  // Only root may speak for another: everybody can set the variable.
  const auto caller = user == 0 ? references_of_process(Secrets::kSkipped).environment("SUDO_USER") : std::nullopt;
  if (caller && !caller->empty()) return base::clean_text(*caller);
  const passwd* entry = ::getpwuid(user);
  return entry != nullptr ? base::clean_text(entry->pw_name) : fmt::format("user {}", user);
}

std::string checked_words(const std::string& text, const char* option) {
  constexpr std::size_t kMost = 500;  // bytes
  auto words = base::clean_text(base::trim(text));
  if (words.empty()) throw UsageError(fmt::format("{} is empty; say it in a few words, they are kept", option));
  if (words.size() > kMost)
    throw UsageError(fmt::format("{} has {} bytes, at most {} are kept; say it shorter", option, words.size(), kMost));
  return words;
}

}  // namespace app
