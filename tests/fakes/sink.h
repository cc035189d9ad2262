// The receiving end of alerts: records what is posted and answers as told.
//
// /slack/... answers like a Slack incoming webhook (200 and the text "ok"), /hook/... like a generic webhook (204),
// /slack-api/... like Slack's Web API, /pagerduty/v2/enqueue like PagerDuty, /teams/... like a Teams workflow, and
// /ping/... like a dead man's switch. Any other path is 404 and recorded too, so that a misdirected alert is seen.
#pragma once

#include <rapidjson/document.h>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "pace.h"
#include "pagerduty.h"
#include "sink_post.h"
#include "slack_web_api.h"

namespace fakes {

class Sinks {
 public:
  /// Records the post (number and status are filled in) and says what to answer. A post that is answered by an order
  /// or refused for its pace does not reach the receiver behind the path.
  SinkAnswer receive(SinkRecord post);
  /// From POST /sink/behaviour: later orders go before earlier ones, and a pace before every order. BadCommand on an
  /// unknown member.
  void behave(const rapidjson::Value& object);
  /// Also what the receivers show.
  void forget_posts();
  void forget_behaviour();
  /// The posts after this number whose path matches the pattern, oldest first.
  std::string posts_json(std::int64_t after, const std::string& pattern) const;

  const SlackWebApi& slack() const { return slack_; }
  const PagerDuty& pagerduty() const { return pagerduty_; }

 private:
  struct Order {
    std::string pattern;
    std::int64_t times = -1;  ///< -1: until cleared
    std::optional<int> status;
    std::optional<std::string> body;
    NameValues headers;
    std::int64_t ms = 0;
  };

  static Order read_order(const rapidjson::Value& object, const std::string& pattern);
  SinkAnswer answer(const SinkRecord& post);
  std::optional<SinkAnswer> refuse_for_pace(const SinkRecord& post);
  std::optional<Order> take_order(const std::string& path);
  SinkAnswer ask_receiver(const SinkRecord& post);

  std::vector<Order> orders_;
  std::vector<std::pair<std::string, Pace>> paces_;  ///< by pattern
  std::vector<SinkRecord> posts_;
  std::int64_t last_number_ = 0;
  SlackWebApi slack_;
  PagerDuty pagerduty_;
};

}  // namespace fakes
