#pragma once

#include <map>
#include <string>

#include "settings/settings.h"

namespace settings {

inline const std::string kFolder = std::string(TEST_DATA) + "/settings";

/// What the files of the corpus refer to. Values that must never be seen in a complaint hold the word canary.
inline References test_references() {
  static const std::map<std::string, std::string> variables{
      {"KEY", "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="},
      {"SHORT_KEY", "Y2FuYXJ5"},
      {"CONSUMER_KEY", "canary-consumer-key"},
      {"CONSUMER_SECRET", "canary-consumer-secret"},
      {"TOKEN", "canary-token"},
      {"TOKEN_SECRET", "canary-token-secret"},
      {"OTHER_TOKEN", "canary-other-token"},
      {"USERS_TOKEN", "77-canary"},
      {"USERS_OTHER_TOKEN", "77-another-canary"},
      {"SLACK_URL", "https://hooks.slack.com/services/canary"},
      {"HOOK_URL", "https://siem.example/canary"},
      {"HOOK_SECRET", "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3"},
      {"TWO_WORDS", "canary canary"},
      {"STATUS_TOKEN", "canary-status-token"},
      {"SHORT", "short"},
      {"EMPTY", ""},
      {"OWNER", "ads-ops"},
      {"LOOKS_LIKE_A_REFERENCE", "${env:OWNER}"},
  };
  const auto look_up = [](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    if (found == variables.end()) return std::nullopt;
    return found->second;
  };
  return {look_up, kFolder + "/credentials"};
}

/// The least that a file needs, in three lines, and nothing to complain about.
inline const std::string kLeast =
    "store: {key: \"${env:KEY}\"}\n"
    "apps: [{name: agency, consumer_key: \"${env:CONSUMER_KEY}\", consumer_secret: \"${env:CONSUMER_SECRET}\"}]\n"
    "destinations: [{name: ops, type: slack, url: \"${env:SLACK_URL}\"}]\n";

inline Loaded load_text(const std::string& text) { return load({{"adsauditd.yaml", text}}, test_references()); }

}  // namespace settings
