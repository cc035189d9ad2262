#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/secret.h"
#include "base/time.h"
#include "http/endpoint.h"
#include "settings/references.h"
#include "settings/schema_text.h"
#include "settings/value_text.h"

namespace settings {

/// One walk over the settings: where references are looked up, and where complaints go.
struct Walk {
  const References& references;
  Complaints& complaints;

  void error(const Node& node, std::string message) { complaints.error(node.place, node.path, std::move(message)); }
  void warn(const Node& node, std::string message) { complaints.warn(node.place, node.path, std::move(message)); }
};

/// What a value must look like: gives the value, or complains and gives nothing. What editors and people are told of it
/// goes with it.
template <class V>
class Form {
 public:
  using Read = std::function<std::optional<V>(Walk&, const Node&)>;

  template <class F>
  requires(!std::is_same_v<F, Form> && std::is_invocable_r_v<std::optional<V>, F, Walk&, const Node&>) Form(F read)
      : read_(std::move(read)) {}  // NOLINT(google-explicit-constructor)

  std::optional<V> operator()(Walk& walk, const Node& node) const { return read_(walk, node); }
  /// The same, with another schema.
  Form as(std::string new_schema) const {
    Form form = *this;
    form.schema = std::move(new_schema);
    return form;
  }

  std::string schema{schema::kText};                           ///< JSON Schema
  std::function<std::string(const V&)> show = &value_text<V>;  ///< as it would stand in the file
  bool secret = std::is_same_v<V, base::Secret>;               ///< not to be shown

 private:
  Read read_;
};

/// One line of text, not empty, references replaced. Complains about lists, mappings and nothing.
std::optional<std::string> read_line(Walk& walk, const Node& node);
/// The same for a secret, which may hold no blanks. Empty when the walk skips secrets.
std::optional<base::Secret> read_secret(Walk& walk, const Node& node);
/// Complains about a secret that stands in the file itself.
bool require_reference(Walk& walk, const Node& node);
/// Complains unless the node is of this kind. Silent about what has been refused before.
bool require_kind(Walk& walk, const Node& node, Node::Kind kind);

struct DurationLimits {
  base::Duration least{1000};
  base::Duration most{std::chrono::hours(24 * 30)};
  base::Duration warn_below{0};  ///< allowed, but hardly meant
};

Form<std::string> line();
/// The same, but of one or more lines.
Form<std::string> lines();
/// A text that `complaint_about` finds nothing wrong with. A complaint never shows what a reference gave.
Form<std::string> checked(Form<std::string> form,
                          std::function<std::optional<std::string>(const std::string&)> complaint_about);
/// Of an app, token or destination: letters, digits, '.', '_' and '-', at most 64.
Form<std::string> name();
/// Of an ad account: base 36 in lower case.
Form<std::string> account_id();
/// The same two with `*` (any characters) and `?` (one).
Form<std::string> name_pattern();
Form<std::string> account_pattern();
Form<std::string> digits(std::size_t most);
/// https, a host, perhaps a port, nothing else. Gives it without a closing slash.
Form<std::string> https_origin();
Form<std::string> readable_file();
/// "address:port" or "off"
Form<std::optional<http::Endpoint>> listener();
Form<base::Secret> secret();
/// Base64 of 32 bytes; gives the base64.
Form<base::Secret> key();
Form<base::Duration> duration(DurationLimits limits);
Form<double> share(double least);
Form<int> whole(int least, int most);
Form<bool> flag();
/// Names to texts, both chosen by the operator.
Form<std::map<std::string, std::string>> labels();

/// One of a few words. `what` names the idea: "severity". `parse` turns a word into its value.
template <class V>
Form<V> choice(std::string what, std::vector<std::string_view> words,
               std::function<std::optional<V>(std::string_view)> parse) {
  Form<V> form = [what = std::move(what), words, parse](Walk& walk, const Node& node) -> std::optional<V> {
    const auto text = read_line(walk, node);
    if (!text) return std::nullopt;
    auto value = parse(*text);
    if (!value) walk.error(node, "unknown " + what + " " + in_quotes(node.text) + advice_for(node.text, words));
    return value;
  };
  form.schema = schema::one_of(words);
  form.show = [words = std::move(words), parse = std::move(parse)](const V& value) {
    for (const std::string_view word : words) {
      if (parse(word) == value) return std::string(word);
    }
    return std::string();
  };
  return form;
}

/// A list of one or more.
template <class V>
Form<std::vector<V>> list_of(Form<V> form) {
  Form<std::vector<V>> list = [form](Walk& walk, const Node& node) -> std::optional<std::vector<V>> {
    if (!require_kind(walk, node, Node::Kind::kList)) return std::nullopt;
    if (node.children.empty()) walk.error(node, "is empty; name at least one, or leave the key out");
    std::vector<V> values;
    for (const Node& child : node.children) {
      if (auto value = form(walk, child)) values.push_back(std::move(*value));
    }
    return values;
  };
  list.schema = schema::list_of(form.schema);
  return list;
}

/// A list, or a single value without the brackets.
template <class V>
Form<std::vector<V>> one_or_more(Form<V> form) {
  Form<std::vector<V>> any = [form, list = list_of(form)](Walk& walk,
                                                          const Node& node) -> std::optional<std::vector<V>> {
    if (node.kind == Node::Kind::kList) return list(walk, node);
    auto value = form(walk, node);
    if (!value) return std::nullopt;
    return std::vector<V>{std::move(*value)};
  };
  any.schema = schema::any_of({form.schema, schema::list_of(form.schema)});
  return any;
}

}  // namespace settings
