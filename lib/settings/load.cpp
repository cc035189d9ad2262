#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

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
  Folder folder = list_folder(fs::path(path).parent_path() / "conf.d");
  folder.files.insert(folder.files.begin(), path);
  std::vector<Source> sources;
  for (const fs::path& file : folder.files) {
    auto text = read_source_file(file);
    if (text)
      sources.push_back({file.string(), std::move(text).value()});
    else
      folder.complaints.push_back(about_file(file, text.error(), false));
  }
  const bool broken = std::any_of(folder.complaints.begin(), folder.complaints.end(),
                                  [](const Complaint& complaint) { return !complaint.warning; });
  if (!broken) loaded = load(sources, references);
  loaded.complaints.insert(loaded.complaints.begin(), folder.complaints.begin(), folder.complaints.end());
  return loaded;
}

std::string to_text(const Loaded& loaded) {
  std::string text;
  for (const Complaint& complaint : loaded.complaints) text += to_text(complaint) + "\n";
  if (loaded.left_out > 0) text += fmt::format("and {} more\n", loaded.left_out);
  return text;
}

}  // namespace settings
