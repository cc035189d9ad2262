#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/time.h"

namespace app {

/// Text that anybody may read, in a report that people attach to a public question. No text that the program was given
/// can become one: it is written in the source, the name of an enumerator, a number in some unit, one of a closed list,
/// or a stand-in. So no name, id, host or secret gets into what is made of these, whoever writes the next line of it.
class PublicText {
 public:
  template <std::size_t N>
  consteval PublicText(const char (&literal)[N])  // NOLINT(google-explicit-constructor)
      : literal_(literal, N - 1) {}
  template <class E>
  requires std::is_enum_v<E>
  explicit PublicText(E enumerator) : PublicText(made(std::string(to_text(enumerator)))) {}

  /// "other" for what is not in the list, which is written in the source.
  static PublicText one_of(std::string_view text, std::initializer_list<std::string_view> list) {
    return std::find(list.begin(), list.end(), text) == list.end() ? PublicText("other") : made(std::string(text));
  }
  /// "token-3", for a thing that has a name.
  static PublicText stand_in(const PublicText& kind, std::size_t number) {
    return made(std::string(kind.view()) + "-" + std::to_string(number));
  }
  /// "15m"
  static PublicText duration(base::Duration duration) { return made(base::to_text(duration)); }
  /// "3d 4h"
  static PublicText rough(base::Duration duration) { return made(base::to_rough_text(duration)); }
  /// "10%"
  static PublicText share(double share);
  static PublicText number(std::int64_t number) { return made(std::to_string(number)); }
  /// "512MiB"
  static PublicText number(std::int64_t number, const PublicText& unit) {
    return made(std::to_string(number) + std::string(unit.view()));
  }
  /// "routes[].to", when each piece between dots and brackets is one of `words`, which are the program's; else "other".
  static PublicText path(std::string_view path, const std::set<std::string, std::less<>>& words);
  /// As much of the start as are digits and dots, and a hyphen between digits: "6.1.0-28" of "6.1.0-28-amd64".
  static PublicText version(std::string_view text);
  /// "15m, 1h"
  static PublicText list(const std::vector<PublicText>& texts);

  std::string_view view() const { return made_.empty() ? literal_ : std::string_view(made_.data(), made_.size()); }
  bool operator==(const PublicText& other) const { return view() == other.view(); }
  bool operator<(const PublicText& other) const { return view() < other.view(); }

 private:
  PublicText() = default;
  static PublicText made(const std::string& text) {
    PublicText made;
    made.made_.assign(text.begin(), text.end());
    return made;
  }

  std::string_view literal_;
  std::vector<char> made_;  ///< no std::string: one in the source could not be checked when it is compiled
};

}  // namespace app
