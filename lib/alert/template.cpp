#include "alert/template.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "alert/alert.h"
#include "base/result.h"
#include "base/text.h"

namespace alert {
namespace {

constexpr std::string_view kOpen = "{{";
constexpr std::string_view kClose = "}}";
constexpr std::string_view kLabel = "label.";

std::string label_of(const Subject& subject, const std::string& name) {
  if (!subject.token) return {};
  const auto label = subject.token->labels.find(name);
  return label == subject.token->labels.end() ? std::string() : label->second;
}

base::Duration age_of(const Alert& alert) {
  return alert.incident.resolved_at.value_or(alert.at) - alert.incident.opened_at;
}

struct Field {
  std::string_view name;
  std::string (*value)(const Alert&, const Wording&);
};
constexpr std::array kFields{
    Field{"title", [](const Alert&, const Wording& wording) { return wording.title; }},
    Field{"before", [](const Alert&, const Wording& wording) { return wording.before; }},
    Field{"after", [](const Alert&, const Wording& wording) { return wording.after; }},
    Field{"since", [](const Alert&, const Wording& wording) { return wording.since; }},
    Field{"stops", [](const Alert&, const Wording& wording) { return wording.stops; }},
    Field{"who", [](const Alert&, const Wording& wording) { return wording.who; }},
    Field{"repair", [](const Alert&, const Wording& wording) { return wording.repair; }},
    Field{"cause", [](const Alert& alert,
                      const Wording&) { return std::string(verdict::to_text(alert.incident.finding.key.cause)); }},
    Field{"severity",
          [](const Alert& alert, const Wording&) {
            return std::string(verdict::to_text(verdict::severity_of(alert.incident.finding)));
          }},
    Field{"state", [](const Alert& alert, const Wording&) { return std::string(to_text(alert.state)); }},
    Field{"app", [](const Alert& alert, const Wording&) { return alert.subject.app; }},
    Field{"token",
          [](const Alert& alert, const Wording&) { return alert.subject.token ? alert.subject.token->name : ""; }},
    Field{"kind",
          [](const Alert& alert, const Wording&) {
            return std::string(alert.subject.token ? audit::to_text(alert.subject.token->kind) : "");
          }},
    Field{"user_id",
          [](const Alert& alert, const Wording&) { return alert.subject.token ? alert.subject.token->user_id : ""; }},
    Field{"owner", [](const Alert& alert, const Wording&) { return label_of(alert.subject, "owner"); }},
    Field{"account", [](const Alert& alert, const Wording&) { return alert.subject.account_id; }},
    Field{"account_name", [](const Alert& alert, const Wording&) { return alert.subject.account_name; }},
    Field{"incident", [](const Alert& alert, const Wording&) { return alert.incident.id.text(); }},
    Field{"alert", [](const Alert& alert, const Wording&) { return alert.id.text(); }},
    Field{"sequence", [](const Alert& alert, const Wording&) { return std::to_string(alert.sequence); }},
    Field{"opened_at", [](const Alert& alert, const Wording&) { return base::to_text(alert.incident.opened_at); }},
    Field{"last_good_at",
          [](const Alert& alert, const Wording&) {
            const auto& last_good = alert.incident.finding.last_good_at;
            return last_good ? base::to_text(*last_good) : "";
          }},
    Field{"age", [](const Alert& alert, const Wording&) { return base::to_rough_text(age_of(alert)); }},
};

const Field* find_field(std::string_view name) {
  const auto found =
      std::find_if(kFields.begin(), kFields.end(), [&](const Field& field) { return field.name == name; });
  return found == kFields.end() ? nullptr : &*found;
}

std::optional<std::string> complaint_about_field(std::string_view name) {
  if (name.empty()) return "there is no field between {{ and }}";
  if (name == kLabel) return "label. needs the name of a label: {{label.NAME}}";
  if (name.starts_with(kLabel) || find_field(name) != nullptr) return std::nullopt;
  std::vector<std::string_view> known{"label.NAME"};
  for (const Field& field : kFields) known.push_back(field.name);
  return "unknown field " + base::in_quotes(name) + base::advice_for(name, known);
}

/// Words as they stand, or the name of a field.
struct Piece {
  std::string_view text;
  bool field = false;
};
struct Fault {
  std::size_t at;  ///< bytes from the start of the template
  std::string message;
};

/// Reads the field that `rest`, the end of `whole`, begins with.
base::Result<Piece, Fault> take_field(std::string_view whole, std::string_view& rest) {
  const std::size_t at = whole.size() - rest.size();
  const std::size_t end = rest.find(kClose, kOpen.size());
  const std::string_view inside = rest.substr(kOpen.size(), end - kOpen.size());
  if (end == std::string_view::npos || inside.find(kOpen) != std::string_view::npos)
    return base::Failure{Fault{at, "this {{ has no closing }} (for a plain {{ write {{{{)"}};
  const std::string_view name = base::trim(inside);
  const std::size_t name_at = name.empty() ? at : static_cast<std::size_t>(name.data() - whole.data());
  if (auto complaint = complaint_about_field(name)) return base::Failure{Fault{name_at, std::move(*complaint)}};
  rest.remove_prefix(end + kClose.size());
  return Piece{name, true};
}

/// The pieces lie in `whole`.
base::Result<std::vector<Piece>, Fault> pieces_of(std::string_view whole) {
  std::vector<Piece> pieces;
  std::string_view rest = whole;
  while (!rest.empty()) {
    const std::size_t open = std::min(rest.find(kOpen), rest.size());
    const bool plain = rest.substr(open + std::min(kOpen.size(), rest.size() - open)).starts_with(kOpen);
    const std::size_t words = plain ? open + kOpen.size() : open;  // of {{{{ the first two stay
    if (words > 0) pieces.push_back({rest.substr(0, words)});
    rest.remove_prefix(plain ? words + kOpen.size() : words);
    if (plain || rest.empty()) continue;
    auto field = take_field(whole, rest);
    if (!field) return base::Failure{field.error()};
    pieces.push_back(field.value());
  }
  return pieces;
}

std::string place_text(std::string_view whole, std::size_t at) {
  const std::string_view before = whole.substr(0, at);
  const std::size_t line_start = before.rfind('\n') + 1;  // 0 when there is none
  const auto is_start = [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0) != 0x80; };
  const auto column =
      std::count_if(before.begin() + static_cast<std::ptrdiff_t>(line_start), before.end(), is_start) + 1;
  if (whole.find('\n') == std::string_view::npos) return fmt::format("column {}", column);
  return fmt::format("line {}, column {}", std::count(before.begin(), before.end(), '\n') + 1, column);
}

std::string value_of(std::string_view field, const Alert& alert, const Wording& wording) {
  if (field.starts_with(kLabel)) return label_of(alert.subject, std::string(field.substr(kLabel.size())));
  return find_field(field)->value(alert, wording);
}

std::string filled(std::string_view text, const Alert& alert, const Wording& wording) {
  const auto pieces = pieces_of(text);
  std::string filled;
  for (const Piece& piece : pieces.value())
    filled += piece.field ? base::clean_text(value_of(piece.text, alert, wording)) : std::string(piece.text);
  return std::string(base::trim(filled));
}

}  // namespace

std::optional<std::string> complaint_about_template(std::string_view text) {
  const auto pieces = pieces_of(text);
  if (pieces) return std::nullopt;
  return place_text(text, pieces.error().at) + ": " + pieces.error().message;
}

Wording apply(const Template& words, const Alert& alert, Wording wording) {
  std::string title = filled(words.title, alert, wording);
  wording.text = filled(words.text, alert, wording);
  if (!title.empty()) wording.title = std::move(title);
  return wording;
}

}  // namespace alert
