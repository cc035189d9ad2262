#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "xads/observation.h"

namespace xads {

/// The code asks for a pause, whatever the status says.
struct SlowDown {
  bool operator==(const SlowDown&) const = default;
};
/// The code speaks of X's own trouble: nothing is said about token, account or app.
struct ServerTrouble {
  bool operator==(const ServerTrouble&) const = default;
};
using CodeMeaning = std::variant<Denial, SlowDown, ServerTrouble>;

/// One line of the table: what a code means at a status.
struct CodeRow {
  std::string code;  ///< the Ads service's word, or the gateway's number as text
  int status = 0;    ///< from 400 to 499; 0: at every status
  CodeMeaning meaning;
  bool operator==(const CodeRow&) const = default;
};
/// "token_invalid", ..., "slow_down", "server_trouble": the words of config/error_codes.yaml.
std::string_view to_text(const CodeMeaning& meaning);
std::optional<CodeMeaning> code_meaning_from_text(std::string_view text);
std::vector<CodeMeaning> all_code_meanings();

/// What the codes of refusals mean. Immutable, so any thread may read it.
class CodeTable {
 public:
  /// The rows of config/error_codes.yaml, as they were when the program was built.
  static const CodeTable& built_in();
  /// The operator's rows stand before the built-in ones: the first that fits decides. One without a status therefore
  /// hides the built-in rows of its code.
  explicit CodeTable(std::vector<CodeRow> first);

  /// What a refusal's code means at this 4xx status; a code that the table does not hold, or not at this status, is
  /// Denial::kUnknown.
  ///
  /// `message` decides in one case only: the code INVALID says nothing by itself, and X announces a retired version
  /// with it; then no row is looked at. Everywhere else messages are passed over, since their wording has changed over
  /// the years.
  CodeMeaning meaning_of(std::string_view code, int status, std::string_view message) const;
  const std::vector<CodeRow>& rows() const { return rows_; }

 private:
  std::vector<CodeRow> rows_;
  /// By the length of a code: the indices of the rows whose code has it, in their order.
  std::vector<std::vector<std::uint32_t>> by_length_;
};

}  // namespace xads
