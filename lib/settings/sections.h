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
/// Of a route's match and the like.
const Table<alert::Match>& alert_match_keys();
const Table<alert::Route>& route_keys();
/// A destination is read as a whole: its keys depend on its type. Adds to the destinations, one for each member of a
/// cluster, or to the heartbeats; nothing when it is broken.
void read_destination(Walk& walk, const Node& node, Settings& settings);
/// One element of `maintenance`. It is read as a whole: which keys it must have depends on which it has.
void read_maintenance(Walk& walk, const Node& node, alert::MaintenanceWindow& window);
/// One element of `expect`. It is read as a whole: its keys must not contradict each other.
void read_expectation(Walk& walk, const Node& node, verdict::Expectation& expectation);

/// What no key can see by itself: names that are unique and names that must exist, and things that are hardly meant.
/// `root` is the tree that `settings` was read from.
void check_rules(Walk& walk, const Node& root, const Settings& settings);
/// The part of it that is about `expect`.
void check_expectations(Walk& walk, const Node& root, const Settings& settings);
/// Names in the `match` of a route or the like that exist nowhere. `item` holds the match; `apps` are the names that
/// exist.
void check_match(Walk& walk, const Node& item, const alert::Match& match, const Settings& settings,
                 const std::vector<std::string_view>& apps);
/// The part of it that is about classes, budgets, and tokens beside each other. `apps` are the names that exist.
void check_auditing(Walk& walk, const Node& root, const Settings& settings, const std::vector<std::string_view>& apps);

}  // namespace settings
