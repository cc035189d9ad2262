// Slack's Web API as far as a bot that posts alerts needs it: chat.postMessage and chat.update, with a memory of what
// the channels show.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "json.h"
#include "sink_post.h"

namespace fakes {

/// Errors are {"ok": false, "error": ...} with HTTP 200, as Slack answers them
/// (https://docs.slack.dev/apis/web-api/using-the-slack-web-api). Every id of Slack's form is a channel that exists,
/// and every bearer token is good.
class SlackWebApi {
 public:
  /// A call of the method that the path names after its last slash.
  SinkAnswer call(const SinkRecord& post);
  void forget() { messages_.clear(); }

  /// What people see in the channels that the pattern matches, as a JSON list in the order of the first posts:
  /// {channel, ts, text, blocks, edits, replies: [...]}, each as it is after the last update.
  std::string messages_json(const std::string& channel_pattern) const;

 private:
  struct Message {
    std::string channel;
    std::string ts;
    std::string thread_ts;  ///< of the message that it replies to; empty for a first message
    std::string text;
    std::string blocks = "null";  ///< JSON
    int edits = 0;
  };

  SinkAnswer post_message(const std::string& body);
  SinkAnswer update(const std::string& body);
  Message* find(const std::string& channel, const std::string& ts);
  void write(const Message& message, JsonWriter& writer) const;  ///< with its replies

  std::vector<Message> messages_;
  std::int64_t last_number_ = 0;  ///< of all messages ever, so that no ts comes twice
};

}  // namespace fakes
