#include "http/resolver.h"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <mutex>
#include <thread>
#include <utility>

namespace http {
namespace {

constexpr std::size_t kMaxRunning = 16;  // a resolver that hangs must not cost us threads without end

}  // namespace

/// Where a look-up leaves its answer. The pointers become null when the resolver goes; the mutex makes sure that no
/// thread is in the middle of using them then.
struct Resolver::Mailbox {
  std::mutex mutex;
  boost::asio::io_context* io = nullptr;
  Resolver* resolver = nullptr;
};

Addresses look_up_host(const std::string& host) {
  boost::asio::io_context unused;
  boost::asio::ip::tcp::resolver resolver(unused);
  boost::system::error_code error;
  Addresses addresses;
  for (const auto& entry : resolver.resolve(host, "", error)) addresses.push_back(entry.endpoint().address());
  return addresses;
}

Resolver::Resolver(boost::asio::io_context& io, LookUp look_up)
    : look_up_(std::move(look_up)), mailbox_(std::make_shared<Mailbox>()) {
  mailbox_->io = &io;
  mailbox_->resolver = this;
}

Resolver::~Resolver() {
  const std::lock_guard lock(mailbox_->mutex);
  mailbox_->io = nullptr;
  mailbox_->resolver = nullptr;
}

void Resolver::resolve(const std::string& host, Handler on_addresses) {
  auto& handlers = waiting_[host];
  handlers.push_back(std::move(on_addresses));
  if (handlers.size() > 1) return;
  if (running_ < kMaxRunning) {
    start(host);
  } else {
    queue_.push_back(host);
  }
}

void Resolver::start(const std::string& host) {
  ++running_;
  std::thread([look_up = look_up_, mailbox = mailbox_, host] {
    Addresses addresses = look_up(host);
    const std::lock_guard lock(mailbox->mutex);
    if (mailbox->io == nullptr) return;
    boost::asio::post(*mailbox->io, [mailbox, host, addresses = std::move(addresses)] {
      // On the loop thread, the only one that sets the pointer.
      if (mailbox->resolver != nullptr) mailbox->resolver->finish(host, addresses);
    });
  }).detach();
}

void Resolver::finish(const std::string& host, const Addresses& addresses) {
  --running_;
  const auto handlers = std::move(waiting_.extract(host).mapped());
  if (!queue_.empty()) {
    start(queue_.front());
    queue_.pop_front();
  }
  for (const Handler& handler : handlers) handler(addresses);
}

}  // namespace http
