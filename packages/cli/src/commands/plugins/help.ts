export const HELP = `Usage: ingot plugins <subcommand> [options] [args]

  Works with the plugins that are installed and with those that templates
  require. "ingot init TEMPLATE" installs all that a template requires.

Subcommands:
    describe     shows what a plugin offers, and its options
    install      installs the newest version of a plugin, or a plugin from a file
    installed    lists what is installed
    lock         writes the lock file, for other platforms too
    outdated     lists required plugins of which there are newer versions
    remove       removes an installed plugin
    required     lists what a template requires
    vendor       copies what a template requires into a folder, to install from
    verify       checks that what is installed was not changed

Examples:

  ingot plugins installed
  ingot plugins install github.com/acme/greet "~> 1.2"
  ingot plugins describe oci
  ingot plugins install -h
`;
