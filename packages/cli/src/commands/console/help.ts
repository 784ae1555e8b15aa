export const HELP = `Usage: ingot console [options] [TEMPLATE]

  Evaluates expressions with the variables and locals of a template, or without
  one. On a terminal it asks for one expression after the other; otherwise it
  reads one a line from standard input, and prints the value of the last.

Options:

  -var 'key=value'              Set a variable. May be repeated.
  -var-file=FILE                Set variables from a .pkrvars.hcl or .json file.
                                May be repeated.
  -config-type=hcl2             The language without a template, or of one whose
                                name doesn't tell it: hcl2 or json (default).
  -use-sequential-evaluation    Evaluate all data sources before all locals.

Examples:

  ingot console .
  echo 'upper(var.name)' | ingot console images.pkr.hcl
  echo '1 + 1' | ingot console -config-type=hcl2
`;
