/** Starts the core plugin before the rest of this package is loaded: an entry of its own, since it must load fast. */
export { startEarlyPlugin, type EarlyPlugin, type EarlyPluginOptions } from "./early-plugin.js";
