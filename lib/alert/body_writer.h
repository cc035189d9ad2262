#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/time.h"

namespace alert {

/// Writes the JSON of a body. Every text is cleaned and cut at a limit, in bytes before JSON escapes it (which at most
/// doubles it: control characters are gone by then), and it is remembered whether anything had to be cut.
class BodyWriter {
 public:
  static constexpr std::size_t kNameLimit = 256;

  void open_object() { writer_.StartObject(); }
  void close_object() { writer_.EndObject(); }
  void open_array() { writer_.StartArray(); }
  void close_array() { writer_.EndArray(); }
  void key(std::string_view name);  ///< clean already
  void text(std::string_view text, std::size_t limit = kNameLimit);

  /// A value that another writer wrote.
  void value(BodyWriter& other);

  // Members of an object: the key, and its value.
  void open_object(std::string_view name) { key(name), open_object(); }
  void open_array(std::string_view name) { key(name), open_array(); }
  void member(std::string_view name, std::string_view value, std::size_t limit = kNameLimit) {
    key(name), text(value, limit);
  }
  void member_or_null(std::string_view name, std::string_view value, std::size_t limit = kNameLimit);
  void instant(std::string_view name, base::Instant value) { member(name, base::to_text(value)); }
  void instant_or_null(std::string_view name, const std::optional<base::Instant>& value) {
    member_or_null(name, value ? base::to_text(*value) : std::string());
  }
  void number(std::string_view name, std::uint64_t value) { key(name), writer_.Uint64(value); }
  void flag(std::string_view name, bool value) { key(name), writer_.Bool(value); }
  void null(std::string_view name) { key(name), writer_.Null(); }

  std::size_t size() const { return buffer_.GetSize(); }  ///< bytes so far
  bool truncated() const { return truncated_; }
  void left_something_out() { truncated_ = true; }
  std::string take() { return base::take_text(buffer_); }

 private:
  rapidjson::StringBuffer buffer_;
  base::JsonWriter writer_{buffer_};
  bool truncated_ = false;
};

}  // namespace alert
