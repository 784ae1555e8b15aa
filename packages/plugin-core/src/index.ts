/**
 * The built-in components, one plugin like any other: builders, provisioners, post-processors and data sources in folders of
 * their own, one file each. `plugin.ts` lists them; `main.ts` is the plugin's process.
 */
export { plugin } from "./plugin.js";
