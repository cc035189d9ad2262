#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <mutex>
#include <vector>

namespace http {

/// A TCP connection on which one thread, its user, blocks, and which any other thread may cut. One after the other:
/// after close() the user may connect anew. Used by one thread but where said.
class MailSocket {
 public:
  MailSocket() = default;
  MailSocket(const MailSocket&) = delete;
  MailSocket& operator=(const MailSocket&) = delete;
  ~MailSocket() { close(); }

  /// Tries the endpoints in turn, each for `patience`, and waits until one has accepted. Gives what went wrong with the
  /// last one, or no error. Requires that there is no connection.
  boost::system::error_code connect(const std::vector<boost::asio::ip::tcp::endpoint>& endpoints,
                                    std::chrono::milliseconds patience);
  /// Non-blocking, and this object's to close; -1 when there is none.
  int descriptor() const;
  /// Whoever reads gets what has come by now and then finds the end. Writing goes on.
  void stop_reading();
  void close();

  /// Any thread: whoever waits on the connection wakes up and finds it ended; there will be no other. For good.
  void cut();

 private:
  boost::system::error_code connect_one(const boost::asio::ip::tcp::endpoint& endpoint,
                                        std::chrono::milliseconds patience);
  bool adopt(int descriptor);
  bool is_cut() const;

  mutable std::mutex mutex_;  ///< guards what follows: a descriptor that is being closed must not be cut
  int descriptor_ = -1;
  bool cut_ = false;
};

}  // namespace http
