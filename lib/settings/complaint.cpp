#include "settings/complaint.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "settings/mask.h"

namespace settings {
namespace {

constexpr std::size_t kLongestLine = 200;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

std::vector<std::string_view> lines_of(std::string_view text) {
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  std::vector<std::string_view> lines = base::split(text, '\n');
  for (std::string_view& line : lines) {
    if (line.ends_with('\r')) line.remove_suffix(1);
  }
  return lines;
}

/// Tabs stay tabs, so that the caret stands under its column however wide they are shown.
std::string caret_under(std::string_view line, int column) {
  std::string blanks;
  for (const char byte : line) {
    if (static_cast<int>(blanks.size()) + 1 >= column) break;
    if ((static_cast<unsigned char>(byte) & 0xC0) != 0x80) blanks += byte == '\t' ? '\t' : ' ';
  }
  return blanks + "^";
}

/// Code points: all bytes but the tails of longer sequences.
int count_characters(std::string_view text) {
  return static_cast<int>(std::count_if(text.begin(), text.end(),
                                        [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0) != 0x80; }));
}

std::string without_controls(std::string_view line) {
  std::vector<std::string> parts;
  for (const std::string_view part : base::split(line, '\t')) parts.push_back(base::clean_text(part));
  return fmt::format("{}", fmt::join(parts, "\t"));
}

}  // namespace

std::string to_text(const Complaint& complaint) {
  std::string text = complaint.file;
  if (complaint.line > 0) text += fmt::format(":{}:{}", complaint.line, complaint.column);
  text += complaint.warning ? ": warning: " : ": ";
  if (!complaint.path.empty()) text += complaint.path + ": ";
  text += complaint.message;
  if (complaint.line == 0 || complaint.source_line.empty()) return text;
  return text + "\n" + complaint.source_line + "\n" + caret_under(complaint.source_line, complaint.column);
}

Complaints::Complaints(const std::vector<Source>& sources) : sources_(sources) {
  for (const Source& source : sources) lines_.push_back(lines_of(source.text));
}

void Complaints::error(const Place& place, const std::string& path, std::string message) {
  if (++errors_ <= kMaxComplaints) add(place, path, std::move(message), false);
}

void Complaints::warn(const Place& place, const std::string& path, std::string message) {
  if (++warnings_ <= kMaxComplaints) add(place, path, std::move(message), true);
}

void Complaints::adopt(const Place& place, Complaints&& of_named_file) {
  const std::size_t errors = errors_ + of_named_file.errors_;
  const std::size_t warnings = warnings_ + of_named_file.warnings_;
  for (Complaint& complaint : of_named_file.take()) {
    if (++(complaint.warning ? warnings_ : errors_) <= kMaxComplaints)
      entries_.push_back({place, std::move(complaint)});
  }
  errors_ = errors;
  warnings_ = warnings;
}

void Complaints::add(const Place& place, const std::string& path, std::string message, bool warning) {
  Complaint complaint{
      sources_[place.source].name, place.line, character_column(place), path, std::move(message), "", warning};
  if (place.line > 0) {
    const std::string line = without_controls(masked_line(lines_[place.source], place.line));
    complaint.source_line = base::cut_at_code_point(line, kLongestLine);
  }
  entries_.push_back({place, std::move(complaint)});
}

std::vector<Complaint> Complaints::take() {
  std::stable_sort(entries_.begin(), entries_.end(),
                   [](const Entry& left, const Entry& right) { return left.place < right.place; });
  std::vector<Complaint> complaints;
  for (Entry& entry : entries_) complaints.push_back(std::move(entry.complaint));
  entries_.clear();
  return complaints;
}

std::size_t Complaints::left_out() const {
  return errors_ + warnings_ - std::min(errors_, kMaxComplaints) - std::min(warnings_, kMaxComplaints);
}

std::string Complaints::text_of(const Place& place) const {
  return fmt::format("{}:{}:{}", sources_[place.source].name, place.line, character_column(place));
}

int Complaints::character_column(const Place& place) const {
  if (place.line == 0) return 0;
  const std::string_view line = lines_[place.source][static_cast<std::size_t>(place.line) - 1];
  return count_characters(line.substr(0, static_cast<std::size_t>(place.column) - 1)) + 1;
}

}  // namespace settings
