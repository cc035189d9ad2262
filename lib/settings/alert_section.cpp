#include "settings/sections.h"

namespace settings {
namespace {

using namespace std::chrono_literals;

std::vector<std::string_view> severity_words() {
  using verdict::Severity;
  std::vector<std::string_view> words;
  for (const Severity severity : {Severity::kInfo, Severity::kWarning, Severity::kCritical})
    words.push_back(verdict::to_text(severity));
  return words;
}

std::vector<std::string_view> cause_words() {
  std::vector<std::string_view> words;
  for (const verdict::Cause cause : verdict::all_causes()) words.push_back(verdict::to_text(cause));
  return words;
}

const Table<alert::Match>& match_keys() {
  using alert::Match;
  static const Table<Match> table{
      {"severity", Need::kOptional,
       into(&Match::severities,
            one_or_more(choice<verdict::Severity>("severity", severity_words(), verdict::severity_from_text)))},
      {"cause", Need::kOptional,
       into(&Match::causes, one_or_more(choice<verdict::Cause>("cause", cause_words(), verdict::cause_from_text)))},
      {"app", Need::kOptional, into(&Match::apps, one_or_more(name()))},
      {"token", Need::kOptional, into(&Match::tokens, one_or_more(name()))},
      {"account", Need::kOptional, into(&Match::accounts, one_or_more(account_id()))},
      {"labels", Need::kOptional, into(&Match::labels, labels())},
  };
  return table;
}

/// The URL is read like a secret, because it is one; whether it may stand in the file is decided later.
const Table<alert::Destination>& destination_keys() {
  using alert::Destination;
  static const Table<Destination> table{
      {"name", Need::kRequired, into(&Destination::name, name())},
      {"type", Need::kRequired,
       into(&Destination::channel, choice<alert::Channel>("type", {"slack", "webhook"}, alert::channel_from_text))},
      {"url", Need::kRequired, into(&Destination::url, Form<base::Secret>(read_secret))},
      {"secret", Need::kOptional, into(&Destination::secret, secret())},
      {"allow_private", Need::kOptional, into(&Destination::allow_private, flag())},
  };
  return table;
}

/// complaint_about() begins with the key that it is about: "url: ..." or "secret is missing".
void place_complaint(Walk& walk, const Node& node, std::string complaint) {
  const Node* member = find(node, complaint.substr(0, complaint.find_first_of(": ")));
  if (member == nullptr) return walk.error(node, std::move(complaint));
  if (const std::size_t colon = complaint.find(": "); colon != std::string::npos) complaint.erase(0, colon + 2);
  walk.error(*member, std::move(complaint));
}

}  // namespace

const Table<alert::Route>& route_keys() {
  static const Table<alert::Route> table{
      {"match", Need::kOptional, mapping(&alert::Route::match, match_keys())},
      {"to", Need::kRequired, into(&alert::Route::to, one_or_more(name()))},
      {"repeat", Need::kOptional, only_checked(duration({.least = 1s}))},
  };
  return table;
}

void read_destination(Walk& walk, const Node& node, alert::Destination& destination) {
  const std::size_t errors_before = walk.complaints.errors();
  read_mapping(walk, node, destination_keys(), destination);
  if (walk.complaints.errors() > errors_before) return;
  const Node* url = find(node, "url");
  const bool slack = destination.channel == alert::Channel::kSlack;
  if (slack && !destination.allow_private && !has_reference(url->text)) require_reference(walk, *url);
  if (const Node* secret = find(node, "secret"); secret != nullptr && slack)
    walk.warn(*secret, "Slack takes no signing secret; it has no effect");
  if (walk.references.skip_secrets || walk.complaints.errors() > errors_before) return;
  if (auto complaint = alert::complaint_about(destination)) place_complaint(walk, node, std::move(*complaint));
}

}  // namespace settings
