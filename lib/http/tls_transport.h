#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>

#include "http/transport.h"

namespace http {

class Pool;

struct TlsOptions {
  std::string ca_file = "/etc/ssl/certs/ca-certificates.crt";  ///< PEM; the only trust there is
  std::size_t max_in_flight = 64;                              ///< further requests wait, under their own deadline
  std::size_t max_idle_per_host = 64;                          ///< kept-alive connections
  base::Duration idle_timeout{60'000};                         ///< an idle connection older than this is closed
};

/// HTTP/1.1 over TLS 1.2 or later (or in the clear where Reach::kPrivateToo allows it), keep-alive, no redirects.
/// One TLS context for all connections, sessions are resumed. Loop thread only; `io` outlives it.
/// Constructor throws std::runtime_error when ca_file cannot be used.
class TlsTransport final : public Transport {
 public:
  TlsTransport(boost::asio::io_context& io, const TlsOptions& options);
  ~TlsTransport() override;

  void send(Request request, Handler on_reply) override;
  std::size_t in_flight() const override;
  void shut_down() override;
  /// Open connections, and those that are being opened; idle ones too.
  std::size_t connections() const;

 private:
  std::unique_ptr<Pool> pool_;
};

}  // namespace http
