import { listFixers } from "@ingot/template";

const NAME_COLUMN = 27;

const FIXERS = listFixers()
  .map(({ name, synopsis }) => `  ${name.padEnd(NAME_COLUMN)}${synopsis}`)
  .join("\n");

export const HELP = `Usage: ingot fix [options] TEMPLATE

  Reads a JSON template of the old form and prints it with everything replaced
  that newer versions do not accept any more. The file itself stays as it is.

Fixes that are made, in this order:

${FIXERS}

Options:

  -validate=false    Do not check the new text. Default: it is checked, and the
                     exit status is 1 when something is wrong with it.

Example:

  ingot fix old.json > new.json
`;
