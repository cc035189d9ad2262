#include "service/housekeeper.h"

#include <spdlog/logger.h>

#include <utility>

namespace service {

Housekeeper::Housekeeper(boost::asio::io_context& io, StoreThread& store, store::Retention retention,
                         const base::Clock& clock, spdlog::logger& log, std::function<bool()> may_write,
                         const Pace& pace)
    : store_(store),
      retention_(retention),
      clock_(clock),
      log_(log),
      may_write_(std::move(may_write)),
      pace_(pace),
      timer_(io) {}

void Housekeeper::start() { wait(pace_.first); }

void Housekeeper::stop() {
  stopped_ = true;
  timer_.cancel();
}

void Housekeeper::wait(base::Duration pause) {
  timer_.expires_after(pause);
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error && !stopped_) step();
  });
}

void Housekeeper::step() {
  if (!may_write_()) return wait(pace_.while_busy);
  store_.run(
      [retention = retention_, now = clock_.now().utc](store::Store& store) {
        try {
          return store.prune(retention, now);
        } catch (const store::FullStore&) {  // the edge of a job: the loop finds out by itself, and tells
          return store::Pruned();
        }
      },
      [this](const store::Pruned& step) {
        if (stopped_) return;
        note(step);
        wait(step.more ? pace_.between_steps : pace_.every);
      });
}

void Housekeeper::note(const store::Pruned& step) {
  pass_.add(step);
  if (step.more) return;
  const store::Pruned pass = std::exchange(pass_, {});
  if (pass.changes + pass.observations + pass.incidents + pass.alerts + pass.pages == 0) return;
  log_.info("pruned changes={} observations={} incidents={} alerts={} pages_given_back={}", pass.changes,
            pass.observations, pass.incidents, pass.alerts, pass.pages);
}

}  // namespace service
