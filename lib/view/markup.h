#pragma once

#include <initializer_list>
#include <ostream>
#include <string_view>
#include <utility>
#include <vector>

namespace view {

/// Writes HTML and SVG as it goes. Every text and every value of an attribute is escaped and cleaned of control
/// characters; names of elements and attributes are ours. The stream must outlive it.
class Markup {
 public:
  using Attributes = std::initializer_list<std::pair<std::string_view, std::string_view>>;

  explicit Markup(std::ostream& out) : out_(out) {}

  void open(std::string_view element, Attributes attributes = {});
  void close();
  /// An element that HTML knows without an end: input, link, br.
  void single(std::string_view element, Attributes attributes = {});
  void text(std::string_view text);
  /// An element with this text alone.
  void element(std::string_view element, std::string_view text, Attributes attributes = {});
  /// Of our own making: a style sheet, a document type.
  void raw(std::string_view text) { out_ << text; }

 private:
  void tag(std::string_view element, Attributes attributes);

  std::ostream& out_;
  std::vector<std::string_view> open_;  ///< of literals
};

}  // namespace view
