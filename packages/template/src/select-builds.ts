import type { Outcome } from "@ingot/diag";
import { Collector } from "./collector.js";
import { compileGlob } from "./glob.js";
import type { BuildDeclaration, PostProcessorBlock, Template } from "./model.js";

export interface SelectOptions {
  /** Items of -only; none: all builds. */
  readonly only: readonly string[];
  /** Items of -except. */
  readonly except: readonly string[];
}

type Matcher = (name: string) => boolean;

/**
 * Picks the builds that -only and -except leave, and drops post-processors that -except names together with what follows them.
 * Warns of items that seem to match nothing. A template without builds is an error; with a malformed pattern there are none either.
 */
export function selectBuilds(template: Template, options: SelectOptions): Outcome<readonly BuildDeclaration[]> {
  const collector = new Collector();
  const { builds } = template;
  if (builds.length === 0) {
    collector.error("Missing build block", "A build block with one or more sources is required for executing a build.");
    return { value: [], diagnostics: collector.diagnostics };
  }
  const only = compile("only", options.only, collector);
  const except = compile("except", options.except, collector);
  if (collector.hasErrors) return { value: [], diagnostics: collector.diagnostics };
  let onlyHits = 0;
  let exceptHits = 0;
  const isExcepted: Matcher = (name) => except.some((matches) => matches(name));
  const selected = builds.flatMap((build) => {
    if (only.length > 0 && !only.some((matches) => matches(build.name))) return [];
    onlyHits++;
    if (isExcepted(build.name)) {
      exceptHits++;
      return [];
    }
    const postProcessorChains = build.postProcessorChains.map((chain) => {
      const cut = chain.findIndex((one) => isExcepted(shownName(one)));
      if (cut >= 0) exceptHits++;
      return cut < 0 ? chain : chain.slice(0, cut);
    });
    return [{ ...build, postProcessorChains: postProcessorChains.filter((chain) => chain.length > 0) }];
  });
  const names = builds.map(({ name }) => name);
  if (options.only.length > onlyHits)
    warn("an 'only' option was passed, but not all matches were found for the given build.", names, collector);
  if (options.except.length > exceptHits)
    warn("an 'except' option was passed, but did not match any build.", names, collector);
  return { value: selected, diagnostics: collector.diagnostics };
}

function shownName({ name, type }: PostProcessorBlock): string {
  return name === "" ? type : name;
}

function compile(flag: "only" | "except", patterns: readonly string[], collector: Collector): readonly Matcher[] {
  return patterns.flatMap((pattern) => {
    const glob = compileGlob(pattern);
    if ("matches" in glob) return [glob.matches];
    collector.error(`Invalid -${flag} pattern ${pattern}: ${glob.problem}`, "");
    return [];
  });
}

function warn(summary: string, names: readonly string[], collector: Collector): void {
  collector.warning(
    summary,
    `Possible build names: [${names.join(" ")}].\nThese could also be matched with a glob pattern like: 'happycloud.*'`,
  );
}
