import type { CommandExit, Machine } from "./machine.js";

/** The type of a machine that only stands for one. */
export const NO_OP = "no-op";

/**
 * The machine of `communicator = "none"`: every command succeeds at once without being run, every transfer is refused.
 * Provisioners that do not touch the machine work with it.
 */
export function noneMachine(): Machine {
  const refuse = (name: string) => (): Promise<never> =>
    Promise.reject(new Error(`${name} is not implemented when communicator = 'none'`));
  return {
    type: "none",
    exec: succeed,
    upload: refuse("Upload"),
    download: refuse("Download"),
    uploadDir: refuse("UploadDir"),
    async *downloadDir() {
      await refuse("DownloadDir")();
    },
  };
}

/**
 * The machine of builders that have nothing to provision, such as `file`: every command succeeds with no output, every upload
 * succeeds, every download is empty. To the host it is no machine: after a failure it asks nothing and keeps nothing.
 */
export function noOpMachine(): Machine {
  return {
    type: NO_OP,
    exec: succeed,
    upload: async (_file, content) => {
      for await (const chunk of content) void chunk;
    },
    download: (path) => Promise.resolve({ file: { path, size: 0 }, content: nothing() }),
    uploadDir: async (_destination, entries) => {
      for await (const entry of entries) void entry;
    },
    downloadDir: () => nothing(),
  };
}

function succeed(): Promise<CommandExit> {
  return Promise.resolve({ status: 0 });
}

async function* nothing(): AsyncGenerator<never, void, undefined> {
  // Gives no element.
}
