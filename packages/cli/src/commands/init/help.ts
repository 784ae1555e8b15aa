export const HELP = `Usage: ingot init [options] TEMPLATE

  Installs the plugins that the template requires and that are not there yet,
  and writes down in .ingot.lock.hcl, beside the template, what exactly they
  are. Commit that file: then everybody gets the same plugins. When all is in
  its place, nothing is asked of the network. It is safe to run this again.

Options:

  -upgrade                      Choose the newest versions that the template
                                allows, instead of those in the lock file.
  -force                        Install again what is there already.
  -lockfile=update              update (default), or readonly: fail when the
                                lock file would change, as in CI.
  -mirror=DIR|URL               Get plugins from this folder or address, and
                                from nowhere else.
  -json                         Print the outcome as JSON instead of text.
  -machine-readable             Print items that scripts can parse.
  -var 'key=value'              Set a variable. May be repeated.
  -var-file=FILE                Set variables from a .pkrvars.hcl or .json file.
                                May be repeated.
  -config-type=hcl2             The language of a template whose name doesn't
                                tell it: hcl2 or json (default).
  -only=foo,bar                 Accepted; all plugins are installed.
  -except=foo,bar               Accepted; all plugins are installed.

Examples:

  Get what the templates of the current folder require:
    ingot init .

  Take newer versions:
    ingot init -upgrade images.pkr.hcl

  In CI:
    ingot init -lockfile=readonly .

  On a machine without a network, from what "ingot plugins vendor" has made:
    ingot init -mirror=/media/plugins .
`;
