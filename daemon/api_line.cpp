#include "api_line.h"

#include <optional>

namespace app {

ApiLine::ApiLine(const settings::Settings& settings)
    : transport_(io_, settings.tls), client_(settings.api, clock_, random_) {}

http::Reply ApiLine::ask(http::Request request) {
  std::optional<http::Reply> reply;
  transport_.send(std::move(request), [&](http::Reply answer) { reply = std::move(answer); });
  io_.restart();
  while (!reply) io_.run_one();  // the transport answers every request in its time
  return std::move(*reply);
}

bool ApiLine::run_until(const std::function<bool()>& done, base::Duration limit) {
  const base::Instant end = clock_.now().steady + limit;
  io_.restart();
  while (!done()) {
    const base::Duration left = end - clock_.now().steady;
    if (left <= base::Duration(0)) return false;
    if (io_.run_one_for(left) == 0 && io_.stopped()) return done();  // nothing is left that could change it
  }
  return true;
}

}  // namespace app
