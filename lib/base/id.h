#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <functional>
#include <string>
#include <string_view>

#include "base/random.h"
#include "base/result.h"
#include "base/text.h"
#include "base/time.h"

namespace base {

using IdBytes = std::array<unsigned char, 16>;

/// 48 bits of milliseconds, then 80 random bits: ids sort by the time they were made.
IdBytes make_id_bytes(Instant now, Random& random);
Instant id_bytes_made_at(const IdBytes& bytes);
/// 26 characters of Crockford's base 32 (https://www.crockford.com/base32.html).
std::string id_bytes_to_text(const IdBytes& bytes);
Result<IdBytes> id_bytes_from_text(std::string_view text);

/// A 128-bit id of our own. `Tag::kPrefix` starts its text form ("inc_01J..."), so that ids of different things
/// are told apart by people, and by the compiler.
template <class Tag>
class Id {
 public:
  Id() = default;  ///< the null id; make() never gives it
  static Id make(Instant now, Random& random) { return Id(make_id_bytes(now, random)); }
  static Id from_bytes(const IdBytes& bytes) { return Id(bytes); }
  static Result<Id> parse(std::string_view text) {
    const std::string_view prefix(Tag::kPrefix);
    if (!text.starts_with(prefix))
      return Failure{"\"" + clean_text(text) + "\" does not start with " + std::string(prefix)};
    auto bytes = id_bytes_from_text(text.substr(prefix.size()));
    if (!bytes) return Failure{"\"" + clean_text(text) + "\" is not an id: " + bytes.error()};
    return Id(bytes.value());
  }

  /// To the millisecond; the epoch for the null id.
  Instant made_at() const { return id_bytes_made_at(bytes_); }
  std::string text() const { return Tag::kPrefix + id_bytes_to_text(bytes_); }
  bool null() const { return bytes_ == IdBytes{}; }
  const IdBytes& bytes() const { return bytes_; }
  auto operator<=>(const Id&) const = default;

 private:
  explicit Id(const IdBytes& bytes) : bytes_(bytes) {}
  IdBytes bytes_{};
};

}  // namespace base

template <class Tag>
struct std::hash<base::Id<Tag>> {
  std::size_t operator()(const base::Id<Tag>& id) const noexcept {
    std::size_t low;
    std::memcpy(&low, id.bytes().data() + 8, sizeof low);  // the random half
    return low;
  }
};
