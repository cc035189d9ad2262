#include "alert/mail_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/encoding.h"
#include "base/text.h"

namespace alert {
namespace {

constexpr std::size_t kLineLimit = 76;  // RFC 2045 section 6.7 and RFC 2047 section 2; the line break does not count

bool is_printable(unsigned char c) { return c >= 0x20 && c <= 0x7E; }

/// True when it may stand in a header as it is; "=?" would begin an encoded word.
bool is_plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(), is_printable) && text.find("=?") == std::string_view::npos;
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  for (const std::string_view word : base::split(text, ' ')) {
    if (!word.empty()) words.emplace_back(word);
  }
  return words;
}

/// Encoded words of whole code points. Blanks between encoded words are not part of the text.
std::vector<std::string> encoded_words_of(std::string_view text) {
  constexpr std::size_t kMostBytes = 39;  // 64 characters as an encoded word; a header's name stands beside the first
  std::vector<std::string> words;
  while (!text.empty()) {
    const std::string_view start = base::cut_at_code_point(text, kMostBytes);
    words.push_back("=?utf-8?B?" + base::to_base64(start) + "?=");
    text.remove_prefix(start.size());
  }
  return words;
}

void append_escaped(std::string& line, char c) { line += fmt::format("={:02X}", static_cast<unsigned char>(c)); }

/// One line without its end. A blank at the end must be escaped: servers may take it away.
std::string quoted_printable_line(std::string_view line) {
  std::string encoded;
  std::size_t column = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    const bool last = i + 1 == line.size();
    const bool as_it_is = is_printable(static_cast<unsigned char>(c)) && c != '=' && !(c == ' ' && last);
    const std::size_t width = as_it_is ? 1 : 3;
    if (column + width > kLineLimit - 1) {  // room for the '=' of a soft line break
      encoded += "=\r\n";
      column = 0;
    }
    if (as_it_is)
      encoded += c;
    else
      append_escaped(encoded, c);
    column += width;
  }
  return encoded;
}

}  // namespace

std::string mail_date(base::Instant instant) {
  static constexpr std::array kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(instant);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(std::chrono::floor<std::chrono::seconds>(instant - day));
  return fmt::format("{}, {:02} {} {} {:02}:{:02}:{:02} +0000", kDays[std::chrono::weekday(day).c_encoding()],
                     static_cast<unsigned>(date.day()), kMonths[static_cast<unsigned>(date.month()) - 1],
                     static_cast<int>(date.year()), time.hours().count(), time.minutes().count(),
                     time.seconds().count());
}

std::string mail_header(std::string_view name, std::string_view text) {
  const std::string clean = base::clean_text(text);
  const auto words = is_plain(clean) ? words_of(clean) : encoded_words_of(clean);
  std::string header = std::string(name) + ":";
  std::size_t column = header.size();
  for (const std::string& word : words) {
    if (column + 1 + word.size() > kLineLimit) {
      header += "\r\n";
      column = 0;
    }
    header += " " + word;
    column += 1 + word.size();
  }
  return header + "\r\n";
}

std::string quoted_printable(std::string_view lines) {
  std::string encoded;
  while (!lines.empty()) {
    const auto end = lines.find('\n');
    encoded += quoted_printable_line(lines.substr(0, end)) + "\r\n";
    lines.remove_prefix(end == std::string_view::npos ? lines.size() : end + 1);
  }
  return encoded;
}

}  // namespace alert
