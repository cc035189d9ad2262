#pragma once

#include "settings/settings.h"
#include "settings/table.h"

namespace settings {

// The keys of the sections, one table each. A table lives as long as the program.

const Table<Settings>& settings_keys();
const Table<Settings>& api_keys();
const Table<Settings>& store_keys();
const Table<service::App>& app_keys();
const Table<Token>& token_keys();
const Table<service::AuditOptions>& audit_keys();
const Table<audit::BudgetOptions>& budget_keys();
const Table<service::StatusOptions>& status_keys();
const Table<service::MetricsOptions>& metrics_keys();
/// Of a route's match and the like.
const Table<alert::Match>& alert_match_keys();
const Table<alert::Route>& route_keys();
/// Destinations are read as a whole, because their keys depend on their type, and windows, because which keys they must
/// have depends on which they have. So are expectations, whose keys must not contradict each other.
Key<Settings> destinations_key();
Key<Settings> maintenance_key();
Key<Settings> expect_key();

/// What no key can see by itself: names that are unique and names that must exist, and things that are hardly meant.
/// `root` is the tree that `settings` was read from.
void check_rules(Walk& walk, const Node& root, const Settings& settings);
/// The part of it that is about the status listener.
void check_status(Walk& walk, const Node& root, const service::StatusOptions& status);
/// The part of it that is about `expect`.
void check_expectations(Walk& walk, const Node& root, const Settings& settings);
/// Names in the `match` of a route or the like that exist nowhere. `item` holds the match; `apps` are the names that
/// exist.
void check_match(Walk& walk, const Node& item, const alert::Match& match, const Settings& settings,
                 const std::vector<std::string_view>& apps);
/// The part of it that is about classes, budgets, and tokens beside each other. `apps` are the names that exist.
void check_auditing(Walk& walk, const Node& root, const Settings& settings, const std::vector<std::string_view>& apps);

}  // namespace settings
