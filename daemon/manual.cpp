#include "manual.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "base/text.h"

namespace app {
namespace {

/// Text in which scdoc finds no mark-up.
std::string plain(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (std::string_view("\\*_").find(c) != std::string_view::npos) escaped += '\\';
    escaped += c;
  }
  return escaped;
}

bool is_shown(const CLI::Option& option) { return !option.get_group().empty(); }

std::string heading(const CLI::App& command, const std::string& path) {
  std::string text = fmt::format("*adsauditd {}*", plain(path));
  bool has_options = false;
  for (const CLI::Option* option : command.get_options()) {
    if (!option->get_positional())
      has_options = has_options || (is_shown(*option) && option != command.get_help_ptr());
    else
      text += fmt::format(fmt::runtime(option->get_required() ? " _{}_" : " [_{}_]"), option->get_name(true, false));
  }
  return text + (has_options ? " [_options_]" : "") + "\n";
}

std::string option_text(const CLI::Option& option) {
  const bool argument = option.get_positional();
  const bool takes_value = !argument && option.get_items_expected_max() > 0;
  const std::string name =
      argument ? "_" + option.get_name(true, false) + "_" : "*--" + option.get_lnames().front() + "*";
  const std::string standard = option.get_default_str();
  return fmt::format("\t{}{}\n\t\t{}{}\n\n", name, takes_value ? " _value_" : "", plain(option.get_description()),
                     standard.empty() ? "" : fmt::format(" (else {})", plain(standard)));
}

void add_commands(std::string& text, const CLI::App& app, const std::string& path) {
  for (const CLI::App* verb : app.get_subcommands([](const CLI::App* one) { return !one->get_group().empty(); })) {
    const std::string name = path.empty() ? verb->get_name() : path + " " + verb->get_name();
    if (verb->get_require_subcommand_min() == 0) {
      text += heading(*verb, name) + fmt::format("\t{}.\n\n", plain(verb->get_description()));
      for (const CLI::Option* option : verb->get_options()) {
        if (is_shown(*option) && option != verb->get_help_ptr() &&
            (option->get_positional() || !option->get_lnames().empty()))
          text += option_text(*option);
      }
      const std::string footer = verb->get_footer();
      for (const auto line : base::split(footer, '\n')) {
        if (!line.empty()) text += fmt::format("\t{}\n\n", plain(line));
      }
    }
    add_commands(text, *verb, name);
  }
}

}  // namespace

std::string manual_commands(const CLI::App& root) {
  std::string text;
  add_commands(text, root, "");
  return text;
}

}  // namespace app
