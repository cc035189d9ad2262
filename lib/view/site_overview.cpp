#include <fmt/format.h>

#include "http/query.h"
#include "view/site_pages.h"
#include "view/site_parts.h"

namespace view {
namespace {

std::int64_t value_of(const Overview& overview, const char* name) {
  const auto found = overview.gauges.find(name);
  return found == overview.gauges.end() ? 0 : found->second;
}

std::string counted(std::uint64_t count, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", count, count == 1 ? one : many);
}

struct Banner {
  std::string_view look, mark;
  std::string title, text;
};

Banner banner_of(const Overview& overview) {
  const auto open = overview.open_incidents();
  switch (overview.health()) {
    case Health::kWell:
      if (overview.totals.pairs == 0)
        return {"idle", "\u25cb", "Nothing is watched yet", "No token has an ad account that is asked about."};
      return {"well", "\u2713", "All well",
              overview.options.bound.count() > 0
                  ? fmt::format("A change is noticed within {} at most.", base::to_rough_text(overview.options.bound))
                  : ""};
    case Health::kStarting:
      return {"idle", "\u25cb", overview.totals.pairs == 0 ? "Nothing is watched yet" : "No incident is open",
              "The daemon has written no figures of itself yet: it has just started, or cannot write."};
    case Health::kIncidents:
      return {"incidents", "\u25b2", counted(open, "open incident", "open incidents"),
              "What stops and what to do stands below."};
    case Health::kBlind:
      break;
  }
  if (const auto silent = overview.silent_for())
    return {"blind", "\u25a0", "Blind: the daemon is silent",
            fmt::format("It has written nothing for {}. What is shown here may be as old: see journalctl -u adsauditd, "
                        "and adsauditd doctor.",
                        base::to_rough_text(*silent))};
  return {"blind", "\u25a0", "Blind: not everything can be seen",
          fmt::format("{} of which one or more say that no certain answer comes: what is shown of those pairs is old.",
                      counted(open, "open incident,", "open incidents,"))};
}

void write_summary(Markup& page, const Overview& overview) {
  const auto banner = banner_of(overview);
  page.open("section", {{"class", fmt::format("state {}", banner.look)}, {"aria-label", "Summary"}});
  page.open("h1");
  page.element("span", banner.mark, {{"aria-hidden", "true"}, {"class", "mark"}});
  page.text(" " + banner.title);
  page.close();
  if (!banner.text.empty()) page.element("p", banner.text);
  page.close();
  const auto figure = [&](std::string_view name, const std::string& value) {
    page.open("div");
    page.element("dt", name);
    page.element("dd", value);
    page.close();
  };
  page.open("dl", {{"class", "figures"}});
  figure("Tokens", std::to_string(overview.totals.tokens));
  figure("On ad accounts", std::to_string(overview.totals.pairs));
  auto severities = overview.by_severity();
  figure("Critical", std::to_string(severities[verdict::Severity::kCritical]));
  figure("Warning", std::to_string(severities[verdict::Severity::kWarning]));
  figure("Info", std::to_string(severities[verdict::Severity::kInfo]));
  figure("Alerts waiting", std::to_string(overview.deliveries.pending));
  figure("Alerts given up", std::to_string(overview.deliveries.dead));
  page.close();
  page.raw("\n");
}

void write_incidents(Markup& page, const Overview& overview) {
  page.element("h2", "Incidents");
  if (overview.incidents.empty()) {
    page.element("p", overview.open_incidents() == 0 ? "None is open." : "See adsauditd incidents.");
    return;
  }
  for (const auto& incident : overview.incidents) write_incident(page, incident, overview.now);
  const auto explained = overview.totals.explained;
  if (explained > 0)
    page.element("p", fmt::format("{} not listed here: an incident of the app explains {}.",
                                  counted(explained, "more is", "more are"), explained == 1 ? "it" : "them"));
  const auto shown = overview.incidents.size() + explained;
  if (overview.open_incidents() > shown)
    page.element("p", fmt::format("{} not listed here. All: adsauditd incidents",
                                  counted(overview.open_incidents() - shown, "more is", "more are")));
}

void write_field(Markup& page, std::string_view label, std::string_view name, const std::optional<std::string>& value) {
  page.open("label");
  page.text(label);
  page.single("input", {{"name", name}, {"value", value.value_or("")}, {"autocomplete", "off"}});
  page.close();
}

std::string next_path(const Overview& overview) {
  std::string path = "/?";
  const auto add = [&](std::string_view name, const std::string& value) {
    path += fmt::format("{}{}={}", path.ends_with('?') ? "" : "&", name, http::percent_encoded(value));
  };
  if (overview.asked.token) add("token", *overview.asked.token);
  if (overview.asked.account) add("account", *overview.asked.account);
  add("after_token", overview.next->token);
  add("after_account", overview.next->account);
  return path + "#pairs";
}

void write_pair_section(Markup& page, const Overview& overview) {
  const auto& asked = overview.asked;
  page.element("h2", "Tokens and ad accounts", {{"id", "pairs"}});
  if (overview.totals.pairs == 0) {
    page.element("p",
                 "Add a token with adsauditd token authorize (the user allows the app in a browser) or adsauditd token "
                 "import; adsauditd token --help has all ways.");
    return;
  }
  page.open("form", {{"method", "get"}, {"action", "/"}, {"role", "search"}, {"aria-label", "Choose what to show"}});
  write_field(page, "Token", "token", asked.token);
  write_field(page, "Ad account", "account", asked.account);
  page.element("button", "Show", {{"type", "submit"}});
  if (asked.token || asked.account || asked.after) page.element("a", "from the first", {{"href", "/#pairs"}});
  page.close();
  if (overview.pairs.empty()) {
    page.element("p", "Nothing fits. Names are written as in adsauditd token list and adsauditd account list.");
    return;
  }
  write_pairs(page, overview.pairs, overview.strip, true);
  write_strip_legend(page);
  if (!overview.next) return;
  page.open("p");
  page.element("a", fmt::format("The next {}", overview.asked.limit), {{"href", next_path(overview)}, {"rel", "next"}});
  page.close();
}

void write_schedule(Markup& page, const Overview& overview) {
  page.element("h2", "Questions and rate limits");
  if (overview.gauges.empty()) {
    page.element("p", "Nothing is known yet.");
    return;
  }
  const auto number = [&](const char* name) { return value_of(overview, name); };
  const auto rough = [&](const char* name) { return base::to_rough_text(base::Duration(number(name))); };
  const auto fact = [&](std::string_view name, const std::string& text) {
    page.element("dt", name);
    page.element("dd", text);
  };
  page.open("div", {{"class", "card"}});
  page.open("dl", {{"class", "facts"}});
  fact("Pairs", fmt::format("{} wait for their turn, {} are asked now, {} are parked", number("pairs_waiting"),
                            number("pairs_running"), number("pairs_parked")));
  fact("Lateness", fmt::format("99 of 100 were asked within {} of their time",
                               base::to_text(base::Duration(number("lateness_p99_ms")))));
  if (number("detection_bound_ms") > 0)
    fact("Oldest answer",
         fmt::format("{}, of {} that it may become", rough("oldest_answer_ms"), rough("detection_bound_ms")));
  fact("Rate limits",
       fmt::format("of the one with the least, {}% are left; {} left to others, {} parked after a 429, {} too "
                   "small for what is asked",
                   number("least_left_permille") / 10, number("buckets_yielding"), number("buckets_parked"),
                   number("buckets_unfit")));
  fact("Under way", fmt::format("{} of at most {} questions", number("in_flight"), number("in_flight_limit")));
  page.element("dt", "Figures of");
  page.open("dd");
  write_ago(page, base::from_epoch_ms(number("written_at_ms")), overview.now);
  page.close();
  page.close();
  page.close();
}

void write_deliveries(Markup& page, const Overview& overview) {
  page.element("h2", "Deliveries");
  auto names = overview.options.destinations;
  for (const auto& [name, counts] : overview.undelivered) names.emplace(name, "not in the settings");
  if (names.empty()) {
    page.element("p", "No destination is set up: nobody is told. See destinations in the settings.");
    return;
  }
  static const std::vector<std::string_view> kColumns{"Destination", "Type", "Waiting", "Given up"};
  CardTable table(page, "Destinations of alerts", kColumns);
  for (const auto& [name, type] : names) {
    const auto found = overview.undelivered.find(name);
    const auto counts = found == overview.undelivered.end() ? store::DeliveryCounts() : found->second;
    table.begin_row();
    table.cell([&] { write_name(page, name); });
    table.cell(type);
    table.cell(std::to_string(counts.pending));
    table.cell(counts.dead == 0 ? "0" : fmt::format("{}; see adsauditd alerts dead", counts.dead));
    table.end_row();
  }
  table.end();
  page.element("p", fmt::format("{} delivered in all.", overview.deliveries.delivered), {{"class", "soft"}});
}

}  // namespace

std::string overview_page(const Overview& overview) {
  const auto title = banner_of(overview).title + " \u2013 adsauditd";
  return document(title, overview.options, overview.now, [&](Markup& page) {
    write_summary(page, overview);
    write_incidents(page, overview);
    write_pair_section(page, overview);
    write_schedule(page, overview);
    write_deliveries(page, overview);
  });
}

}  // namespace view
