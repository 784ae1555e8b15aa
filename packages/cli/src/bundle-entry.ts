import { fileURLToPath } from "node:url";
import { main } from "./main.js";

// The bundle's own folder: the plugins that come with Ingot are in it.
await main({ installFolder: fileURLToPath(new URL(".", import.meta.url)) });
