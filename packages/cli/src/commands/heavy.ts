/** The commands that need the engine and the host. The bundle has them in one script, whose compiled form is kept. */
export { runCommand as build } from "./build/command.js";
export { runCommand as validate } from "./validate/command.js";
