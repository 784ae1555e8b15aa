/** Something that keeps a plugin from being installed. The message is for people: what, where, what to do. */
export class InstallError extends Error {
  override readonly name = "InstallError";
}
