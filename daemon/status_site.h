#pragma once

#include <mutex>
#include <string>

#include "base/clock.h"
#include "base/random.h"
#include "service/metrics.h"
#include "service/status_server.h"
#include "settings/settings.h"
#include "view/site.h"

namespace app {

/// What the status listener shows: metrics, pages and JSON, by the settings of their time. Any thread.
class StatusSite {
 public:
  /// `store_path`: of a database that a daemon of this version has opened by the time when somebody asks. All others
  /// outlive the site and what make_show() gave.
  StatusSite(std::string store_path, const service::Metrics& metrics, const base::Clock& clock, base::Random& random)
      : store_path_(std::move(store_path)), metrics_(metrics), clock_(clock), random_(random) {}

  /// These settings are in force from now on.
  void follow(const settings::Settings& settings);
  /// On a connection of its own: who looks delays no audit. What it gives is used on one thread at a time.
  service::StatusServer::Show make_show();

 private:
  struct Followed {
    view::SiteOptions site;
    service::MetricsOptions metrics;
  };
  Followed followed() const;
  std::unique_ptr<store::Store> open() const;
  std::string metrics_page(std::unique_ptr<store::Store>& reader) const;

  const std::string store_path_;
  const service::Metrics& metrics_;
  const base::Clock& clock_;
  base::Random& random_;
  mutable std::mutex mutex_;
  Followed followed_;  ///< guarded
};

}  // namespace app
