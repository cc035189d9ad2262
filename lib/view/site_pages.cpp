#include "view/site_pages.h"

#include <sstream>

#include "view/markup.h"

namespace view {
namespace {

std::string plain_page(std::string_view title, std::string_view text) {
  std::ostringstream out;
  Markup page(out);
  page.raw("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">");
  page.element("title", title);
  page.raw("</head>\n<body>");
  page.element("h1", title);
  page.element("p", text);
  page.raw("</body></html>\n");
  return out.str();
}

}  // namespace

std::string overview_page(const Overview& overview) {
  return plain_page("adsauditd", overview.totals.open_incidents.empty() ? "All well." : "Incidents are open.");
}

std::string incident_page(const IncidentDetails& details) {
  return plain_page(details.incident.wording.title, details.incident.wording.repair);
}

std::string account_page(const AccountDetails& details) { return plain_page(details.account.id, details.account.name); }

std::string message_page(std::string_view title, std::string_view text) { return plain_page(title, text); }

const std::string& page_policy() {
  static const std::string policy = "default-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
  return policy;
}

}  // namespace view
