export const HELP = `Usage: ingot fmt [options] PATH...

  Rewrites templates (.pkr.hcl) and variable files (.pkrvars.hcl) in the
  canonical layout, and prints the names of those that change. Only spaces and
  tabs change. In a folder, all such files are taken. With "-", reads from
  standard input and prints the result. Files in JSON are left alone.

Options:

  -check          Write nothing. The exit status is 3 when a file would change.
  -diff           Print what changes.
  -recursive      Go into the folders inside of folders too.
  -write=false    Don't write to the files.

Examples:

  ingot fmt .
  ingot fmt -check -recursive .
  cat images.pkr.hcl | ingot fmt -
`;
