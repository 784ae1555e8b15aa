/**
 * The `{{ }}` language of Go's text/template, as far as values without methods go: actions, pipelines, variables, conditions, loops,
 * definitions, the built-in functions. Used for options that plugins render, and for legacy JSON templates. Imports nothing. Start
 * reading at render.ts.
 */
export { renderTemplate, type RenderOptions, type TemplateFunction } from "./render.js";
export { TemplateError } from "./template-error.js";
