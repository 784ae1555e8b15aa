import { rm } from "node:fs/promises";
import { builder, type Component } from "@ingot/sdk";
import { configSchema } from "./config.js";

/** The kinds of resource that the builder records. */
export const resourceKinds = { scratch: "oci-scratch", output: "oci-partial-output" } as const;

/**
 * Defines the builder `oci`. `fileAgent` is the command that starts this plugin's file agent, to which a request is added.
 * What only a build needs is loaded when one runs.
 */
export function ociBuilder(fileAgent: readonly string[]): Component {
  return builder({
    name: "oci",
    summary: "Builds a container image without a daemon, without root and without a registry.",
    config: configSchema,
    async prepare({ config, build }) {
      const { checkConfig } = await import("./check-config.js");
      return await checkConfig(config, build);
    },
    async run(context) {
      const { runOciBuild } = await import("./run-build.js");
      return await runOciBuild(context, fileAgent);
    },
    destroy: {
      [resourceKinds.scratch]: async ({ locator }) => {
        const { removeScratchFolder } = await import("./scratch-folder.js");
        if (locator["path"] !== undefined) await removeScratchFolder(locator["path"], locator["ids"] ?? "");
      },
      [resourceKinds.output]: async ({ locator }) => {
        const { removePartialFolder } = await import("./image-output.js");
        if (locator["path"] !== undefined) await removePartialFolder(locator["path"], locator["made"]);
      },
    },
    async destroyArtifact({ state }) {
      const path = state["path"];
      if (typeof path === "string") await rm(path, { recursive: true, force: true });
    },
  });
}
