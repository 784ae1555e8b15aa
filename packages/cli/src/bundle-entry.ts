import { main } from "./main.js";

// The bundle is CommonJS, which starts faster. Its own folder: the plugins that come with Ingot are in it.
void main({ installFolder: __dirname }); // what it rejects with is a bug, and ends the process with its stack
