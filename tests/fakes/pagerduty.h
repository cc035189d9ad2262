// PagerDuty's Events API v2 with a memory of its alerts.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sink_post.h"

namespace fakes {

/// Checks events and keeps alerts as https://developer.pagerduty.com/docs/send-alert-event tells: a trigger joins the
/// open alert with its keys or opens one, a resolve closes it, and what fits no open alert is accepted and dropped.
/// Every routing key of 32 characters is good.
class PagerDuty {
 public:
  /// 202, or 400 with all that is wrong with the event.
  SinkAnswer enqueue(const SinkRecord& post);
  void forget();

  /// {"alerts": [{routing_key, dedup_key, state, summary, severity, triggers}], "dropped": N}, in the order of opening.
  /// `state` is triggered, acknowledged or resolved; summary and severity are those of the last trigger.
  std::string alerts_json() const;

 private:
  struct Alert {
    std::string routing_key;
    std::string dedup_key;
    std::string state;
    std::string summary;
    std::string severity;
    int triggers = 0;
  };
  struct Event;

  void apply(const Event& event);

  std::vector<Alert> alerts_;
  int dropped_ = 0;
  std::int64_t made_keys_ = 0;  ///< for triggers that come without one
};

}  // namespace fakes
