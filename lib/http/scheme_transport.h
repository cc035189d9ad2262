#pragma once

#include "http/transport.h"

namespace http {

/// One door for those who need not care what a URL's scheme asks for: smtp and smtps go to one transport, everything
/// else, with what is no URL at all, to the other. Both outlive it. Loop thread only.
class SchemeTransport final : public Transport {
 public:
  SchemeTransport(Transport& web, Transport& mail) : web_(web), mail_(mail) {}

  void send(Request request, Handler on_reply) override;
  std::size_t in_flight() const override { return web_.in_flight() + mail_.in_flight(); }
  void shut_down() override;

 private:
  Transport& web_;
  Transport& mail_;
};

}  // namespace http
