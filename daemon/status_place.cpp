#include "status_place.h"

#include <stdexcept>
#include <utility>

namespace app {
namespace {

service::StatusOptions copy_of(const service::StatusOptions& options) {
  return {options.listen, options.hosts, options.allow_remote, options.token.clone()};
}

bool same(const service::StatusOptions& left, const service::StatusOptions& right) {
  return left.listen == right.listen && left.hosts == right.hosts && left.token.reveal() == right.token.reveal();
}

}  // namespace

std::unique_ptr<service::StatusServer> StatusPlace::serve(const service::StatusOptions& options) const {
  if (!options.listen) return nullptr;
  return std::make_unique<service::StatusServer>(options, clock_, health_, make_show_(), complain_);
}

void StatusPlace::open(const service::StatusOptions& wanted) {
  server_.reset();  // first: it may stand at the same place
  present_ = copy_of(wanted);
  try {
    server_ = serve(wanted);
  } catch (const std::runtime_error& error) {
    complain_(error.what());
  }
}

void StatusPlace::prepare(const service::StatusOptions& wanted) {
  next_ = copy_of(wanted);
  if (wanted.listen != present_.listen) next_server_ = serve(wanted);
}

void StatusPlace::settle(bool good) {
  auto server = std::move(next_server_);
  if (!good) return;
  if (next_.listen != present_.listen) {
    server_ = std::move(server);
    present_ = std::move(next_);
  } else if (!server_ || !same(next_, present_)) {
    open(next_);
  }
}

}  // namespace app
