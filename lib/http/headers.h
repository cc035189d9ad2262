#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace http {

struct Header {
  std::string name;  ///< any case; compared without case
  std::string value;
  bool operator==(const Header&) const = default;
};

/// The headers of an answer, in the order in which they came. All of them share one text: an answer with twenty-four
/// headers costs two allocations instead of forty-eight.
class Headers {
 public:
  Headers() = default;
  Headers(std::initializer_list<Header> headers);

  /// Room for so many headers, with so many bytes of names and values in all.
  void reserve(std::size_t count, std::size_t bytes);
  void append(std::string_view name, std::string_view value);
  /// Keeps the room.
  void clear() {
    text_.clear();
    fields_.clear();
  }

  /// The value of the first header of that name (any case). Valid until this object changes or goes.
  std::optional<std::string_view> find(std::string_view name) const;
  std::size_t size() const { return fields_.size(); }
  /// Name and value of the header at `index`, counted in the order in which they came. Valid as long.
  std::pair<std::string_view, std::string_view> operator[](std::size_t index) const {
    const Field& field = fields_[index];
    const std::string_view both = std::string_view(text_).substr(field.start, field.name_size + field.value_size);
    return {both.substr(0, field.name_size), both.substr(field.name_size)};
  }

 private:
  /// A name in text_, its value right behind it.
  struct Field {
    std::uint32_t start;
    std::uint32_t name_size;
    std::uint32_t value_size;
  };

  std::string text_;
  std::vector<Field> fields_;
};

}  // namespace http
