#pragma once

#include <string>
#include <vector>

#include "http/knock.h"
#include "http/message.h"
#include "settings/settings.h"

namespace app {

/// A host that the settings name, without anything of its URL but host and port.
struct Entrance {
  std::string path;         ///< "api.base_url", or "destination ops"
  std::string destination;  ///< its name; empty for X
  http::Door door;
  http::Reach reach = http::Reach::kAnyAddress;
  bool mail = false;  ///< which may begin in the clear and go on with STARTTLS
};
/// X first. What has no URL, because secrets were skipped, is left out.
std::vector<Entrance> entrances_of(const settings::Settings& settings);

/// Tries whether X and each destination take a connection now: a warning for each that does not, without anything of
/// its URL but the host. Sends nothing. Takes five seconds at most.
std::vector<settings::Complaint> find_unreachable(const std::string& settings_file, const settings::Settings& settings);

}  // namespace app
