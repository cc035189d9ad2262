#pragma once

#include <cstdint>
#include <vector>

#include "alert/delivery.h"
#include "alert/destination.h"
#include "alert/record.h"
#include "alert/telling.h"
#include "base/clock.h"
#include "base/random.h"

namespace alert {

/// Rows that belong into the transaction of what they tell of.
struct Outgoing {
  std::vector<Record> alerts;
  std::vector<Body> bodies;
  std::vector<Delivery> deliveries;
  std::vector<Telling> tellings;
  std::uint64_t last_sequence = 0;               ///< 0: no alert was made
  std::optional<base::Instant> mutes_listed_at;  ///< UTC
};

/// A destination that gets a message, and whether it is its first of the thread.
struct Addressee {
  const Destination* destination;
  Act act = Act::kSend;
};

/// Writes messages: gives them ids and numbers, renders one body for each channel that is used, and addresses a
/// delivery to each destination. Decides nothing.
class Composer {
 public:
  /// `random` must outlive the composer.
  explicit Composer(base::Random& random) : random_(&random) {}

  /// Goes on counting after a restart.
  void continue_after(std::uint64_t sequence) { sequence_ = sequence; }

  /// Fills in the id (unless there is one), the number and the time. Where the channel edits, the first message of the
  /// thread is brought up to date by a second message.
  void write(Alert alert, const std::vector<Addressee>& addressees, base::Instant now);
  /// `members`: the incidents that it tells of, all of them.
  void write(Digest digest, const Destination& destination, std::vector<verdict::IncidentId> members,
             base::Instant now);
  void keep(const Telling& telling) { outgoing_.tellings.push_back(telling); }
  void note_mutes_listed(base::Instant now) { outgoing_.mutes_listed_at = now; }

  /// What was written since the last call.
  Outgoing take();

 private:
  void address(const Alert& alert, const Addressee& addressee, base::Instant now);
  void edit(Alert alert, const Addressee& addressee, base::Instant now);

  base::Random* random_;
  std::uint64_t sequence_ = 0;
  Outgoing outgoing_;
};

}  // namespace alert
