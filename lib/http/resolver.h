#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace http {

using Addresses = std::vector<boost::asio::ip::address>;

/// Asks the system for the addresses of `host`, in the order in which to try them; none when there are none.
/// Blocks, for as long as the system's resolver likes. Any thread.
Addresses look_up_host(const std::string& host);

/// Resolves names without blocking the loop and without being held up by a resolver that hangs: every look-up has a
/// thread of its own, which nobody waits for. Asio's resolver has one thread for all, and its loop cannot end before
/// the system has answered. The same name is looked up once at a time. Loop thread only; `io` outlives it.
class Resolver {
 public:
  using LookUp = std::function<Addresses(const std::string& host)>;  ///< blocks; called from any thread
  using Handler = std::function<void(const Addresses&)>;

  Resolver(boost::asio::io_context& io, LookUp look_up);
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;
  ~Resolver();

  /// Calls `on_addresses` from the loop, later; never when this object has gone by then. Keeps no work on the loop:
  /// whoever waits has a deadline, and that does.
  void resolve(const std::string& host, Handler on_addresses);

 private:
  struct Mailbox;

  void start(const std::string& host);
  void finish(const std::string& host, const Addresses& addresses);

  LookUp look_up_;
  std::shared_ptr<Mailbox> mailbox_;  ///< shared with the threads, which may outlive this object
  std::map<std::string, std::vector<Handler>> waiting_;
  std::deque<std::string> queue_;  ///< names whose look-up has not started
  std::size_t running_ = 0;        ///< threads
};

}  // namespace http
