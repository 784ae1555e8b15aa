export const HELP = `Usage: ingot version

  Prints the version of Ingot. With -machine-readable, prints the version, its
  pre-release part and its commit as items of their own too.

Example:

  ingot version
`;
