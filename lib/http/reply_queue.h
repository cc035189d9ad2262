#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>
#include <vector>

#include "http/transport.h"

namespace http {

/// Replies on their way to those who asked. Handed over in batches, from the loop, when nobody is in the middle of
/// anything. Held by a shared pointer, because the caller may destroy everything else from within a handler, and
/// because replies outlive the transport. Loop thread only.
class ReplyQueue : public std::enable_shared_from_this<ReplyQueue> {
 public:
  explicit ReplyQueue(boost::asio::io_context& io) : io_(io) {}

  /// Kept until deliver().
  void add(Transport::Handler on_reply, Reply reply);
  /// Has the loop call deliver(), later.
  void deliver_soon();
  /// Calls the handlers of what is here now. What they add, and what is left when one throws, comes soon.
  void deliver();

  std::size_t size() const { return arriving_.size() + leaving_.size() - next_; }

 private:
  struct Item {
    Transport::Handler on_reply;
    Reply reply;
  };

  boost::asio::io_context& io_;
  std::vector<Item> arriving_;
  std::vector<Item> leaving_;  ///< the batch that is being delivered
  std::size_t next_ = 0;       ///< in leaving_
  bool posted_ = false;
};

}  // namespace http
