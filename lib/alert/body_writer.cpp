#include "alert/body_writer.h"

#include "base/text.h"

namespace alert {

void BodyWriter::key(std::string_view name) { writer_.Key(name.data(), static_cast<rapidjson::SizeType>(name.size())); }

void BodyWriter::text(std::string_view text, std::size_t limit) {
  const std::string clean = base::clean_text(text);
  if (clean.size() > limit) truncated_ = true;
  base::write_text(writer_, base::shortened(clean, limit));
}

void BodyWriter::value(BodyWriter& other) {
  writer_.RawValue(other.buffer_.GetString(), other.buffer_.GetSize(), rapidjson::kObjectType);
  truncated_ = truncated_ || other.truncated_;
}

void BodyWriter::member_or_null(std::string_view name, std::string_view value, std::size_t limit) {
  if (value.empty())
    null(name);
  else
    member(name, value, limit);
}

}  // namespace alert
