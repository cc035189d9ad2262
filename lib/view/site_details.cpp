#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "http/query.h"
#include "view/report_tables.h"
#include "view/site_pages.h"
#include "view/site_parts.h"

namespace view {
namespace {

void write_fact(Markup& page, std::string_view name, std::string_view text) {
  if (text.empty()) return;
  page.element("dt", name);
  page.open("dd");
  write_name(page, text);
  page.close();
}

/// What the alerts do not say.
void write_evidence(Markup& page, const verdict::Incident& incident) {
  const auto& finding = incident.finding;
  page.element("h2", "Evidence");
  page.open("div", {{"class", "card"}});
  page.open("dl", {{"class", "facts"}});
  write_fact(page, "Opened", base::to_text(incident.opened_at));
  write_fact(page, "Updated", base::to_text(incident.updated_at));
  write_fact(page, "Resolved", incident.resolved_at ? base::to_text(*incident.resolved_at) : "still open");
  if (finding.last_good_at) write_fact(page, "Last good answer", base::to_text(*finding.last_good_at));
  if (finding.evidence.http_status != 0)
    write_fact(page, "X's answer",
               finding.evidence.code.empty()
                   ? fmt::format("HTTP {}", finding.evidence.http_status)
                   : fmt::format("HTTP {}, code {}", finding.evidence.http_status, finding.evidence.code));
  if (finding.confirmations > 0) write_fact(page, "Confirmed", fmt::format("{} times", finding.confirmations));
  write_fact(page, "Rule", finding.grounds.rule);
  for (const auto& witness : finding.grounds.witnesses) write_fact(page, "Witness", witness);
  for (const auto& detail : finding.details) write_fact(page, "Detail", detail);
  if (finding.affected > 0) write_fact(page, "Affected", std::to_string(finding.affected));
  write_fact(page, "For example", base::join(finding.examples, ", "));
  if (incident.part_of) {
    page.element("dt", "Explained by");
    page.open("dd");
    page.element("a", incident.part_of->text(), {{"href", incident_path(*incident.part_of)}});
    page.close();
  }
  for (const auto flip : incident.flips) write_fact(page, "Came again", base::to_text(flip));
  page.close();
  page.close();
  page.raw("\n");
}

void write_alerts(Markup& page, const IncidentDetails& details) {
  page.element("h2", "Who was told");
  const bool told = std::any_of(details.alerts.begin(), details.alerts.end(),
                                [](const store::AlertRow& alert) { return !alert.deliveries.empty(); });
  if (!told) {
    page.element("p", "Nobody.");
    return;
  }
  static const std::vector<std::string_view> kColumns{"When", "What", "Destination", "State", "Tries", "Answer"};
  CardTable table(page, "Alerts and their deliveries", kColumns);
  for (const auto& alert : details.alerts) {
    for (const auto& row : alert.deliveries) {
      table.begin_row();
      table.cell([&] { write_ago(page, alert.record.at, details.now); });
      table.cell([&] { write_name(page, alert.record.title); });
      table.cell([&] { write_name(page, row.delivery.destination); });
      table.cell(alert::to_text(row.delivery.state));
      table.cell(std::to_string(row.delivery.attempts));
      table.cell([&] { write_name(page, row.outcome.empty() ? "\u2013" : row.outcome); });
      table.end_row();
    }
  }
  table.end();
}

void write_changes(Markup& page, const AccountDetails& details) {
  page.element("h2", "Changes");
  if (details.changes.empty()) {
    page.element("p", "None.");
    return;
  }
  static const std::vector<std::string_view> kColumns{"Number", "When", "What", "Token", "Before", "After"};
  CardTable table(page, "Changes, the latest first", kColumns);
  for (const auto& [number, change, hash] : details.changes) {
    table.begin_row();
    table.cell(std::to_string(number));
    table.cell([&] { write_ago(page, change.at, details.now); });
    table.cell(change.kind);
    table.cell([&] { write_name(page, change.token); });
    table.cell(permissions_text(change.before));
    table.cell(permissions_text(change.after));
    table.end_row();
  }
  table.end();
}

}  // namespace

std::string incident_page(const IncidentDetails& details) {
  const auto& title = details.incident.wording.title;
  return document(title + " \u2013 adsauditd", details.options, details.now, [&](Markup& page) {
    page.open("h1");
    write_name(page, title);
    page.close();
    page.element("h2", "What it is");
    write_incident(page, details.incident, details.now);
    write_evidence(page, details.incident.incident());
    write_alerts(page, details);
  });
}

std::string account_page(const AccountDetails& details) {
  const auto& account = details.account;
  return document(account.id + " \u2013 adsauditd", details.options, details.now, [&](Markup& page) {
    page.open("h1");
    page.text("Ad account ");
    write_name(page, account.id);
    page.close();
    page.open("p", {{"class", "soft"}});
    write_name(page, account.name.empty() ? "no name known" : account.name);
    if (!account.approval_status.empty()) page.text(", " + account.approval_status);
    if (account.deleted) page.text(", deleted");
    page.close();
    page.element("h2", "Tokens");
    if (details.pairs.empty())
      page.element("p", "No token is asked about it now.");
    else
      write_pairs(page, details.pairs, details.strip, false);
    if (!details.pairs.empty()) write_strip_legend(page);
    if (details.more_pairs) {
      page.open("p");
      page.element("a", "All of them", {{"href", "/?account=" + http::percent_encoded(account.id) + "#pairs"}});
      page.close();
    }
    page.element("h2", "Incidents");
    if (details.incidents.empty()) page.element("p", "None.");
    for (const auto& incident : details.incidents) write_incident(page, incident, details.now);
    write_changes(page, details);
  });
}

}  // namespace view
