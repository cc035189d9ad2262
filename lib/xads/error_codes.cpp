#include "xads/error_codes.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>

#include "base/ensure.h"
#include "base/overloaded.h"
#include "base/text.h"

namespace xads {
namespace {

constexpr int kAnyStatus = 0;
constexpr std::string_view kSlowDown = "slow_down";
constexpr std::string_view kServerTrouble = "server_trouble";

/// A row of config/error_codes.yaml as it is written there.
struct WrittenRow {
  std::string_view code;
  std::string_view status;  ///< "401", "any", or empty: any
  std::string_view means;
};
constexpr std::array kWrittenRows = std::to_array<WrittenRow>({
#include "xads/error_codes.inc"
});

CodeRow read_row(const WrittenRow& written) {
  const auto meaning = code_meaning_from_text(written.means);
  ENSURE(meaning);
  int status = kAnyStatus;
  std::from_chars(written.status.data(), written.status.data() + written.status.size(), status);
  return {std::string(written.code), status, *meaning};
}

/// "Version 5.0 is not available."
bool tells_of_a_version(std::string_view message) {
  const std::string text = base::to_lower(message);
  const auto version = text.find("version");
  return version != std::string::npos && text.find("not available", version) != std::string::npos;
}

}  // namespace

std::string_view to_text(const CodeMeaning& meaning) {
  return std::visit(base::Overloaded{[](Denial denial) { return to_text(denial); }, [](SlowDown) { return kSlowDown; },
                                     [](ServerTrouble) { return kServerTrouble; }},
                    meaning);
}

std::optional<CodeMeaning> code_meaning_from_text(std::string_view text) {
  if (text == kSlowDown) return SlowDown{};
  if (text == kServerTrouble) return ServerTrouble{};
  return denial_from_text(text);
}

std::vector<CodeMeaning> all_code_meanings() {
  const auto denials = all_denials();
  std::vector<CodeMeaning> meanings(denials.begin(), denials.end());
  meanings.insert(meanings.end(), {SlowDown{}, ServerTrouble{}});
  return meanings;
}

const CodeTable& CodeTable::built_in() {
  static const CodeTable table({});
  return table;
}

CodeTable::CodeTable(std::vector<CodeRow> first) : rows_(std::move(first)) {
  std::transform(kWrittenRows.begin(), kWrittenRows.end(), std::back_inserter(rows_), read_row);
  for (std::uint32_t index = 0; index < rows_.size(); ++index) {
    const std::size_t length = rows_[index].code.size();
    if (length >= by_length_.size()) by_length_.resize(length + 1);
    by_length_[length].push_back(index);
  }
}

CodeMeaning CodeTable::meaning_of(std::string_view code, int status, std::string_view message) const {
  const bool may_tell_of_a_version = status == 400 || status == 403 || status == 404 || status == 410;
  if (code == "INVALID" && may_tell_of_a_version && tells_of_a_version(message)) return Denial::kVersionRetired;
  if (code.size() >= by_length_.size()) return Denial::kUnknown;
  for (const std::uint32_t index : by_length_[code.size()]) {
    const CodeRow& row = rows_[index];
    if (row.code == code && (row.status == status || row.status == kAnyStatus)) return row.meaning;
  }
  return Denial::kUnknown;
}

}  // namespace xads
