#include "store/row_value.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/overloaded.h"
#include "store/row_text.h"

namespace store {
namespace {

// The place in this list is what is stored: only ever append to it.
constexpr std::array kDenials{
    xads::Denial::kTokenInvalid,   xads::Denial::kUnauthenticated, xads::Denial::kAccountNotFound,
    xads::Denial::kUserSuspended,  xads::Denial::kUserLocked,      xads::Denial::kReauthorizationRequired,
    xads::Denial::kAppRejected,    xads::Denial::kVersionRetired,  xads::Denial::kClockSkewed,
    xads::Denial::kRequestRefused, xads::Denial::kUnknown};

constexpr std::size_t kMasks = 128;  // all sets of the seven known permissions

/// Made once: reading a million probes should not build a million lists of names.
const xads::Permissions& permissions_of(std::size_t mask) {
  static const auto all = [] {
    std::array<xads::Permissions, kMasks> sets;
    for (std::size_t set = 0; set < kMasks; ++set) {
      std::vector<std::string> texts;
      for (const auto permission : xads::all_permissions())
        if ((set & static_cast<std::size_t>(permission)) != 0) texts.emplace_back(xads::to_text(permission));
      sets[set] = xads::Permissions::from_texts(texts);
    }
    return sets;
  }();
  return all[mask];
}

/// The number that `text` is, when it reads the same in decimal digits and fits a column.
std::optional<std::int64_t> number_of(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool plain = error == std::errc() && end == text.data() + text.size() && number >= 0 &&
                     (text.front() != '0' || text.size() == 1) && text.front() != '-';
  return plain ? std::optional(number) : std::nullopt;
}

/// Nothing when it needs the long form.
std::optional<std::string> short_grant(const xads::Granted& granted) {
  const auto user = number_of(granted.user_id);
  if (!user || !granted.permissions.unknown().empty()) return std::nullopt;
  std::string bytes;
  for (auto rest = static_cast<std::uint64_t>(*user); rest != 0; rest >>= 8) bytes.push_back(static_cast<char>(rest));
  bytes.push_back(static_cast<char>(granted.permissions.known_mask()));
  std::ranges::reverse(bytes);
  return bytes;
}

std::optional<verdict::Conclusive> grant_from_short(std::string_view bytes) {
  if (bytes.empty() || bytes.size() > 9 || static_cast<unsigned char>(bytes[0]) >= kMasks) return std::nullopt;
  std::uint64_t user = 0;
  for (const char byte : bytes.substr(1)) user = user << 8 | static_cast<unsigned char>(byte);
  return xads::Granted{std::to_string(user), permissions_of(static_cast<unsigned char>(bytes[0]))};
}

std::optional<verdict::Conclusive> denial_from_code(std::int64_t code) {
  if (code < 0 || code >= std::ssize(kDenials)) return std::nullopt;
  return xads::Denied{kDenials[static_cast<std::size_t>(code)]};
}

std::int64_t code_of(xads::Denial denial) {
  const auto* place = std::ranges::find(kDenials, denial);
  ENSURE(place != kDenials.end());
  return place - kDenials.begin();
}

}  // namespace

void bind_digits(Statement& statement, std::string_view text) {
  if (const auto number = number_of(text))
    statement.bind(*number);
  else
    statement.bind(text);
}

std::string read_digits(const Statement& row, int column) {
  return row.kind(column) == Statement::Kind::kNumber ? std::to_string(row.number(column)) : row.text(column);
}

void bind_word(Statement& statement, std::span<const std::string_view> words, std::string_view text) {
  const auto word = std::ranges::find(words, text);
  if (word != words.end())
    statement.bind(word - words.begin());
  else
    statement.bind(text);
}

std::string read_word(const Statement& row, int column, std::span<const std::string_view> words) {
  if (row.kind(column) != Statement::Kind::kNumber) return row.text(column);
  const auto place = row.number(column);
  if (place < 0 || place >= std::ssize(words)) return std::to_string(place);  // no word of ours is a number
  return std::string(words[static_cast<std::size_t>(place)]);
}

void bind_answer(Statement& statement, const verdict::Conclusive& answer) {
  std::visit(base::Overloaded{[&](const xads::Granted& granted) {
                                if (const auto bytes = short_grant(granted))
                                  statement.bind_bytes(*bytes);
                                else
                                  statement.bind(answer_to_json(granted));
                              },
                              [&](const xads::Denied& denied) { statement.bind(code_of(denied.denial)); }},
             answer);
}

std::optional<verdict::Conclusive> read_answer(const Statement& row, int column) {
  switch (row.kind(column)) {
    case Statement::Kind::kNumber:
      return denial_from_code(row.number(column));
    case Statement::Kind::kBytes:
      return grant_from_short(row.view(column));
    case Statement::Kind::kText: {
      auto answer = answer_from_json(row.view(column));
      return answer ? std::optional(std::move(answer).value()) : std::nullopt;
    }
    case Statement::Kind::kNull:
      return std::nullopt;
  }
  return std::nullopt;
}

void bind_side(Statement& statement, std::string_view text) {
  if (text.empty()) {
    statement.bind_null();
    return;
  }
  const auto answer = verdict::answer_from_text(text);
  const auto* granted = answer ? std::get_if<xads::Granted>(&*answer) : nullptr;
  const bool usual = answer && (granted == nullptr || short_grant(*granted));
  if (usual)
    bind_answer(statement, *answer);
  else
    statement.bind(text);
}

std::string read_side(const Statement& row, int column) {
  const auto kind = row.kind(column);
  if (kind == Statement::Kind::kNull || kind == Statement::Kind::kText) return row.text(column);
  const auto answer = read_answer(row, column);
  return answer ? verdict::to_text(*answer) : row.text(column);
}

void bind_permissions(Statement& statement, const std::vector<std::string>& permissions) {
  if (permissions.empty()) {
    statement.bind_null();
    return;
  }
  const auto set = xads::Permissions::from_texts(permissions);
  if (set.unknown().empty() && set.texts() == permissions)
    statement.bind(set.known_mask());
  else
    statement.bind(texts_to_json(permissions));
}

std::vector<std::string> read_permissions(const Statement& row, int column) {
  if (row.null(column)) return {};
  if (row.kind(column) != Statement::Kind::kNumber) return row.read_back(texts_from_json(row.view(column)));
  const auto mask = row.number(column);
  if (mask <= 0 || mask >= static_cast<std::int64_t>(kMasks))
    return row.read_back(std::optional<std::vector<std::string>>(), std::to_string(mask));
  return permissions_of(static_cast<std::size_t>(mask)).texts();
}

}  // namespace store
