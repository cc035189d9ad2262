#include "http/tls_transport.h"

#include <utility>

#include "http/pool.h"

namespace http {

TlsTransport::TlsTransport(boost::asio::io_context& io, const TlsOptions& options)
    : pool_(std::make_unique<Pool>(io, options, look_up_host)) {}

TlsTransport::~TlsTransport() = default;

void TlsTransport::send(Request request, Handler on_reply) { pool_->send(std::move(request), std::move(on_reply)); }

std::size_t TlsTransport::in_flight() const { return pool_->in_flight(); }

std::size_t TlsTransport::connections() const { return pool_->connections(); }

void TlsTransport::shut_down() { pool_->shut_down(); }

}  // namespace http
