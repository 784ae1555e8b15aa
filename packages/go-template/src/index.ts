/**
 * The `{{ }}` language of Go's text/template, as far as values without methods go: actions, pipelines, variables, conditions, loops,
 * definitions, the built-in functions. Used for options that plugins render, and for legacy JSON templates. With it, how Go and C
 * write times, which the functions of these templates need. Imports nothing. Start reading at render.ts.
 */
export { renderTemplate, type RenderOptions, type TemplateFunction } from "./render.js";
export { checkTemplate } from "./check-template.js";
export { typedFunction, type ArgumentKind } from "./typed-function.js";
export { escapeUnknownActions } from "./escape-unknown-actions.js";
export { TemplateError } from "./template-error.js";
export {
  civilTime,
  daysInMonth,
  isoWeek,
  MONTHS,
  offsetText,
  pad2,
  rfc3339Text,
  utcMs,
  WEEKDAYS,
  type CivilTime,
} from "./calendar.js";
export { formatGoLayout, formatStrftime } from "./legacy-time.js";
export { optionFunctions, type OptionFacts } from "./option-functions.js";
export { PACKER_VERSION } from "./packer-version.js";
