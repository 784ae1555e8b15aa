// 100 MB before the handshake, with and without line feeds, then works.
import { component, endWithHost, serve } from "../serve.mjs";

endWithHost();
const line = Buffer.from(`${"noise ".repeat(100)}\n`);
const endless = Buffer.alloc(1024 * 1024, "y");
let left = 100 * 1024 * 1024;
const pump = () => {
  while (left > 0) {
    const chunk = left > 50 * 1024 * 1024 ? endless : Buffer.concat(Array(1000).fill(line));
    left -= chunk.length;
    if (!process.stderr.write(chunk)) return void process.stderr.once("drain", pump);
  }
  process.stderr.write("\nthe end of the flood\n");
  void start();
};
pump();

async function start() {
  const description = { name: "floods-stderr", version: "1.0.0", capabilities: [] };
  await serve({
    plugin: {
      describe: (call, reply) => reply(null, { ...description, components: [component(1, "floods-stderr")] }),
      prepare: () => process.exit(9),
    },
  });
}
