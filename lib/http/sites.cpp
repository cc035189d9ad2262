#include "http/sites.h"

#include <utility>

#include "http/url.h"

namespace http {

base::Result<Sites::Place> Sites::find(std::string url, Reach reach) {
  if (last_ != nullptr && last_->route.reach == reach && has_plain_target(url, last_origin_)) {
    url.erase(0, last_origin_.size());
    return Place{last_, std::move(url)};
  }
  auto parsed = parse_url(url);
  if (!parsed) return base::Failure{parsed.error()};
  Url& parts = parsed.value();
  const std::string authority = parts.authority();
  const Route route{parts.tls, std::move(parts.host), std::move(parts.port), reach};
  Site& site = sites_.try_emplace(route, Site{route, authority, {}}).first->second;
  if (url.ends_with(parts.target)) {  // not when the URL has no path: then the target's first "/" is ours
    last_ = &site;
    last_origin_ = url.substr(0, url.size() - parts.target.size());
  }
  return Place{&site, std::move(parts.target)};
}

}  // namespace http
