#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "audit/index.h"
#include "audit/schedule.h"

namespace service {

/// When to read which token's list of accounts, and how far each reading has come. A sweep reads page after page; what
/// it did not see is asked for once more, deleted ones included, before anybody says that it is gone. Loop thread only.
class Sweeps {
 public:
  struct Question {
    audit::TokenIndex token;
    std::string cursor;                        ///< of the list; empty for its first page
    std::vector<audit::AccountIndex> missing;  ///< not empty: ask for these by id, deleted ones included
  };

  explicit Sweeps(base::Instant start) : schedule_(start) {}

  /// Steady time. Requires a token that is not there.
  void add(audit::TokenIndex token, base::Instant due);
  void remove(audit::TokenIndex token);
  bool contains(audit::TokenIndex token) const { return schedule_.contains(slot_of(token)); }
  std::optional<base::Instant> due_of(audit::TokenIndex token) const { return schedule_.due_of(slot_of(token)); }
  bool running(audit::TokenIndex token) const { return contains(token) && !schedule_.waits(slot_of(token)); }
  /// Goes on where another process stopped.
  void resume(audit::TokenIndex token, std::string cursor, std::vector<audit::AccountIndex> seen);
  void hasten(audit::TokenIndex token, base::Instant due) { schedule_.hasten(slot_of(token), due); }

  /// The token that is due; from then on its question is running, until one of the calls below.
  std::optional<Question> take_due(base::Instant now);
  std::optional<base::Instant> next_due() const { return schedule_.next_due(); }
  void defer(audit::TokenIndex token, base::Instant due) { schedule_.put_back(slot_of(token), due); }

  /// A page came, with the accounts that it names; `next_cursor` empty: it was the last.
  void page(audit::TokenIndex token, std::string next_cursor, const std::vector<audit::AccountIndex>& seen);
  /// After the last page: what to ask for by id, some at a time.
  void ask_missing(audit::TokenIndex token, std::vector<audit::AccountIndex> missing);
  /// Those of the latest question, which has its answer.
  std::vector<audit::AccountIndex> take_missing(audit::TokenIndex token);
  bool has_missing(audit::TokenIndex token) const;
  bool was_seen(audit::TokenIndex token, audit::AccountIndex account) const;
  /// The cursor was refused: from the start again.
  void restart(audit::TokenIndex token);
  /// The sweep is over; the next one begins at `due`.
  void complete(audit::TokenIndex token, base::Instant due);

 private:
  struct Open {
    std::string cursor;
    std::vector<audit::AccountIndex> seen;     ///< sorted
    std::vector<audit::AccountIndex> missing;  ///< still to be asked for
  };
  static audit::PairIndex slot_of(audit::TokenIndex token) {
    return audit::PairIndex{static_cast<std::uint32_t>(token)};  // the schedule counts places, whatever stands there
  }

  audit::Schedule schedule_;
  std::unordered_map<std::uint32_t, Open> open_;
};

}  // namespace service
