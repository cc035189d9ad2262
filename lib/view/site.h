#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/clock.h"
#include "http/listener.h"
#include "view/overview.h"

namespace view {

/// The status site: pages for people at "/", "/incidents/ID" and "/accounts/ID", and the same as JSON under "/api/v1".
/// Reads from a connection of its own, so that no reader delays an audit. One thread at a time.
class Site {
 public:
  /// A connection that only reads. Throws what opening the store throws.
  using OpenStore = std::function<std::unique_ptr<store::Store>()>;
  /// What the settings in force say.
  using Options = std::function<SiteOptions()>;

  /// The clock outlives the site.
  Site(OpenStore open, Options options, const base::Clock& clock)
      : open_(std::move(open)), options_(std::move(options)), clock_(clock) {}

  /// 404 for what is not there, 400 for what cannot be understood. Throws what the store throws; the next call opens
  /// it anew.
  http::OutboundAnswer answer(const http::InboundRequest& request);

 private:
  store::Store& store();

  const OpenStore open_;
  const Options options_;
  const base::Clock& clock_;
  std::unique_ptr<store::Store> store_;  ///< opened by the first question
};

}  // namespace view
