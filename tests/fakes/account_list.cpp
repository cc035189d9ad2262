#include "account_list.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <optional>
#include <string>

namespace fakes {
namespace {

constexpr std::string_view kPlainCursor = "c-";
constexpr std::string_view kOddCursor = "c+/=&% \xC3\xBC\xE2\x98\x83-";

std::optional<std::int64_t> read_number(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

/// The place in the list where the page begins; nothing for a cursor that we never gave out.
std::optional<size_t> page_start(const std::string& cursor, std::string_view prefix, size_t size) {
  if (cursor.empty()) return 0;
  if (!cursor.starts_with(prefix)) return std::nullopt;
  const auto place = read_number(std::string_view(cursor).substr(prefix.size()));
  if (!place || *place < 0 || static_cast<size_t>(*place) > size) return std::nullopt;
  return static_cast<size_t>(*place);
}

}  // namespace

Answer list_accounts(const std::vector<const AdAccount*>& reachable, const NameValues& query, bool odd_cursors) {
  ListQuery asked;
  asked.cursor = value_or(query, "cursor", "");
  asked.with_deleted = value_or(query, "with_deleted", "false") == "true";
  asked.with_total_count = value_or(query, "with_total_count", "false") == "true";
  const std::string count = value_or(query, "count", "");
  asked.count_given = !count.empty();
  asked.count = read_number(count.empty() ? "200" : count).value_or(0);
  if (asked.count < 1 || asked.count > 1000) return ads_error(400, "INVALID_PARAMETER", "count must be 1 to 1000");
  if (asked.with_total_count && !asked.cursor.empty()) {
    return ads_error(400, "EXCLUSIVE_PARAMETERS", "with_total_count excludes cursor");
  }

  std::vector<const AdAccount*> shown;
  std::copy_if(reachable.begin(), reachable.end(), std::back_inserter(shown),
               [&](const AdAccount* account) { return asked.with_deleted || !account->deleted; });
  const std::string_view prefix = odd_cursors ? kOddCursor : kPlainCursor;
  const auto from = page_start(asked.cursor, prefix, shown.size());
  if (!from) return ads_error(400, "INVALID_PARAMETER", "cursor is not one that was given out");
  const size_t to = std::min(shown.size(), *from + static_cast<size_t>(asked.count));
  const auto begin = shown.begin();
  const std::vector<const AdAccount*> page(begin + static_cast<std::ptrdiff_t>(*from),
                                           begin + static_cast<std::ptrdiff_t>(to));
  const std::string next = to < shown.size() ? std::string(prefix) + std::to_string(to) : "";
  return account_list_answer(asked, page, shown.size(), next);
}

}  // namespace fakes
