export const HELP = `Usage: ingot completion SHELL

  Prints a script that completes commands, flags and their values, templates,
  the names of builds and variables. SHELL is bash, zsh or fish.

Examples:

  bash, in ~/.bashrc:
    source <(ingot completion bash)

  zsh, in ~/.zshrc, after compinit:
    source <(ingot completion zsh)

  fish:
    ingot completion fish > ~/.config/fish/completions/ingot.fish
`;
