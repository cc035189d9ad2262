#include "http/scheme_transport.h"

#include <utility>

#include "http/url.h"

namespace http {

void SchemeTransport::send(Request request, Handler on_reply) {
  Transport& transport = is_mail_url(request.url) ? mail_ : web_;
  transport.send(std::move(request), std::move(on_reply));
}

void SchemeTransport::shut_down() {
  web_.shut_down();
  mail_.shut_down();
}

}  // namespace http
