#include "http/message.h"

#include "base/ensure.h"

namespace http {

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
