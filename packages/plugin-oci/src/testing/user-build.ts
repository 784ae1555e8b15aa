import { buildImage } from "./build-image.js";

/** What the program is asked for: its first argument, as JSON. */
export interface UserBuild {
  readonly folder: string;
  readonly config: { readonly base: string; readonly output?: string };
  readonly fileAgent: readonly string[];
  readonly sourceDateEpoch?: number;
  /** A shell script that is run in the image. */
  readonly script?: string;
  /** Files to upload: path to content. */
  readonly uploads?: Readonly<Record<string, string>>;
  /** Files to download afterwards. */
  readonly downloads?: readonly string[];
}

/** What it prints, as JSON. */
export interface UserBuildResult {
  readonly output?: string;
  readonly lines: readonly string[];
  readonly downloads: readonly string[];
  readonly digest?: string;
  readonly error?: string;
}

/** Runs one build in a process of its own, so that tests can run it as any user. */
async function main(request: UserBuild): Promise<void> {
  const { signal } = new AbortController();
  const downloads: string[] = [];
  let output = "";
  try {
    const { artifact, lines } = await buildImage({
      ...request,
      provision: async ({ machine, sh }) => {
        for (const [path, content] of Object.entries(request.uploads ?? {}))
          await machine.upload({ path, mode: 0o640 }, chunks(content), { signal });
        if (request.script !== undefined) output = await sh(request.script);
        for (const path of request.downloads ?? []) {
          const parts: Uint8Array[] = [];
          for await (const part of (await machine.download(path, { signal })).content) parts.push(part);
          downloads.push(Buffer.concat(parts).toString());
        }
      },
    });
    print({ output, lines, downloads, digest: artifact.id ?? "" });
  } catch (error) {
    print({ error: String(error), lines: [], downloads });
  }
}

function print(result: UserBuildResult): void {
  process.stdout.write(JSON.stringify(result));
}

async function* chunks(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

await main(JSON.parse(process.argv[2] ?? "") as UserBuild); // written by a test
