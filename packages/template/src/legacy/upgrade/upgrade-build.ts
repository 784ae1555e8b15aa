import type { JsonObject, JsonValue } from "../go-json.js";
import type { LegacyBuilder, LegacyPostProcessor, LegacyProvisioner, LegacyTemplate } from "../legacy-template.js";
import { goDurationText } from "./go-duration-text.js";
import { attributeText, blockText, bodyText } from "./hcl-text.js";
import { transposeCalls, type UpgradeNeeds } from "./transpose-calls.js";

/** Writes the one `build` block. */
export function upgradeBuild(
  template: LegacyTemplate,
  { builders, needs }: { readonly builders: readonly LegacyBuilder[]; readonly needs: UpgradeNeeds },
): string {
  const { description, provisioners, errorCleanup, postProcessors } = template;
  const sources = builders.map(({ type, name }) => `source.${type}.${name}`);
  const head = [
    description === "" ? "" : `${attributeText("description", description)}\n`,
    `${attributeText("sources", sources)}\n`,
  ];
  const steps = [
    ...provisioners.map((one) => provisionerText("provisioner", one)),
    ...(errorCleanup ? [provisionerText("error-cleanup-provisioner", errorCleanup)] : []),
    ...postProcessors.filter(({ length }) => length > 0).map(chainText),
  ];
  return `build {\n${head.join("")}${steps.map((step) => transposeCalls(step, needs)).join("")}}\n`;
}

function provisionerText(blockType: string, provisioner: LegacyProvisioner): string {
  const { type, config, only, except, maxRetries, timeoutMs, pauseBeforeMs } = provisioner;
  const settings = withSettings(config, {
    ...filters({ only, except }),
    ...(maxRetries !== "" && { max_retries: maxRetries }),
    ...(timeoutMs > 0 && { timeout: goDurationText(timeoutMs) }),
    ...(pauseBeforeMs > 0 && { pause_before: goDurationText(pauseBeforeMs) }),
  });
  return `${blockText(blockType, [type], bodyText(settings))}\n`;
}

function chainText(chain: readonly LegacyPostProcessor[]): string {
  const blocks = chain.map(({ type, name, config, only, except, keepInputArtifact }) => {
    const keep = keepInputArtifact === undefined ? "" : attributeText("keep_input_artifact", keepInputArtifact);
    const settings = withSettings(config, { ...filters({ only, except }), ...(name !== type && { name }) });
    return blockText("post-processor", [type], keep + bodyText(settings));
  });
  return blocks.length === 1 ? blocks.join("") : blockText("post-processors", [], blocks.join(""));
}

function filters({
  only,
  except,
}: Pick<LegacyProvisioner, "only" | "except">): Readonly<Record<string, readonly string[]>> {
  return { ...(except.length > 0 && { except }), ...(only.length > 0 && { only }) };
}

function withSettings(config: JsonObject, more: Readonly<Record<string, JsonValue>>): JsonObject {
  return new Map([...config, ...Object.entries(more)]);
}
