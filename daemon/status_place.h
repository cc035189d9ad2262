#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/clock.h"
#include "service/status_server.h"

namespace app {

/// Where the status listener stands, through the settings of its times. Control thread, but for the first open().
class StatusPlace {
 public:
  using MakeShow = std::function<service::StatusServer::Show()>;

  /// `make_show` is called once for each server; what it gives is used on that server's thread. What it is given
  /// outlives it. `complain`: any thread.
  StatusPlace(const base::Clock& clock, const service::Health& health, MakeShow make_show,
              service::StatusServer::Complain complain)
      : clock_(clock), health_(health), make_show_(std::move(make_show)), complain_(std::move(complain)) {}

  /// Listens as it is wanted. The audit is worth more than its display: what cannot be is complained about, no more.
  void open(const service::StatusOptions& wanted);
  /// First step towards other settings: listens there, too, where that is another place. Throws std::runtime_error when
  /// it cannot.
  void prepare(const service::StatusOptions& wanted);
  /// Second step: these settings are in force now, or what is there stays.
  void settle(bool good);

 private:
  std::unique_ptr<service::StatusServer> serve(const service::StatusOptions& options) const;

  const base::Clock& clock_;
  const service::Health& health_;
  const MakeShow make_show_;
  const service::StatusServer::Complain complain_;
  service::StatusOptions present_, next_;
  std::unique_ptr<service::StatusServer> server_, next_server_;
};

}  // namespace app
