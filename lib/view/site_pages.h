#pragma once

#include <string>
#include <string_view>

#include "view/overview.h"

namespace view {

// The pages of the status site: whole HTML documents that need no script and fetch nothing. Everything in them that
// others chose is escaped. Links are paths of the site: "/", "/incidents/ID", "/accounts/ID", and "/?token=...",
// "/?account=...", "/?after_token=...&after_account=..." as read_page_query() of site.h reads them.

std::string overview_page(const Overview& overview);
std::string incident_page(const IncidentDetails& details);
std::string account_page(const AccountDetails& details);
/// There is no such page, or what was asked for cannot be understood.
std::string message_page(std::string_view title, std::string_view text);

/// The Content-Security-Policy of all of them: nothing but their own style, which it names by its hash, and forms that
/// come back here.
const std::string& page_policy();

}  // namespace view
