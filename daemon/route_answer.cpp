#include "route_answer.h"

#include <fmt/format.h>

#include "base/text.h"
#include "output.h"

namespace app {
namespace {

std::string route_name(const settings::Settings& settings, const alert::Route* route) {
  return route == nullptr ? std::string() : fmt::format("routes[{}]", route - settings.routes.data());
}

std::vector<std::string> names_of(const std::vector<const alert::Destination*>& destinations) {
  std::vector<std::string> names;
  for (const auto* destination : destinations) names.push_back(destination->name);
  return names;
}

void write_alert(base::JsonWriter& writer, const alert::Alert& alert) {
  const alert::Subject& subject = alert.subject;
  writer.Key("alert");
  writer.StartObject();
  member(writer, "cause", verdict::to_text(alert.incident.finding.key.cause));
  member(writer, "severity", verdict::to_text(verdict::severity_of(alert.incident.finding)));
  member_or_null(writer, "app", subject.app);
  member_or_null(writer, "token", subject.token ? subject.token->name : "");
  member_or_null(writer, "account", subject.account_id);
  member_or_null(writer, "account_name", subject.account_name);
  writer.Key("labels");
  writer.StartObject();
  if (subject.token) {
    for (const auto& [name, value] : subject.token->labels) member(writer, name.c_str(), std::string_view(value));
  }
  writer.EndObject();
  writer.EndObject();
}

void write_step(base::JsonWriter& writer, const alert::RouteStep& step, const settings::Settings& settings) {
  writer.StartObject();
  member(writer, "route", std::string_view(route_name(settings, step.route)));
  member(writer, "tried", step.tried);
  member(writer, "fits", step.fits());
  writer.Key("misfits");
  writer.StartArray();
  for (const auto& misfit : step.misfits) {
    writer.StartObject();
    member(writer, "part", misfit.part);
    member(writer, "wanted", std::string_view(misfit.wanted));
    member_or_null(writer, "is", misfit.is);
    writer.EndObject();
  }
  writer.EndArray();
  member(writer, "tells", names_of(step.tells));
  member(writer, "continues", step.route->continues);
  member(writer, "group_by", alert::to_text(step.route->group_by));
  member_or_null(writer, "group", step.group);
  member(writer, "wait_ms", step.wait);
  writer.Key("repeat_ms");
  writer.StartArray();
  for (const auto pause : step.route->repeat) writer.Int64(pause.count());
  writer.EndArray();
  writer.Key("escalate");
  writer.StartArray();
  for (const auto& escalation : step.route->escalate) {
    writer.StartObject();
    member(writer, "after_ms", escalation.after);
    member(writer, "to", escalation.to);
    writer.EndObject();
  }
  writer.EndArray();
  writer.EndObject();
}

std::string about(const alert::Alert& alert) {
  const alert::Subject& subject = alert.subject;
  std::vector<std::string> parts;
  const auto add = [&](std::string_view what, const std::string& name) {
    if (!name.empty()) parts.push_back(fmt::format("{} {}", what, name));
  };
  add("token", subject.token ? subject.token->name : "");
  add("app", subject.app);
  add("ad account", subject.account_name.empty() ? subject.account_id
                                                 : fmt::format("{} ({})", subject.account_id, subject.account_name));
  if (subject.token) {
    for (const auto& [name, value] : subject.token->labels) add("label", name + "=" + value);
  }
  const std::string whom = parts.empty() ? "" : ": " + base::join(parts, ", ");
  return fmt::format("{} ({}){}", verdict::to_text(alert.incident.finding.key.cause),
                     verdict::to_text(verdict::severity_of(alert.incident.finding)), whom);
}

std::string fit_text(const alert::RouteStep& step) {
  if (!step.tried) return "not tried, a route before it ends the search";
  if (step.misfits.empty()) return "yes";
  std::vector<std::string> reasons;
  for (const auto& misfit : step.misfits)
    reasons.push_back(misfit.is.empty() ? fmt::format("there is no {}, {} is asked for", misfit.part, misfit.wanted)
                                        : fmt::format("{} is {}, not {}", misfit.part, misfit.is, misfit.wanted));
  return "no: " + base::join(reasons, "; ");
}

/// "after 1h, 4h, then each 24h"
std::string reminders_text(const alert::Route& route) {
  if (route.repeat.empty()) return "-";
  std::vector<std::string> pauses;
  for (const auto pause : route.repeat) pauses.push_back(base::to_text(pause));
  const std::string last = "each " + pauses.back();
  pauses.pop_back();
  return pauses.empty() ? last : fmt::format("after {}, then {}", fmt::join(pauses, ", "), last);
}

std::string escalation_text(const alert::Route& route) {
  std::vector<std::string> steps;
  for (const auto& escalation : route.escalate)
    steps.push_back(fmt::format("after {} {}", base::to_text(escalation.after), fmt::join(escalation.to, ", ")));
  return steps.empty() ? "-" : base::join(steps, "; ");
}

std::string group_text(const alert::RouteStep& step) {
  if (step.group.empty()) return "alone";
  return step.wait == base::Duration(0) ? step.group + ", at once"
                                        : fmt::format("{}, waits {}", step.group, base::to_text(step.wait));
}

void print_routes(const RouteAnswer& answer, const settings::Settings& settings) {
  if (answer.steps.empty()) {
    fmt::print("there are no routes: every destination is told\n");
    return;
  }
  Table table({"ROUTE", "FITS", "TELLS", "GROUP", "REMINDERS", "NOT ACKNOWLEDGED"});
  for (const auto& step : answer.steps) {
    std::vector<std::string> row{route_name(settings, step.route), fit_text(step)};
    if (step.fits())
      row.insert(row.end(), {step.tells.empty() ? "nobody else" : base::join(names_of(step.tells), ", "),
                             group_text(step), reminders_text(*step.route), escalation_text(*step.route)});
    table.add(std::move(row));
  }
  table.print();
}

}  // namespace

void print_as_json(const RouteAnswer& answer, const settings::Settings& settings) {
  print_json([&](base::JsonWriter& writer) {
    writer.StartObject();
    write_alert(writer, answer.alert);
    member(writer, "left_out", answer.left_out);
    writer.Key("routes");
    writer.StartArray();
    for (const auto& step : answer.steps) write_step(writer, step, settings);
    writer.EndArray();
    writer.Key("told");
    writer.StartArray();
    for (const auto& [destination, route] : answer.told) {
      writer.StartObject();
      member(writer, "destination", std::string_view(destination->name));
      member(writer, "type", alert::to_text(destination->channel));
      member_or_null(writer, "route", route_name(settings, route));
      writer.EndObject();
    }
    writer.EndArray();
    writer.Key("held_back_by");
    write_holds(writer, answer.holds);
    writer.EndObject();
  });
}

void print_as_text(const RouteAnswer& answer, const settings::Settings& settings) {
  fmt::print("{}\n", base::clean_text(about(answer.alert)));
  if (!answer.left_out.empty())
    fmt::print("left out: --{}, because such an incident is not about that\n", fmt::join(answer.left_out, ", --"));
  fmt::print("\n");
  print_routes(answer, settings);
  std::vector<std::string> names;
  for (const auto& recipient : answer.told) names.push_back(recipient.destination->name);
  fmt::print("\n{}\n", names.empty() ? "nobody is told" : "told: " + base::join(names, ", "));
  if (answer.holds.empty()) return;
  fmt::print("but not now, it is held back by\n");
  print_holds(answer.holds);
}

}  // namespace app
