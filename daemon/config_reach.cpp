#include "config_reach.h"

#include <fmt/format.h>

namespace app {
namespace {

constexpr base::Duration kPatience{5'000};

void add(std::vector<Entrance>& entrances, std::string_view text, Entrance entrance) {
  entrance.mail = http::is_mail_url(text);
  const auto url = entrance.mail ? http::parse_mail_url(text) : http::parse_url(text);
  if (!url) return;  // loading has refused what is none
  entrance.door = http::Door(url.value());
  entrances.push_back(std::move(entrance));
}

void add_destination(std::vector<Entrance>& entrances, const std::string& name, const base::Secret& url,
                     bool allow_private) {
  add(entrances, url.reveal(),
      {.path = "destination " + name,
       .destination = name,
       .reach = allow_private ? http::Reach::kPrivateToo : http::Reach::kPublicAddress});
}

}  // namespace

std::vector<Entrance> entrances_of(const settings::Settings& settings) {
  std::vector<Entrance> entrances;
  add(entrances, settings.api.base_url, {.path = "api.base_url"});
  add(entrances, settings.api.identity_url, {.path = "api.identity_url"});
  for (const auto& destination : settings.destinations)
    add_destination(entrances, destination.name, destination.url, destination.allow_private);
  for (const auto& heartbeat : settings.heartbeats)
    add_destination(entrances, heartbeat.name, heartbeat.url, heartbeat.allow_private);
  return entrances;
}

std::vector<settings::Complaint> find_unreachable(const std::string& settings_file,
                                                  const settings::Settings& settings) {
  const auto entrances = entrances_of(settings);
  std::set<http::Door> doors;
  for (const auto& entrance : entrances) doors.insert(entrance.door);
  const auto knocks = http::knock(doors, nullptr, kPatience);
  std::vector<settings::Complaint> complaints;
  for (const auto& entrance : entrances) {
    const auto& knock = knocks.at(entrance.door);
    if (knock.failure.empty()) continue;
    complaints.push_back(
        {settings_file, 0, 0, entrance.path,
         fmt::format("{}:{} cannot be reached now: {}", entrance.door.host, entrance.door.port, knock.failure), "",
         true});
  }
  return complaints;
}

}  // namespace app
