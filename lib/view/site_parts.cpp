#include "view/site_parts.h"

#include <fmt/format.h>

#include <sstream>

#include "alert/facts.h"
#include "base/text.h"
#include "http/query.h"
#include "view/site_style.h"

namespace view {
namespace {

constexpr std::string_view kTwins[][2] = {{"/api/v1/status", "status.json"},
                                          {"/api/v1/pairs", "pairs.json"},
                                          {"/api/v1/incidents", "incidents.json"},
                                          {"/api/v1/history?latest=yes", "history.json"},
                                          {"/metrics", "metrics"}};

void write_head(Markup& page, std::string_view title) {
  page.raw(
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
      "<link rel=\"icon\" href=\"data:,\">");
  page.element("title", title);
  page.raw("<style>");
  page.raw(site_style());
  page.raw("</style></head>\n<body>\n");
}

void write_header(Markup& page) {
  page.open("header");
  page.open("p", {{"class", "brand"}});
  page.element("a", "adsauditd", {{"href", "/"}});
  page.close();
  page.open("nav", {{"aria-label", "The same for programs"}});
  for (const auto& [path, name] : kTwins) page.element("a", name, {{"href", path}});
  page.close();
  page.close();
  page.raw("\n");
}

void write_acknowledged(Markup& page, const verdict::Incident& incident, base::Instant now) {
  const auto& word = incident.acknowledged;
  if (!word || incident.resolved_at) return;
  page.element("dt", "Taken care of");
  page.open("dd");
  page.text("by ");
  write_name(page, word->by);
  page.text(", ");
  write_ago(page, word->at, now);
  if (!word->reason.empty()) {
    page.text(": ");
    write_name(page, word->reason);
  }
  page.close();
}

}  // namespace

std::string document(std::string_view title, const SiteOptions& options, std::optional<base::Instant> now,
                     const std::function<void(Markup& page)>& write) {
  std::ostringstream out;
  Markup page(out);
  write_head(page, title);
  write_header(page);
  page.open("main");
  page.raw("\n");
  write(page);
  page.close();
  page.raw("\n");
  page.open("footer");
  std::string foot = "adsauditd " + options.version;
  if (now) foot += ", as of " + base::to_text(*now) + ". Load the page again to see it as it is then.";
  page.element("p", foot);
  page.close();
  page.raw("\n</body></html>\n");
  return std::move(out).str();
}

void write_ago(Markup& page, base::Instant at, base::Instant now) {
  const auto exact = base::to_text(at);
  const auto age = now - at;
  page.element("time", age.count() < 0 ? "just now" : base::to_rough_text(age) + " ago",
               {{"datetime", exact}, {"title", exact}, {"class", "when"}});
}

void write_name(Markup& page, std::string_view name) { page.element("bdi", name); }

std::string incident_path(const verdict::IncidentId& id) { return "/incidents/" + id.text(); }

std::string account_path(std::string_view account) { return "/accounts/" + http::percent_encoded(account); }

CardTable::CardTable(Markup& page, std::string_view label, const std::vector<std::string_view>& columns)
    : page_(page), columns_(columns) {
  page_.open("table", {{"role", "table"}, {"aria-label", label}});
  page_.open("thead", {{"role", "rowgroup"}});
  page_.open("tr", {{"role", "row"}});
  for (const auto column : columns_) page_.element("th", column, {{"scope", "col"}, {"role", "columnheader"}});
  page_.close();
  page_.close();
  page_.open("tbody", {{"role", "rowgroup"}});
}

void CardTable::begin_row() {
  page_.raw("\n");
  page_.open("tr", {{"role", "row"}});
  column_ = 0;
}

void CardTable::cell(const std::function<void()>& write) {
  page_.open("td", {{"role", "cell"}, {"data-label", columns_[column_++]}});
  page_.open("div");
  write();
  page_.close();
  page_.close();
}

void CardTable::cell(std::string_view text) {
  cell([&] { page_.text(text.empty() ? "\u2013" : text); });
}

void CardTable::end_row() { page_.close(); }

void CardTable::end() {
  page_.close();
  page_.close();
  page_.raw("\n");
}

void write_incident(Markup& page, const IncidentView& view, base::Instant now) {
  const auto& incident = view.incident();
  const auto severity = alert::severity_text(view.alert);
  const std::string_view look = incident.resolved_at ? "over" : severity;
  page.open("article", {{"class", fmt::format("card incident {}", look)}});
  page.open("h3");
  page.open("a", {{"href", incident_path(incident.id)}});
  write_name(page, view.wording.title);
  page.close();
  page.close();
  page.open("dl", {{"class", "facts"}});
  page.element("dt", "Cause");
  page.open("dd");
  page.element("span", severity, {{"class", fmt::format("word {}", severity)}});
  page.text(fmt::format(" {}", verdict::to_text(incident.finding.key.cause)));
  page.close();
  for (const auto& fact : alert::facts_of(view.alert, view.wording)) {
    using Question = alert::Question;
    const bool is_id = fact.question == Question::kIds && fact.label != "Incident";
    if (fact.label == "Severity" || is_id) continue;
    page.element("dt", fact.label);
    page.open("dd", {{"class", fact.question == Question::kWhatToDo ? "do" : "fact"}});
    write_name(page, fact.text);
    page.close();
  }
  write_acknowledged(page, incident, now);
  page.close();
  page.close();
  page.raw("\n");
}

}  // namespace view
