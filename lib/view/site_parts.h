#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "view/markup.h"
#include "view/overview.h"

namespace view {

// What the pages of the status site are put together from.

/// A whole document around what `write` writes into its main part; `now` and `version` stand at its foot.
std::string document(std::string_view title, const SiteOptions& options, std::optional<base::Instant> now,
                     const std::function<void(Markup& page)>& write);

/// "3m 5s ago", with the point in time itself for whoever asks.
void write_ago(Markup& page, base::Instant at, base::Instant now);
/// A name that others chose: it may be written from right to left.
void write_name(Markup& page, std::string_view name);
std::string incident_path(const verdict::IncidentId& id);
std::string account_path(std::string_view account);

/// A table that becomes a list of cards where there is no room for columns. Each cell has the name of its column.
class CardTable {
 public:
  /// The columns outlive the table; `label` says what it holds.
  CardTable(Markup& page, std::string_view label, const std::vector<std::string_view>& columns);
  void begin_row();
  /// The next cell of the row.
  void cell(const std::function<void()>& write);
  void cell(std::string_view text);
  void end_row();
  void end();

 private:
  Markup& page_;
  const std::vector<std::string_view>& columns_;
  std::size_t column_ = 0;
};

/// One incident in the words of its alerts: what, whom, what stops, since when, how sure, what to do.
void write_incident(Markup& page, const IncidentView& incident, base::Instant now);
/// Rows of pairs: what the token may do, since when, as heard when; a strip; rate limits. `with_account`: the page is
/// not about one ad account.
void write_pairs(Markup& page, const std::vector<PairView>& pairs, const Stretch& strip, bool with_account);
/// What the colours of the strips mean.
void write_strip_legend(Markup& page);

}  // namespace view
