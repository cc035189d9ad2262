#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
}

namespace app {

/// A word that may come next, and what it is for.
struct CompletionWord {
  std::string text;
  std::string description;
};
/// What a command takes as the value of an option, or in a place among its arguments: "tokens", "files", "text".
struct CompletionValue {
  std::string of;  ///< "--token", or "1" for the first argument
  std::string_view kind;
};
/// A command of the command line, such as "token add"; the whole program is the empty one.
struct CompletionCommand {
  std::string path;
  std::vector<CompletionWord> words;
  std::vector<CompletionValue> values;
};

/// All commands, as the program's own parser knows them. What is hidden from --help is left out.
std::vector<CompletionCommand> completion_commands(const CLI::App& root);

/// What a shell runs to complete our command line. Names of tokens, ad accounts and so on it asks the program for, each
/// time: adsauditd __complete KIND.
std::string bash_completion(const std::vector<CompletionCommand>& commands);
std::string zsh_completion(const std::vector<CompletionCommand>& commands);
std::string fish_completion(const std::vector<CompletionCommand>& commands);

}  // namespace app
