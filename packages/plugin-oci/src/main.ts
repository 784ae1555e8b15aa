import { fileURLToPath } from "node:url";

const [, , mode, request] = process.argv;

/** The plugin's process; or, started by itself with "--file-agent", the process that copies files in a user namespace. */
async function main(): Promise<void> {
  if (mode === "--file-agent") {
    const { runFileAgent } = await import("./machine/file-agent.js");
    await runFileAgent(request ?? "");
    return;
  }
  const [{ definePlugin }, { ociBuilder }, { rootfsDataSource }] = await Promise.all([
    import("@ingot/sdk"),
    import("./builder.js"),
    import("./rootfs-data-source.js"),
  ]);
  const fileAgent = [process.execPath, fileURLToPath(import.meta.url), "--file-agent"];
  definePlugin({ name: "oci", version: "0.1.0", components: [ociBuilder(fileAgent), rootfsDataSource] }).serve();
}

await main();
