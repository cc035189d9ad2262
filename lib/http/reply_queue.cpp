#include "http/reply_queue.h"

#include <boost/asio/post.hpp>
#include <utility>

namespace http {

void ReplyQueue::add(Transport::Handler on_reply, Reply reply) {
  arriving_.push_back({std::move(on_reply), std::move(reply)});
}

void ReplyQueue::deliver_soon() {
  if (posted_) return;
  posted_ = true;
  boost::asio::post(io_, [self = shared_from_this()] {
    self->posted_ = false;
    self->deliver();
  });
}

void ReplyQueue::deliver() {
  struct Rest {
    ReplyQueue& queue;
    ~Rest() {
      if (queue.size() > 0) queue.deliver_soon();
    }
  } const rest{*this};
  if (next_ == leaving_.size()) {
    leaving_.clear();
    next_ = 0;
    leaving_.swap(arriving_);
  }
  while (next_ < leaving_.size()) {
    Item item = std::move(leaving_[next_++]);
    item.on_reply(std::move(item.reply));
  }
}

}  // namespace http
