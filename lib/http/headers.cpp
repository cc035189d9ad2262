#include "http/headers.h"

#include <strings.h>

#include <limits>

#include "base/ensure.h"

namespace http {

Headers::Headers(std::initializer_list<Header> headers) {
  for (const Header& header : headers) append(header.name, header.value);
}

void Headers::reserve(std::size_t count, std::size_t bytes) {
  fields_.reserve(count);
  text_.reserve(bytes);
}

void Headers::append(std::string_view name, std::string_view value) {
  ENSURE(text_.size() + name.size() + value.size() <= std::numeric_limits<std::uint32_t>::max());
  fields_.push_back({static_cast<std::uint32_t>(text_.size()), static_cast<std::uint32_t>(name.size()),
                     static_cast<std::uint32_t>(value.size())});
  text_.append(name).append(value);
}

std::optional<std::string_view> Headers::find(std::string_view name) const {
  for (const Field& field : fields_) {
    if (field.name_size != name.size()) continue;  // tells nearly all apart without a look at the text
    const char* start = text_.data() + field.start;
    if (::strncasecmp(start, name.data(), name.size()) != 0) continue;
    return std::string_view(start + field.name_size, field.value_size);
  }
  return std::nullopt;
}

}  // namespace http
