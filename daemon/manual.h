#pragma once

#include <string>

namespace CLI {
class App;
}

namespace app {

/// What adsauditd(1) says of each command, in the language of scdoc(5): from the parser's own words, so that the page
/// has every command and option. What is hidden from --help is left out.
std::string manual_commands(const CLI::App& root);

}  // namespace app
