#include "xads/error_codes.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <numeric>

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
  by_code_.resize(rows_.size());
  std::iota(by_code_.begin(), by_code_.end(), std::uint32_t{0});
  std::stable_sort(by_code_.begin(), by_code_.end(),
                   [this](std::uint32_t left, std::uint32_t right) { return rows_[left].code < rows_[right].code; });
}

CodeMeaning CodeTable::meaning_of(std::string_view code, int status, std::string_view message) const {
  const bool may_tell_of_a_version = status == 400 || status == 403 || status == 404 || status == 410;
  if (code == "INVALID" && may_tell_of_a_version && tells_of_a_version(message)) return Denial::kVersionRetired;
  auto place = std::lower_bound(by_code_.begin(), by_code_.end(), code,
                                [this](std::uint32_t row, std::string_view word) { return rows_[row].code < word; });
  for (; place != by_code_.end() && rows_[*place].code == code; ++place) {
    const CodeRow& row = rows_[*place];
    if (row.status == status || row.status == kAnyStatus) return row.meaning;
  }
  return Denial::kUnknown;
}

}  // namespace xads
