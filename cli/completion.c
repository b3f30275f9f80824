/* SPDX-License-Identifier: MIT */
/* `completion`: for each shell a few lines that ask `complete`, so that all of them know the same
 * words. */
#include "cli/report.h"
#include "cli/subcommands.h"

#include <stdio.h>
#include <string.h>

static const char bash[] =
    "_hyperprocess() {\n"
    "  local line cur=\"${COMP_WORDS[COMP_CWORD]}\" tab=$'\\t'\n"
    "  COMPREPLY=()\n"
    "  while IFS= read -r line; do\n"
    "    line=\"${line%%\"$tab\"*}\"\n"
    "    case \"$line\" in\n"
    "      :file) compopt -o default 2>/dev/null ;;\n"
    "      :directory) compopt -o filenames 2>/dev/null\n"
    "        while IFS= read -r line; do COMPREPLY+=(\"$line\"); done < <(compgen -d -- \"$cur\") "
    ";;\n"
    "      :command) compopt -o default 2>/dev/null\n"
    "        while IFS= read -r line; do COMPREPLY+=(\"$line\"); done < <(compgen -c -- \"$cur\") "
    ";;\n"
    "      \"$cur\"*) COMPREPLY+=(\"$line\")\n"
    "        if [[ $line == *[=:] ]]; then compopt -o nospace 2>/dev/null; fi ;;\n"
    "    esac\n"
    "  done < <(\"${COMP_WORDS[0]}\" complete -- \"${COMP_WORDS[@]:1:COMP_CWORD}\" 2>/dev/null)\n"
    "}\n"
    "complete -F _hyperprocess hyperprocess\n";

static const char zsh[] =
    "#compdef hyperprocess\n"
    "_hyperprocess() {\n"
    "  local line word tab=$'\\t'\n"
    "  local -a items\n"
    "  while IFS= read -r line; do\n"
    "    case \"$line\" in\n"
    "      (:file) _files; return ;;\n"
    "      (:directory) _files -/; return ;;\n"
    "      (:command) _command_names -e || _files; return ;;\n"
    "    esac\n"
    "    word=\"${line%%$tab*}\"\n"
    "    if [[ \"$line\" == *$tab* ]]; then\n"
    "      items+=(\"${word//:/\\\\:}:${line#*$tab}\")\n"
    "    else\n"
    "      items+=(\"${word//:/\\\\:}\")\n"
    "    fi\n"
    "  done < <(\"${words[1]}\" complete -- \"${(@)words[2,CURRENT]}\" 2>/dev/null)\n"
    "  _describe hyperprocess items\n"
    "}\n"
    "compdef _hyperprocess hyperprocess\n";

static const char fish[] = "function __hyperprocess_complete\n"
                           "  set -l line (commandline -opc) (commandline -ct)\n"
                           "  for candidate in ($line[1] complete -- $line[2..-1] 2>/dev/null)\n"
                           "    switch $candidate\n"
                           "      case ':file' ':directory' ':command'\n"
                           "        __fish_complete_path (commandline -ct)\n"
                           "      case '*'\n"
                           "        printf '%s\\n' $candidate\n"
                           "    end\n"
                           "  end\n"
                           "end\n"
                           "complete -c hyperprocess -f -a '(__hyperprocess_complete)'\n";

int cli_completion(const struct arguments *arguments) {
  static const struct {
    const char *shell, *script;
  } scripts[] = {{"bash", bash}, {"zsh", zsh}, {"fish", fish}};
  hp_error *error = NULL;
  for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++)
    if (strcmp(scripts[i].shell, arguments->word) == 0) {
      fputs(scripts[i].script, stdout);
      return EXIT_DONE;
    }
  refuse_usage(&error, "completion: '%s' is none of bash, zsh and fish", arguments->word);
  return report_failure(error);
}
