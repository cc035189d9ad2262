// What comes in at a sink, and what goes out.
#pragma once

#include <cstdint>
#include <string>

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

inline SinkAnswer json_answer(int status, std::string body) {
  return {status, "application/json", std::move(body), {}, 0};
}

}  // namespace fakes
