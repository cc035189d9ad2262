#include "alert/render.h"

#include "base/ensure.h"

namespace alert {

std::string render(Channel channel, const Alert& alert) {
  switch (channel) {
    case Channel::kSlack:
      return slack_body(alert);
    case Channel::kWebhook:
      return webhook_body(alert);
  }
  ENSURE(!"a channel without a form");
  return {};
}

}  // namespace alert
