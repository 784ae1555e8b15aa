export const HELP = `Usage: ingot validate [options] TEMPLATE

  Reads the template, and lets the plugins check their part of it. Nothing is
  built. The exit status is 0 for a valid template, 1 otherwise.

Options:

  -syntax-only                  Only check the syntax; start no plugin.
  -evaluate-datasources         Run the data sources. Otherwise what they give
                                counts as not known.
  -except=foo,bar               Leave out these builds and post-processors.
  -only=foo,bar                 Check only these builds.
  -json                         Print what happens as JSON, one event a line.
  -json-into=FILE               Write the events into a file and print text.
  -machine-readable             Print items that scripts can parse.
  -no-warn-undeclared-var       Don't warn of values for variables that the
                                template doesn't declare.
  -var 'key=value'              Set a variable. May be repeated.
  -var-file=FILE                Set variables from a .pkrvars.hcl or .json file.
                                May be repeated.
  -config-type=hcl2             The language of a template whose name doesn't
                                tell it: hcl2 or json (default).
  -use-sequential-evaluation    Evaluate all data sources before all locals.
  -ignore-prerelease-plugins    Don't use plugins of pre-release versions.

Examples:

  ingot validate .
  ingot validate -syntax-only images.pkr.hcl
  ingot validate -var-file=release.pkrvars.hcl images.pkr.hcl
`;
