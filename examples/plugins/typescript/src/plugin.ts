import { definePlugin } from "@ingot/sdk";
import { greet } from "./greet.js";
import { names } from "./names.js";

/** The plugin: what it is called, and what it offers. */
export const plugin = definePlugin({ name: "greet", version: "0.1.0", components: [greet, names] });
