/** The commands that need the engine and the host, and what others need of them. The bundle has them in one script, whose compiled form is kept. */
export { runCommand as build } from "./build/command.js";
export { runCommand as validate } from "./validate/command.js";
export { usePluginDataSources } from "./tools/plugin-data-sources.js";
