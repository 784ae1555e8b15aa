/**
 * The template model: files to variables, locals, data sources, sources, builds, and the functions of expressions. Does no I/O
 * and runs no plugins: it asks a `TemplateWorld` and `DataSources` (model.ts). Start reading at parse-template.ts, then
 * evaluate-template.ts.
 */
export type {
  BuildDeclaration,
  ComponentBlock,
  DataSources,
  PostProcessorBlock,
  ProvisionerBlock,
  Template,
  TemplateWorld,
} from "./model.js";
export type { RemoteRequest, RemoteResponse, RemoteTls } from "./functions/remote/remote-request.js";
export { isHclTemplatePath } from "./find-template-files.js";
export { parseVariableAssignment, type ParseTemplateOptions, type VariableAssignment } from "./parse-options.js";
export { parseTemplate, type ParsedTemplate, type ParseResult } from "./parse-template.js";
export type { TemplateComponent, TemplateComponentKind } from "./list-components.js";
export { PACKER_VERSION } from "./packer-version.js";
export type { RequiredPlugin } from "./decode-packer-block.js";
export { parsePluginSource, type PluginSource } from "./plugin-source.js";
export {
  compareVersions,
  meetsConstraint,
  parseVersion,
  parseVersionConstraint,
  type Version,
  type VersionConstraint,
} from "./version-constraint.js";
export { evaluateTemplate, type EvaluatedTemplate, type EvaluateTemplateOptions } from "./evaluate-template.js";
export { evaluateValues, type EvaluateValuesOptions, type TemplateValues } from "./evaluate-values.js";
export { inspectTemplate, type InspectedTemplate } from "./inspect-template.js";
export type { BuildBlock } from "./decode-build-block.js";
export { evaluateLine } from "./evaluate-line.js";
export { renderLegacyText, type LegacyTextOptions } from "./legacy/render-legacy-text.js";
export { goQuote } from "./functions/go-quote.js";
export { renderValue } from "./render-value.js";
export type { KnownComponents } from "./check-components.js";
export { unknownComponent, type UnknownComponent } from "./unknown-component.js";
export { selectBuilds, type SelectOptions } from "./select-builds.js";
export { standardFunctions, type StandardFunctionsOptions } from "./functions/standard-functions.js";
export { loadFunctionLibraries, type FunctionLibraries } from "./functions/function-libraries.js";
export { parseGoDuration, type DurationResult } from "./go-duration.js";
export {
  parseLegacyTemplate,
  STANDARD_INPUT,
  type LegacyParseResult,
  type ParsedLegacyTemplate,
} from "./legacy/parse-legacy-template.js";
export {
  evaluateLegacyTemplate,
  type EvaluatedLegacyTemplate,
  type EvaluateLegacyOptions,
} from "./legacy/evaluate-legacy-template.js";
export type {
  LegacyBuilder,
  LegacyComponent,
  LegacyPostProcessor,
  LegacyProvisioner,
  LegacyTemplate,
  LegacyVariable,
} from "./legacy/legacy-template.js";
export { loadSecretFunctions, type SecretFunctionsOptions } from "./legacy/secret-functions.js";
export { checkFixedTemplate, fixTemplate, listFixers } from "./legacy/fix/fix-template.js";
export { JsonSyntaxError, parseJson, type JsonValue } from "./legacy/go-json.js";
export { openErrorText } from "./legacy/read-variable-files.js";
export {
  upgradeHeader,
  upgradeTemplate,
  type UpgradedTemplate,
  type UpgradeOptions,
} from "./legacy/upgrade/upgrade-template.js";
