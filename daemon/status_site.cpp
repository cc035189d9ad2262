#include "status_site.h"

#include "audit/bound.h"

namespace app {

void StatusSite::follow(const settings::Settings& settings) {
  const auto normal = audit::interval_of(settings.audit.intervals, audit::IntervalClass::kNormal);
  Followed followed;
  followed.site.version = ADSAUDITD_VERSION;
  followed.site.bound = audit::detection_bound(normal, service::bound_terms(settings.audit));
  for (const auto& destination : settings.destinations)
    followed.site.destinations.emplace(destination.name, alert::to_text(destination.channel));
  followed.metrics = settings.metrics;
  const std::lock_guard lock(mutex_);
  followed_ = std::move(followed);
}

StatusSite::Followed StatusSite::followed() const {
  const std::lock_guard lock(mutex_);
  return followed_;
}

std::unique_ptr<store::Store> StatusSite::open() const {
  return store::open_sqlite({.path = store_path_, .key = {}, .access = store::Access::kReader}, random_,
                            clock_.now().utc);
}

/// Prometheus gets the figures of the process whatever becomes of the database.
std::string StatusSite::metrics_page(std::unique_ptr<store::Store>& reader) const {
  const auto options = followed().metrics;
  std::string page = metrics_.text();
  if (!options.per_account) return page;
  try {
    if (!reader) reader = open();
    page += service::pair_series(*reader, options);
  } catch (const std::exception&) {
    reader.reset();  // what is wrong with it may be over when it is opened anew
    page += "# The database cannot be read now: no series of pairs.\n";
  }
  return page;
}

service::StatusServer::Show StatusSite::make_show() {
  const auto site = std::make_shared<view::Site>([this] { return open(); }, [this] { return followed().site; }, clock_);
  const auto reader = std::make_shared<std::unique_ptr<store::Store>>();
  return [this, site, reader](const http::InboundRequest& request) -> http::OutboundAnswer {
    if (request.path() == "/metrics")
      return {.body = metrics_page(*reader), .content_type = "text/plain; version=0.0.4; charset=utf-8"};
    return site->answer(request);
  };
}

}  // namespace app
