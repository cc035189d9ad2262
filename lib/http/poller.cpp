#include "http/poller.h"

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include "base/ensure.h"

namespace http {
namespace {

constexpr std::size_t kScratch = 16UL * 1024;  // one TLS record

int make_epoll() {
  const int epoll = ::epoll_create1(EPOLL_CLOEXEC);
  if (epoll < 0) throw std::system_error(errno, std::system_category(), "http: cannot create an epoll descriptor");
  return epoll;
}

}  // namespace

Poller::Poller(boost::asio::io_context& io, std::function<void()> on_turn_end)
    : epoll_(make_epoll()), descriptor_(io, epoll_), on_turn_end_(std::move(on_turn_end)), scratch_(kScratch) {}

boost::system::error_code Poller::watch(int socket, Watcher& watcher) {
  // Both directions once and for all: to change the interest with every write would be a system call each.
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  event.data.ptr = &watcher;
  if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, socket, &event) != 0) return {errno, boost::system::system_category()};
  ++watched_;
  wait();
  return {};
}

void Poller::forget(const Watcher& watcher) {
  ENSURE(watched_ > 0);
  for (std::size_t at = told_; at < events_end_; ++at) {
    if (events_[at].data.ptr == &watcher) events_[at].data.ptr = nullptr;
  }
  if (--watched_ > 0 || !waits_) return;
  descriptor_.cancel();
  waits_ = false;
}

void Poller::wait() {
  if (waits_ || in_turn_ || watched_ == 0) return;
  waits_ = true;
  descriptor_.async_wait(descriptor_.wait_read,
                         [this, alive = std::weak_ptr<const bool>(alive_)](boost::system::error_code error) {
                           if (!error && !alive.expired()) run_turn();
                         });
}

void Poller::run_turn() {
  struct End {  // also of a turn that an exception ends
    Poller& poller;
    std::weak_ptr<const bool> alive = poller.alive_;
    ~End() {
      if (!alive.expired()) poller.end_turn();
    }
  } const end{*this};
  waits_ = false;
  in_turn_ = true;
  ++turns_;
  const int count = ::epoll_wait(epoll_, events_.data(), static_cast<int>(events_.size()), 0);
  events_end_ = static_cast<std::size_t>(std::max(count, 0));
  for (told_ = 0; told_ < events_end_;) {
    const epoll_event& event = events_[told_++];
    const bool hung_up = (event.events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
    if (auto* watcher = static_cast<Watcher*>(event.data.ptr)) watcher->ready(hung_up);
  }
  on_turn_end_();
}

void Poller::end_turn() {
  told_ = events_end_ = 0;
  in_turn_ = false;
  wait();
}

}  // namespace http
