#pragma once

#include <map>
#include <optional>
#include <vector>

#include "alert/maintenance.h"
#include "alert/mute.h"

namespace alert {

/// What is not to be told for now: the mutes of the operator and the maintenance windows of the settings. Holds no
/// clock: all times are UTC.
class Quiet {
 public:
  /// `windows` must outlive this.
  explicit Quiet(const std::vector<MaintenanceWindow>& windows) : windows_(&windows) {}

  /// Adds it, or replaces what is known under its id. One that is over is forgotten.
  void put(const Mute& mute, base::Instant now);
  /// Until when messages of this alert are held back, as far as it is known now; nothing when they are not.
  std::optional<base::Instant> until(const Alert& alert, base::Instant now) const;
  /// Whether until() can have an answer for any alert.
  bool possible() const { return !mutes_.empty() || !windows_->empty(); }

  void note_listed(base::Instant at) { listed_at_ = at; }
  /// Those in force, by id, when it is a day since people were told of them, or more; else none.
  std::vector<Mute> to_be_listed(base::Instant now) const;

 private:
  const std::vector<MaintenanceWindow>* windows_;
  std::map<MuteId, Mute> mutes_;
  std::optional<base::Instant> listed_at_;
};

}  // namespace alert
