#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/text.h"
#include "settings/parse.h"
#include "settings/sections.h"
#include "settings/source_file.h"

namespace settings {
namespace {

namespace fs = std::filesystem;

struct Folder {
  std::vector<fs::path> files;
  std::vector<Complaint> complaints;
};

Complaint about_file(const fs::path& path, std::string message, bool warning) {
  return {path.string(), 0, 0, "", std::move(message), "", warning};
}

/// The files of conf.d by name. Without the folder there are none.
Folder list_folder(const fs::path& folder) {
  Folder found;
  std::error_code error;
  if (!fs::exists(folder, error)) return found;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    const fs::path& path = entry->path();
    if (path.filename().string().starts_with('.')) continue;
    if (path.extension() == ".yaml")
      found.files.push_back(path);
    else if (path.extension() == ".yml")
      found.complaints.push_back(about_file(path, "is not read; name it .yaml", true));
  }
  if (error) found.complaints.push_back(about_file(folder, "cannot be listed: " + error.message(), false));
  std::sort(found.files.begin(), found.files.end());
  return found;
}

/// The file, and those of conf.d beside it. What cannot be read is complained about.
Folder read_files(const fs::path& path, std::vector<Source>& sources) {
  Folder folder = list_folder(path.parent_path() / "conf.d");
  folder.files.insert(folder.files.begin(), path);
  for (const fs::path& file : folder.files) {
    auto text = read_source_file(file);
    if (text)
      sources.push_back({file.string(), std::move(text).value()});
    else
      folder.complaints.push_back(about_file(file, text.error(), false));
  }
  return folder;
}

/// One tree for all sources, or nothing when one of them is broken.
std::optional<Node> parse_all(const std::vector<Source>& sources, Complaints& complaints) {
  Node root;
  root.kind = Node::Kind::kMapping;
  bool whole = true;
  for (std::size_t source = 0; source < sources.size(); ++source) {
    auto tree = parse(sources, source, complaints);
    whole = whole && tree.has_value();
    if (!tree || tree->kind == Node::Kind::kNothing) continue;
    if (tree->kind != Node::Kind::kMapping) {
      complaints.error(tree->place, "", "the file must hold sections, such as \"apps:\" (a blank follows the colon)");
      whole = false;
      continue;
    }
    if (root.place.line == 0) root.place = tree->place;
    merge(root, std::move(*tree), complaints);
  }
  if (!whole) return std::nullopt;
  return root;
}

/// In a text that is no YAML: the first "path:" below "store:".
std::optional<std::string> store_path_in_lines(std::string_view text) {
  constexpr std::string_view kKey = "path:";
  bool in_store = false;
  for (const std::string_view line : base::split(text, '\n')) {
    if (line.starts_with("store:")) {
      in_store = true;
    } else if (!line.empty() && line[0] != ' ' && line[0] != '#') {
      in_store = false;
    }
    std::string_view value = base::trim(line);
    if (!in_store || !value.starts_with(kKey)) continue;
    value = base::trim(value.substr(kKey.size()));
    value = base::trim(value.substr(0, value.find(" #")));
    if (value.size() > 1 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
    if (!value.empty() && !has_reference(value)) return std::string(value);
  }
  return std::nullopt;
}

}  // namespace

Loaded load(const std::vector<Source>& sources, const References& references) {
  Complaints complaints(sources);
  Loaded loaded;
  Settings settings;
  const auto root = parse_all(sources, complaints);
  if (root && root->children.empty() && !complaints.any_error()) {
    complaints.error({0, 0, 0}, "", "is empty; it needs the sections store and apps (see adsauditd config init)");
  } else if (root) {
    Walk walk{references, complaints};
    read_mapping(walk, *root, settings_keys(), settings);
    check_rules(walk, *root, settings);
  }
  if (!complaints.any_error()) loaded.settings = std::move(settings);
  loaded.left_out = complaints.left_out();
  loaded.complaints = complaints.take();
  return loaded;
}

Loaded load_file(const std::string& path, const References& references) {
  std::error_code ignored;
  Loaded loaded;
  if (!fs::exists(path, ignored)) {
    loaded.complaints.push_back(
        about_file(path, "does not exist; write one with adsauditd config init, or name another with --config", false));
    return loaded;
  }
  std::vector<Source> sources;
  Folder folder = read_files(path, sources);
  const bool broken = std::any_of(folder.complaints.begin(), folder.complaints.end(),
                                  [](const Complaint& complaint) { return !complaint.warning; });
  if (!broken) loaded = load(sources, references);
  loaded.complaints.insert(loaded.complaints.begin(), folder.complaints.begin(), folder.complaints.end());
  return loaded;
}

std::vector<std::string> files_of(const std::string& path) {
  std::vector<std::string> files{path};
  for (const fs::path& file : list_folder(fs::path(path).parent_path() / "conf.d").files)
    files.push_back(file.string());
  return files;
}

std::string store_path_in(const std::string& path, const References& references) {
  std::vector<Source> sources;
  static_cast<void>(read_files(path, sources));
  for (const Source& source : sources) {
    const std::vector<Source> alone{source};
    Complaints complaints(alone);
    const auto tree = parse(alone, 0, complaints);
    if (!tree) {
      if (auto found = store_path_in_lines(source.text)) return *found;
      continue;
    }
    const Node* store = find(*tree, "store");
    const Node* node = store != nullptr ? find(*store, "path") : nullptr;
    Walk walk{references, complaints};
    const auto found = node != nullptr ? read_line(walk, *node) : std::nullopt;
    if (found) return *found;
  }
  return Settings().store_path;
}

std::vector<Setting> list_file(const std::string& path) {
  std::vector<Source> sources;
  if (!read_files(path, sources).complaints.empty() && sources.empty()) return {};
  Complaints complaints(sources);
  const auto root = parse_all(sources, complaints);
  if (!root) return {};
  Listing listing(complaints);
  Settings defaults;
  list_mapping(listing, "", &*root, settings_keys(), defaults);
  return listing.take();
}

std::string json_schema() {
  return fmt::format(R"({{"$schema":"http://json-schema.org/draft-07/schema#","title":"Settings of adsauditd",{},{})",
                     schema::definitions(), schema_of(settings_keys(), false).substr(1));
}

std::string to_text(const Loaded& loaded) {
  std::string text;
  for (const Complaint& complaint : loaded.complaints) text += to_text(complaint) + "\n";
  if (loaded.left_out > 0) text += fmt::format("and {} more\n", loaded.left_out);
  return text;
}

}  // namespace settings
