#include "fuzz/targets.h"
#include "service/control_socket.h"

namespace fuzz {

/// What is understood is understood again when it is written down.
void control(std::string_view bytes) {
  const auto request = service::parse_control_request(bytes);
  if (!request) {
    ENSURE(!request.error().empty());
    return;
  }
  const auto again = service::parse_control_request(service::to_line(request.value()));
  ENSURE(again && again.value().action == request.value().action && again.value().store == request.value().store);
}

}  // namespace fuzz
