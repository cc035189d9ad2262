#pragma once

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "settings/forms.h"
#include "settings/listing.h"

namespace settings {

enum class Need { kRequired, kOptional };

/// How a member is read, how it is listed with its origin, and what editors are told of it. `read` and `list` take the
/// object that holds the member last; `list` takes one with the defaults.
template <class Read, class List>
struct Member {
  Read read;
  List list;
  std::string schema;
};
template <class Read, class List>
Member(Read, List, std::string) -> Member<Read, List>;

/// One key that a mapping of T may hold.
template <class T>
struct Key {
  template <class M>
  Key(std::string_view key, Need needed, M member)
      : name(key), need(needed), read(member.read), list(member.list), schema(std::move(member.schema)) {}

  std::string_view name;
  Need need;
  std::function<void(Walk&, const Node&, T&)> read;
  /// `node`: what was given for it, or nullptr.
  std::function<void(Listing&, const std::string& path, const Node* node, T&)> list;
  std::string schema;
};
/// All keys of a mapping. The tables are the format: what is in none of them is refused, and the schema for editors is
/// made from them.
template <class T>
using Table = std::vector<Key<T>>;

void complain_about_unknown_key(Walk& walk, const Node& child, const std::vector<std::string_view>& known);

/// Reads `node` into `object` key by key; what is wrong is complained about and leaves `object` as it was.
template <class T>
void read_mapping(Walk& walk, const Node& node, const Table<T>& table, T& object) {
  if (!require_kind(walk, node, Node::Kind::kMapping)) return;
  std::vector<std::string_view> names;
  for (const Key<T>& key : table) names.push_back(key.name);
  for (const Node& child : node.children) {
    const auto key = std::find(names.begin(), names.end(), child.key);
    if (key != names.end())
      table[static_cast<std::size_t>(key - names.begin())].read(walk, child, object);
    else
      complain_about_unknown_key(walk, child, names);
  }
  for (const Key<T>& key : table) {
    if (key.need == Need::kRequired && find(node, key.name) == nullptr)
      walk.error(node, fmt::format("the key \"{}\" is missing", key.name));
  }
}

/// Lists each key of the table, given or not. `node`: the mapping, or nullptr.
template <class T>
void list_mapping(Listing& listing, const std::string& path, const Node* node, const Table<T>& table, T& defaults) {
  for (const Key<T>& key : table) {
    const std::string name = path.empty() ? std::string(key.name) : fmt::format("{}.{}", path, key.name);
    key.list(listing, name, node != nullptr ? find(*node, key.name) : nullptr, defaults);
  }
}

/// `whole`: it stands in one file, so that what it must have can be asked for; others are joined from several.
template <class T>
std::string schema_of(const Table<T>& table, bool whole, std::string_view more = "") {
  std::vector<std::string> properties, required;
  for (const Key<T>& key : table) {
    properties.push_back(fmt::format("\"{}\":{}", key.name, key.schema));
    if (whole && key.need == Need::kRequired) required.push_back(fmt::format("\"{}\"", key.name));
  }
  const std::string asks = required.empty() ? "" : fmt::format(R"("required":[{}],)", fmt::join(required, ","));
  return fmt::format(R"({{"type":["object"{}],"additionalProperties":false,{}{}"properties":{{{}}}}})",
                     required.empty() ? R"(,"null")" : "", asks, more, fmt::join(properties, ","));
}

/// What holds when nothing is given.
template <class V, class M>
std::string default_text(const Form<V>& form, const M& value) {
  if (form.secret) return {};
  if constexpr (std::is_convertible_v<const M&, const V&>)
    return form.show(value);
  else
    return value ? form.show(*value) : std::string();
}

/// Stores the value of `form` in what `member` names: a pointer to a member, or a function from T& to V&.
template <class Target, class V>
auto into(Target member, Form<V> form) {
  return Member{[member, form](Walk& walk, const Node& node, auto& object) {
                  if (auto value = form(walk, node)) std::invoke(member, object) = std::move(*value);
                },
                [member, form](Listing& listing, const std::string& path, const Node* node, auto& defaults) {
                  listing.add(path, node, form.secret, default_text(form, std::invoke(member, defaults)));
                },
                form.schema};
}

/// A mapping within the mapping. Empty is as good as left out.
template <class Target, class T>
auto mapping(Target member, const Table<T>& table) {
  return Member{[member, &table](Walk& walk, const Node& node, auto& object) {
                  if (node.kind != Node::Kind::kNothing) read_mapping(walk, node, table, std::invoke(member, object));
                },
                [member, &table](Listing& listing, const std::string& path, const Node* node, auto& defaults) {
                  list_mapping(listing, path, node, table, std::invoke(member, defaults));
                },
                schema_of(table, false)};
}

/// A list of mappings: one element for each, also for those with errors, so that element and node share an index.
template <class Target, class T>
auto list_of_mappings(Target member, const Table<T>& table) {
  return Member{[member, &table](Walk& walk, const Node& node, auto& object) {
                  if (node.kind == Node::Kind::kNothing || !require_kind(walk, node, Node::Kind::kList)) return;
                  for (const Node& child : node.children)
                    read_mapping(walk, child, table, std::invoke(member, object).emplace_back());
                },
                [&table](Listing& listing, const std::string& path, const Node* node, auto&) {
                  listing.add_items(path, node, [&](const std::string& item_path, const Node& item) {
                    T defaults;
                    list_mapping(listing, item_path, &item, table, defaults);
                  });
                },
                fmt::format(R"({{"type":["array","null"],"items":{}}})", schema_of(table, true))};
}

/// A list of mappings, each of which `read` takes as a whole; `table` has their keys. Only what is given is listed:
/// what holds for the rest depends on it.
template <class Read, class T>
auto list_of_wholes(Read read, const Table<T>& table, std::string_view more = "") {
  return Member{[read](Walk& walk, const Node& node, auto& object) {
                  if (node.kind == Node::Kind::kNothing || !require_kind(walk, node, Node::Kind::kList)) return;
                  for (const Node& child : node.children) read(walk, child, object);
                },
                [&table](Listing& listing, const std::string& path, const Node* node, auto&) {
                  listing.add_items(path, node, [&](const std::string& item_path, const Node& item) {
                    T defaults;
                    for (const Key<T>& key : table) {
                      const Node* given = find(item, key.name);
                      if (given != nullptr)
                        key.list(listing, fmt::format("{}.{}", item_path, key.name), given, defaults);
                    }
                  });
                },
                fmt::format(R"({{"type":["array","null"],"items":{}}})", schema_of(table, true, more))};
}

}  // namespace settings
