// The receiving end of alerts: records what is posted and answers as told.
//
// /slack/... answers like a Slack incoming webhook (200 and the text "ok"), /hook/... like a generic webhook (204);
// any other path is 404 and recorded too, so that a misdirected alert is seen.
#pragma once

#include <rapidjson/document.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "text.h"

namespace fakes {

struct SinkAnswer {
  int status = 204;
  std::string content_type = "text/plain";
  std::string body;
  NameValues headers;
  std::int64_t ms = 0;  ///< how long the answer is held back
};

struct SinkRecord {
  std::int64_t number = 0;  ///< 1 for the first post
  std::int64_t at_ms = 0;   ///< arrival, epoch
  std::string method;
  std::string path;
  NameValues headers;  ///< as received
  std::string body;    ///< the exact bytes
  int status = 0;      ///< what was answered
};

class Sinks {
 public:
  /// Records the post (number and status are filled in) and says what to answer.
  SinkAnswer receive(SinkRecord post);
  /// From POST /sink/behaviour: later orders go before earlier ones. BadCommand on an unknown member.
  void behave(const rapidjson::Value& object);
  void forget_posts() { posts_.clear(); }
  void forget_behaviour() { orders_.clear(); }
  /// The posts after this number whose path matches the pattern, oldest first.
  std::string posts_json(std::int64_t after, const std::string& pattern) const;

 private:
  struct Order {
    std::string pattern;
    std::int64_t times = -1;  ///< -1: until cleared
    std::optional<int> status;
    std::optional<std::string> body;
    NameValues headers;
    std::int64_t ms = 0;
  };
  std::vector<Order> orders_;
  std::vector<SinkRecord> posts_;
  std::int64_t last_number_ = 0;
};

}  // namespace fakes
