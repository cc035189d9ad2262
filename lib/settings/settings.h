#pragma once

#include <optional>
#include <string>
#include <vector>

#include "alert/destination.h"
#include "alert/maintenance.h"
#include "alert/route.h"
#include "http/tls_transport.h"
#include "service/options.h"
#include "service/pair_series.h"
#include "service/status_options.h"
#include "settings/complaint.h"
#include "settings/references.h"
#include "store/retention.h"
#include "xads/client.h"
#include "xads/error_codes.h"

namespace settings {

/// A token of the settings. More may live in the database.
struct Token {
  audit::Token token;  ///< its id is null: the database gives one
  xads::AccessToken secrets;
  std::vector<std::string> accounts;  ///< empty: discovered
};

enum class LogLevel { kTrace, kDebug, kInfo, kWarning, kError };
enum class LogFormat { kAuto, kText, kJson };  ///< auto: the journal under systemd, else text
struct Log {
  LogLevel level = LogLevel::kInfo;
  LogFormat format = LogFormat::kAuto;
};

/// What the operator wants, in the rooms' own structs. Moves, does not copy: it holds secrets.
struct Settings {
  xads::ApiOptions api;
  xads::CodeTable error_codes = xads::CodeTable::built_in();
  http::TlsOptions tls;
  std::string store_path = "/var/lib/adsauditd/adsauditd.db";
  base::Secret store_key;      ///< base64 of 32 bytes
  base::Secret old_store_key;  ///< the same of the key before it, or empty
  store::Retention retention;
  std::vector<service::App> apps;
  std::vector<Token> tokens;
  service::AuditOptions audit;
  std::vector<alert::Destination> destinations;
  std::vector<alert::Heartbeat> heartbeats;
  std::vector<alert::Route> routes;
  std::vector<alert::MaintenanceWindow> maintenance;
  service::StatusOptions status;
  service::MetricsOptions metrics;
  Log log;
};

struct Loaded {
  std::optional<Settings> settings;   ///< nothing when there is an error among the complaints
  std::vector<Complaint> complaints;  ///< errors and warnings, in the order of the files and their lines
  std::size_t left_out = 0;           ///< how many more there are: beyond kMaxComplaints of each sort
};

/// Reads the file and, beside it, conf.d/*.yaml in the order of their names: mappings are joined and lists grow, but
/// no value may be given twice. Reads the files that references name; looks at nothing else in the world.
Loaded load_file(const std::string& path, const References& references);
/// The same for files that have been read. `sources` is not empty; the first one is the main file.
Loaded load(const std::vector<Source>& sources, const References& references);

/// The files that load_file() reads as settings: this one, and those of conf.d.
std::vector<std::string> files_of(const std::string& path);

/// Where the database is by settings that may be broken, for commands that look for its daemon: as far as it can be
/// told, else the default.
std::string store_path_in(const std::string& path, const References& references);

/// All complaints for people, a line end after each, and "and 3 more" if so.
std::string to_text(const Loaded& loaded);

}  // namespace settings
