// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

const bash = `
_givc_cli() {
  local line=\${COMP_LINE:0:COMP_POINT} words=() candidates piece typed
  # Pieces without a blank between them are one word, which bash has cut at = : or @.
  for piece in "\${COMP_WORDS[@]:0:COMP_CWORD}" ''; do
    if [[ \${#words[@]} -eq 0 || $line == [[:space:]]* ]]; then
      line=\${line#"\${line%%[![:space:]]*}"}
      words+=('')
    fi
    words[-1]+=$piece
    line=\${line#"$piece"}
  done
  words[-1]+=$line
  # What stays before the piece that bash replaces.
  typed=\${words[-1]%"$2"}
  words=("\${words[@]//[\\'\\"\\\\]/}")
  mapfile -t candidates < <(command givc-cli complete -- "\${words[@]:1}" 2>/dev/null)
  case \${candidates[0]-} in
    '<file>') compopt -o default ;;
    '<folder>')
      compopt -o filenames
      mapfile -t COMPREPLY < <(compgen -d -- "\${words[-1]#"$typed"}")
      ;;
    *)
      candidates=("\${candidates[@]%%$'\\t'*}")
      COMPREPLY=("\${candidates[@]#"$typed"}")
      ;;
  esac
}
complete -F _givc_cli givc-cli
`;

const zsh = `#compdef givc-cli
_givc_cli() {
  local line
  local -a candidates
  for line in "\${(@f)$(command givc-cli complete -- "\${(@Q)words[2,CURRENT-1]}" "\${(Q)PREFIX}" 2>/dev/null)}"; do
    case $line in
      '<file>' | '<folder>')
        [[ $PREFIX == --*=* ]] && compset -P '*='
        if [[ $line == '<file>' ]]; then _files; else _files -/; fi
        return
        ;;
      ?*) candidates+=("\${\${line//:/\\\\:}/$'\\t'/:}") ;;
    esac
  done
  _describe -V givc-cli candidates
}
# As a file of fpath it is called; otherwise it is sourced.
if [[ \${funcstack[1]-} == _givc-cli ]]; then _givc_cli; else compdef _givc_cli givc-cli; fi
`;

const fish = `
function __givc_cli_candidates
    set -l word (commandline -ct | string replace -ra '["\\']' '')
    set -l words (commandline -opc) $word
    set -l candidates (command givc-cli complete -- $words[2..] 2>/dev/null)
    set -l before (string match -r -- '^--[^=]*=' $word)
    set -l path (string replace -r -- '^--[^=]*=' '' $word)
    switch "$candidates[1]"
        case '<file>'
            __fish_complete_path $path | string replace -r -- '^' "$before"
        case '<folder>'
            __fish_complete_directories $path | string replace -r -- '^' "$before"
        case '*'
            printf '%s\\n' $candidates
    end
end
complete -c givc-cli -f -a '(__givc_cli_candidates)'
`;

/**
 * A script for each shell, which calls `givc-cli complete` for the candidates. It runs the program from the PATH, never
 * the path that is being typed, and evaluates neither the line nor the answer.
 */
export const shells: Readonly<Record<string, string>> = { bash: bash.trimStart(), zsh, fish: fish.trimStart() };
