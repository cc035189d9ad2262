// What the shells run. Each walks over the words before the cursor: a word that names a command leads into it, an
// option that takes a value swallows the next word, and any other word is an argument. The tables of words and values
// come from the command line itself; nothing here knows a verb.

#include <fmt/format.h>

#include "base/text.h"
#include "completion.h"

namespace app {
namespace {

constexpr std::string_view kBash = R"shell(
_adsauditd() {
  local cur=${COMP_WORDS[COMP_CWORD]} path='' taking='' kind='' word name
  local -a config=()
  local -i i argument=1
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    if [[ -n $taking ]]; then
      [[ $taking != --config ]] || config=(--config "$word")
      taking=''
    elif [[ $word == -* ]]; then
      [[ -z $(_adsauditd_value "$path/$word") ]] || taking=$word
    elif _adsauditd_words "${path:+$path }$word" >/dev/null; then
      path=${path:+$path }$word
    else
      ((argument++))
    fi
  done
  if [[ -n $taking ]]; then
    kind=$(_adsauditd_value "$path/$taking")
  elif [[ $cur != -* ]]; then
    kind=$(_adsauditd_value "$path/$argument")
  fi
  COMPREPLY=()
  case $kind in
  text) ;;
  files)
    compopt -o filenames
    mapfile -t COMPREPLY < <(compgen -f -- "$cur")
    ;;
  '') mapfile -t COMPREPLY < <(compgen -W "$(_adsauditd_words "$path")" -- "$cur") ;;
  *)
    while IFS= read -r name; do
      [[ $name != "$cur"* ]] || COMPREPLY+=("$(printf %q "$name")")
    done < <(command adsauditd __complete "$kind" "${config[@]}" 2>/dev/null)
    ;;
  esac
}
complete -F _adsauditd adsauditd
)shell";

constexpr std::string_view kZsh = R"shell(
_adsauditd() {
  local path_='' taking='' kind='' word
  local -a config found
  local -i i argument=1
  for ((i = 2; i < CURRENT; i++)); do
    word=${words[i]}
    if [[ -n $taking ]]; then
      [[ $taking != --config ]] || config=(--config "${(Q)word}")
      taking=''
    elif [[ $word == -* ]]; then
      [[ -z $(_adsauditd_value "$path_/$word") ]] || taking=$word
    elif _adsauditd_words "${path_:+$path_ }$word" >/dev/null; then
      path_=${path_:+$path_ }$word
    else
      ((argument++))
    fi
  done
  if [[ -n $taking ]]; then
    kind=$(_adsauditd_value "$path_/$taking")
  elif [[ ${words[CURRENT]} != -* ]]; then
    kind=$(_adsauditd_value "$path_/$argument")
  fi
  case $kind in
  text) ;;
  files) _files ;;
  '')
    found=("${(@f)$(_adsauditd_words "$path_")}")
    _describe adsauditd found
    ;;
  *)
    found=("${(@f)$(command adsauditd __complete "$kind" "${config[@]}" 2>/dev/null)}")
    compadd -- "${found[@]}"
    ;;
  esac
}
# Read as a file of functions it is run at once; sourced, it is only told of.
if [[ ${funcstack[1]} == _adsauditd ]]; then
  _adsauditd "$@"
else
  compdef _adsauditd adsauditd
fi
)shell";

constexpr std::string_view kFish = R"shell(
function __adsauditd_complete
    set -l path ''
    set -l taking ''
    set -l kind ''
    set -l config
    set -l argument 1
    set -l cur (commandline -ct)
    for word in (commandline -opc)[2..-1]
        if test -n "$taking"
            test "$taking" = --config; and set config --config $word
            set taking ''
        else if string match -q -- '-*' $word
            test -n "$(__adsauditd_value "$path/$word")"; and set taking $word
        else if __adsauditd_words (string trim "$path $word") >/dev/null
            set path (string trim "$path $word")
        else
            set argument (math $argument + 1)
        end
    end
    if test -n "$taking"
        set kind (__adsauditd_value "$path/$taking")
    else if not string match -q -- '-*' $cur
        set kind (__adsauditd_value "$path/$argument")
    end
    switch "$kind"
        case text
        case files
            __fish_complete_path $cur
        case ''
            __adsauditd_words $path
        case '*'
            command adsauditd __complete $kind $config 2>/dev/null
    end
end
complete -c adsauditd -e
complete -c adsauditd -f -a '(__adsauditd_complete)'
)shell";

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
  return text;
}
/// For bash and zsh.
std::string quoted(const std::string& text) { return "'" + replaced(text, "'", R"('\'')") + "'"; }
std::string fish_quoted(const std::string& text) {
  return "'" + replaced(replaced(text, R"(\)", R"(\\)"), "'", R"(\')") + "'";
}

/// The function that gives a command's words, one a line, and fails when there is no such command.
template <class Line>
std::string words_function(const std::vector<CompletionCommand>& commands, Line line) {
  std::string text = "_adsauditd_words() {\n  case $1 in\n";
  for (const auto& command : commands) {
    text += "  " + quoted(command.path) + ") printf '%s\\n'";
    for (const auto& word : command.words) text += " " + quoted(line(word));
    text += " ;;\n";
  }
  return text + "  *) return 1 ;;\n  esac\n}\n";
}

std::string value_function(const std::vector<CompletionCommand>& commands) {
  std::string text = "_adsauditd_value() {\n  case $1 in\n";
  for (const auto& command : commands) {
    for (const auto& value : command.values)
      text += fmt::format("  {}) echo {} ;;\n", quoted(command.path + "/" + value.of), value.kind);
  }
  return text + "  esac\n}\n";
}

}  // namespace

std::string bash_completion(const std::vector<CompletionCommand>& commands) {
  return "# bash completion for adsauditd; written by: adsauditd completion bash\n" +
         words_function(commands, [](const CompletionWord& word) { return word.text; }) + value_function(commands) +
         std::string(kBash.substr(1));
}

std::string zsh_completion(const std::vector<CompletionCommand>& commands) {
  return "#compdef adsauditd\n# Written by: adsauditd completion zsh\n" +
         words_function(
             commands,
             [](const CompletionWord& word) { return replaced(word.text, ":", R"(\:)") + ":" + word.description; }) +
         value_function(commands) + std::string(kZsh.substr(1));
}

std::string fish_completion(const std::vector<CompletionCommand>& commands) {
  std::string text =
      "# fish completion for adsauditd; written by: adsauditd completion fish\n"
      "function __adsauditd_words\n    switch \"$argv[1]\"\n";
  for (const auto& command : commands) {
    text += "        case " + fish_quoted(command.path) + "\n            printf '%s\\t%s\\n'";
    for (const auto& word : command.words) text += " " + fish_quoted(word.text) + " " + fish_quoted(word.description);
    text += "\n";
  }
  text += "        case '*'\n            return 1\n    end\nend\nfunction __adsauditd_value\n    switch \"$argv[1]\"\n";
  for (const auto& command : commands) {
    for (const auto& value : command.values)
      text +=
          fmt::format("        case {}\n            echo {}\n", fish_quoted(command.path + "/" + value.of), value.kind);
  }
  return text + "    end\nend\n" + std::string(kFish.substr(1));
}

}  // namespace app
