#pragma once

#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "base/text.h"

namespace settings {

/// One file of settings as it was read.
struct Source {
  std::string name;  ///< as people know it; starts every complaint
  std::string text;
};

/// Where something stands. Line and column count from 1, the column in bytes. Line 0 is the file as a whole.
struct Place {
  std::size_t source = 0;  ///< index into the sources
  int line = 0;
  int column = 0;
  bool operator==(const Place&) const = default;
  bool operator<(const Place& other) const {
    return std::tie(source, line, column) < std::tie(other.source, other.line, other.column);
  }
};

/// One thing that is wrong with the settings, or with a warning: that is hardly meant. Holds no value of a secret.
struct Complaint {
  std::string file;
  int line = 0;      ///< from 1; 0: the file as a whole
  int column = 0;    ///< from 1, in characters
  std::string path;  ///< "tokens[0].kind"; empty for the file as a whole and for broken YAML
  std::string message;
  std::string source_line;  ///< the line, with whatever may be a secret replaced by ***
  bool warning = false;
};
/// "adsauditd.yaml:42:11: expect[0].at_least[0]: unknown permission ...", then the line and a caret under the column.
std::string to_text(const Complaint& complaint);

constexpr std::size_t kMaxComplaints = 50;  ///< of each sort: errors, warnings

/// Gathers what is wrong, so that all of it can be told at once. `sources` outlive it.
class Complaints {
 public:
  explicit Complaints(const std::vector<Source>& sources);

  void error(const Place& place, const std::string& path, std::string message);
  void warn(const Place& place, const std::string& path, std::string message);
  /// Takes over what is wrong in a file that the value at `place` names, to be told in that place of the order.
  void adopt(const Place& place, Complaints&& of_named_file);
  bool any_error() const { return errors_ > 0; }
  std::size_t errors() const { return errors_; }
  /// How many came after the first kMaxComplaints of their sort and were only counted.
  std::size_t left_out() const;
  /// In the order of the files and their lines.
  std::vector<Complaint> take();

  const std::string& file(std::size_t source) const { return sources_[source].name; }
  const std::vector<std::string_view>& lines(std::size_t source) const { return lines_[source]; }
  std::string text_of(const Place& place) const;  ///< "adsauditd.yaml:42:11"

 private:
  struct Entry {
    Place place;
    Complaint complaint;
  };
  void add(const Place& place, const std::string& path, std::string message, bool warning);
  int character_column(const Place& place) const;

  const std::vector<Source>& sources_;
  std::vector<std::vector<std::string_view>> lines_;  ///< of each source, without line ends
  std::vector<Entry> entries_;
  std::size_t errors_ = 0;
  std::size_t warnings_ = 0;
};

using base::advice_for;
using base::in_quotes;

}  // namespace settings
