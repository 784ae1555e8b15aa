/** Each script asks `ingot` itself, with the line in COMP_LINE, what fits. */
export const SCRIPTS: Readonly<Record<string, string>> = {
  bash: `# Completion of ingot for bash.
_ingot() {
  local IFS=$'\\n'
  COMPREPLY=($(INGOT_COMPLETE=bash COMP_LINE="$COMP_LINE" COMP_POINT="$COMP_POINT" "\${COMP_WORDS[0]}" 2>/dev/null))
}
complete -o nospace -F _ingot ingot
`,
  zsh: `#compdef ingot
# Completion of ingot for zsh.
_ingot() {
  local word note line="\${(j: :)words[1,CURRENT-1]} $PREFIX"
  local -a whole whole_notes open open_notes
  while IFS=$'\\t' read -r word note; do
    if [[ $word == *[=/] ]]; then
      open+=("$word")
      open_notes+=("$word\${note:+  -- $note}")
    else
      whole+=("$word")
      whole_notes+=("$word\${note:+  -- $note}")
    fi
  done < <(INGOT_COMPLETE=zsh COMP_LINE="$line" command \${(Q)words[1]} 2>/dev/null)
  compadd -l -d whole_notes -a whole
  compadd -l -S '' -d open_notes -a open
}
if [[ \${funcstack[1]} == _ingot ]]; then
  _ingot "$@"
else
  compdef _ingot ingot
fi
`,
  fish: `# Completion of ingot for fish.
function __ingot_complete
    set -lx COMP_LINE (commandline -cp)
    set -lx INGOT_COMPLETE fish
    set -l words (commandline -opc)
    command $words[1] 2>/dev/null
end
complete -c ingot -f -a '(__ingot_complete)'
`,
};
