export const HELP = `Usage: ingot inspect [options] TEMPLATE

  Shows the variables, locals and builds of a template with their values. What
  can't be evaluated is shown as <unknown>, secrets as <sensitive>. Data sources
  are run.

Options:

  -machine-readable             Print items that scripts can parse.
  -var 'key=value'              Set a variable. May be repeated.
  -var-file=FILE                Set variables from a .pkrvars.hcl or .json file.
                                May be repeated.
  -config-type=hcl2             The language of a template whose name doesn't
                                tell it: hcl2 or json (default).
  -use-sequential-evaluation    Evaluate all data sources before all locals.

Examples:

  ingot inspect .
  ingot inspect -var region=eu images.pkr.hcl
`;
