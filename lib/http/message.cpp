#include "http/message.h"

#include <strings.h>

#include <algorithm>

namespace http {

const std::string* Response::header(std::string_view name) const {
  const auto found = std::find_if(headers.begin(), headers.end(), [&](const Header& header) {
    return header.name.size() == name.size() && ::strncasecmp(header.name.data(), name.data(), name.size()) == 0;
  });
  return found == headers.end() ? nullptr : &found->value;
}

std::string_view to_text(Stage stage) {
  switch (stage) {
    case Stage::kRefused:
      return "refused";
    case Stage::kResolve:
      return "resolve";
    case Stage::kConnect:
      return "connect";
    case Stage::kHandshake:
      return "handshake";
    case Stage::kWrite:
      return "write";
    case Stage::kRead:
      return "read";
    case Stage::kDeadline:
      return "deadline";
    case Stage::kMalformed:
      return "malformed";
  }
  ENSURE(false);  // every stage has a name above
  return {};
}

}  // namespace http
