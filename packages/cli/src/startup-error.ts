/** Something is wrong with the environment, before any command can do its work. The message is all that is shown, as it is. */
export class StartupError extends Error {
  override readonly name = "StartupError";
}
