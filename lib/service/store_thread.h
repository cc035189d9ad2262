#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <exception>
#include <functional>
#include <memory>
#include <utility>

#include "store/store.h"

namespace service {

/// The one thread that touches the store. Jobs run there in order; what they give comes back to the loop.
/// Made, used and destroyed on the loop thread; `loop` and `store` outlive it.
class StoreThread {
 public:
  using OnFailure = std::function<void(std::exception_ptr)>;

  /// `on_failure` is called on the loop when a job throws; no later job runs then.
  StoreThread(boost::asio::io_context& loop, store::Store& store, OnFailure on_failure)
      : loop_(loop), store_(store), on_failure_(std::move(on_failure)), thread_(1) {}
  ~StoreThread() { thread_.join(); }
  StoreThread(const StoreThread&) = delete;
  StoreThread& operator=(const StoreThread&) = delete;

  /// `job(store)` on the store thread, then `done(result)` on the loop. The result must be a value.
  template <class Job, class Done>
  void run(Job job, Done done) {
    auto work = boost::asio::make_work_guard(loop_);  // the loop must not end while a result is on its way
    boost::asio::post(thread_, [this, work, job = std::move(job), done = std::move(done)]() mutable {
      if (failed_) return;
      try {
        auto result = std::make_shared<decltype(job(store_))>(job(store_));  // posted functions must be copyable
        boost::asio::post(loop_, [result, done = std::move(done)]() mutable { done(std::move(*result)); });
      } catch (...) {
        failed_ = true;
        boost::asio::post(loop_, [this, error = std::current_exception()] { on_failure_(error); });
      }
    });
  }

 private:
  boost::asio::io_context& loop_;
  store::Store& store_;
  OnFailure on_failure_;
  bool failed_ = false;  ///< store thread
  boost::asio::thread_pool thread_;
};

}  // namespace service
