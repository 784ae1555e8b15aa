import type { Collector } from "./collector.js";
import type { BuildBlock } from "./decode-build-block.js";
import type { TemplateComponent } from "./list-components.js";
import { unknownComponent, type UnknownComponent } from "./unknown-component.js";

/** Tells which components the plugins offer. */
export interface KnownComponents {
  exists(component: TemplateComponent): Promise<boolean>;
  /** All names of a kind, for "did you mean". */
  names(kind: TemplateComponent["kind"]): Promise<readonly string[]>;
}

/** Reports components of builds that no plugin offers. */
export async function checkComponents(
  builds: readonly BuildBlock[],
  known: KnownComponents,
  collector: Collector,
): Promise<void> {
  for (const build of builds)
    for (const use of usesOf(build)) {
      const kind = use.kind === "error-cleanup-provisioner" ? "provisioner" : use.kind;
      if (await known.exists({ kind, name: use.name })) continue;
      collector.add(unknownComponent({ ...use, known: await known.names(kind) }));
    }
}

function usesOf(build: BuildBlock): readonly Omit<UnknownComponent, "known">[] {
  const step =
    (kind: UnknownComponent["kind"]) =>
    ({ type, typeRange }: { readonly type: string; readonly typeRange: UnknownComponent["range"] }) => ({
      kind,
      name: type,
      range: typeRange,
    });
  const builders = new Set(build.uses.map(({ type }) => type));
  return [
    ...[...builders].map((name) => ({ kind: "builder" as const, name, range: build.range })),
    ...build.provisioners.map(step("provisioner")),
    ...(build.errorCleanup ? [build.errorCleanup].map(step("error-cleanup-provisioner")) : []),
    ...build.chains.flat().map(step("post-processor")),
  ];
}
