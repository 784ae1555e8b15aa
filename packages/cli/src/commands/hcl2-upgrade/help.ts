export const HELP = `Usage: ingot hcl2_upgrade [options] TEMPLATE

  Writes a JSON template of the old form in HCL, into a new file. What has no
  counterpart is kept under a comment. Read the new file before you use it.

Options:

  -output-file=PATH    The new file. Default: the template's name and .pkr.hcl.
                       Ingot reads a file as HCL only if its name ends so.
  -with-annotations    Explain the parts of the new file in comments.
  -var 'key=value'     Set a variable. May be repeated.
  -var-file=FILE       Set variables from a JSON file. May be repeated.

Example:

  ingot hcl2_upgrade -output-file=image.pkr.hcl image.json
`;
