import path from "node:path";
import { checkTemplate, PACKER_VERSION, renderTemplate } from "@ingot/go-template";
import { ComponentKind } from "@ingot/protocol";
import type { Component } from "./component.js";
import type { BuildInfo } from "./context.js";
import { functionsFor, type InterpolateOptions } from "./interpolate.js";
import type { TextRenderer } from "./schema/decode-scope.js";

/**
 * Renders the strings of a component's configuration before it is checked. There is no data yet: ``{{build `ID`}}`` of a legacy
 * template becomes `{{.ID}}`, for the component to render when it runs; in HCL, where `build.ID` does this, it is an error. Undefined
 * for components that want no rendering.
 */
export function configRenderer(component: Component, build: BuildInfo): TextRenderer | undefined {
  if (!component.interpolate) return undefined;
  const isLegacy = build.templatePath !== "";
  const seesMachine = component.kind === ComponentKind.PROVISIONER || component.kind === ComponentKind.POST_PROCESSOR;
  const functions = functionsFor(
    interpolateOptions(build),
    seesMachine ? (name) => buildValue(name, isLegacy) : undefined,
  );
  return {
    render: (text) => renderTemplate(text, { functions }),
    check: (text) => checkTemplate(text, { functions }),
  };
}

/** What `{{ }}` in options of a component of this build may ask for: for `interpolate`, when it runs. */
export function interpolateOptions(build: BuildInfo): InterpolateOptions {
  const isLegacy = build.templatePath !== "";
  return {
    hostVersion: PACKER_VERSION,
    buildName: build.name,
    builderType: build.builderType,
    ...(isLegacy && { templateDir: path.dirname(build.templatePath), userVariables: build.userVariables }),
  };
}

function buildValue(name: string, isLegacy: boolean): string {
  if (isLegacy) return `{{.${name}}}`;
  throw new Error(`loaded data, but couldnt find ${name} in it.`);
}
