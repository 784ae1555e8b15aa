import { createRequire, isBuiltin } from "node:module";
import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { isError, messageOf } from "@ingot/diag";
import { PackError } from "./pack-error.js";
import type { PluginProject } from "./project.js";

/** Optional native code of the SDK's SSH library, which does without. */
const EXTERNAL = ["cpu-features", "*.node"];

/** Bundles may still ask for Node's own modules by `require`. */
const BANNER = 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);';

interface Esbuild {
  build(options: Readonly<Record<string, unknown>>): Promise<BundleResult>;
}

interface BundleResult {
  readonly outputFiles: readonly { readonly path: string; readonly contents: Uint8Array }[];
  readonly metafile: {
    readonly outputs: Readonly<
      Record<string, { readonly imports: readonly { readonly path: string; readonly external?: boolean }[] }>
    >;
  };
}

/**
 * Bundles a plugin to one file that runs with nothing beside it but Node 20. Uses the project's own esbuild. Throws PackError when
 * that is missing, the code doesn't compile, or something would still have to be there at run time.
 */
export async function bundlePlugin({ folder, entry }: PluginProject): Promise<Uint8Array> {
  const esbuild = await loadEsbuild(folder);
  const { outputFiles, metafile } = await build(esbuild, { folder, entry });
  const [output, ...more] = outputFiles;
  if (output === undefined) throw new Error("bug: esbuild gave no output");
  const [extra] = more;
  if (extra !== undefined) {
    throw new PackError(
      `The plugin can't be one file: it also needs ${relative(folder, extra.path)}. Bring what is in files like this into the code, such as with esbuild's loaders "text" or "binary".`,
    );
  }
  const missing = Object.values(metafile.outputs)
    .flatMap(({ imports }) => imports)
    .map(({ path }) => path)
    .filter((path) => !isBuiltin(path) && path !== "cpu-features" && !path.endsWith(".node"));
  if (missing.length > 0) {
    throw new PackError(
      `The plugin can't stand on its own: it imports ${[...new Set(missing)].join(", ")} at run time.`,
    );
  }
  return output.contents;
}

async function build(esbuild: Esbuild, { folder, entry }: { folder: string; entry: string }): Promise<BundleResult> {
  try {
    return await esbuild.build({
      absWorkingDir: folder,
      entryPoints: [entry],
      outfile: join(folder, "plugin.mjs"), // is not written
      write: false,
      bundle: true,
      metafile: true,
      platform: "node",
      target: "node20",
      format: "esm",
      external: EXTERNAL,
      banner: { js: BANNER },
      charset: "utf8",
      logLevel: "silent",
    });
  } catch (error) {
    throw new PackError(`The plugin can't be bundled.\n${buildErrors(error)}`, { cause: error });
  }
}

async function loadEsbuild(folder: string): Promise<Esbuild> {
  try {
    const path = createRequire(join(folder, "package.json")).resolve("esbuild");
    const module = (await import(pathToFileURL(path).href)) as Esbuild & { readonly default?: Esbuild };
    return module.default ?? module;
  } catch (error) {
    throw new PackError(
      `esbuild is needed to bundle the plugin, and is not installed here: run npm install --save-dev esbuild (${messageOf(error).split("\n")[0]})`,
      { cause: error },
    );
  }
}

interface BuildMessage {
  readonly text: string;
  readonly location: { readonly file: string; readonly line: number; readonly column: number } | null;
}

function buildErrors(error: unknown): string {
  const { errors } = error as { errors?: readonly BuildMessage[] };
  if (!isError(error) || errors === undefined) return messageOf(error);
  return errors
    .map(({ text, location }) => {
      const place = location === null ? "" : `${location.file}:${location.line}:${location.column + 1}: `;
      return `  ${place}${text}`;
    })
    .join("\n");
}
